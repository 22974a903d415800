using CsCheck;
using Pipeline.Training.Distributed;
using Pipeline.Training.Optimizers;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Distributed;

public sealed class PairwiseTreeTests
{
    [Fact]
    public void Runs_of_two_to_the_k_pieces_are_subtrees_so_who_sums_them_does_not_change_a_bit() =>
        Gen.Select(Gen.Double[-1e3, 1e3].Array[1, 100], Gen.Int[0, 5]).Sample((values, k) =>
        {
            var runs = values.Chunk(1 << k).Select(run => PairwiseTree.Sum(run)).ToArray();
            Assert.Equal(BitConverter.DoubleToInt64Bits(PairwiseTree.Sum(values)), BitConverter.DoubleToInt64Bits(PairwiseTree.Sum(runs)));
        });

    [Fact]
    public void The_order_is_neighbours_first()
    {
        // Left to right this is 2: 1e16 + 1 is 1e16. In the tree, (1e16 + 1) + (1 + -1e16) is 0.
        Assert.Equal(0, PairwiseTree.Sum([1e16, 1, 1, -1e16]));
        Assert.Equal(3, PairwiseTree.Sum([3]));
        Assert.Equal(0, PairwiseTree.Sum([]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(13)]
    public void Gradients_added_shard_by_shard_are_summed_in_that_order_in_every_step(int shards)
    {
        using var scope = NewDisposeScope();
        manual_seed(shards);
        var gradients = zeros(33, ScalarType.Float64);
        using var sum = new GradientSum(gradients);
        for (var step = 0; step < 2; step++)
        {
            var each = randn([shards, 33], ScalarType.Float64);
            sum.Start();
            for (var i = 0; i < shards; i++)
            {
                sum.MakeRoom();
                gradients.add_(each[i]);
            }

            sum.Finish();
            for (var element = 0; element < 33; element++)
                Assert.Equal(PairwiseTree.Sum(each.select(1, element).contiguous().data<double>().ToArray()), gradients[element].item<double>());
        }
    }
}
