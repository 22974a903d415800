using CsCheck;
using Pipeline.Training.Distributed;
using Pipeline.Training.Optimizers;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Distributed;

public sealed class PairwiseTreeTests
{
    [Fact]
    public void However_the_leaves_are_shared_out_the_subtrees_add_up_to_the_same_bits() =>
        Gen.Select(Gen.Double[-1e3, 1e3].Array[1, 100], Gen.Int[1, 12]).Sample((values, ranks) =>
        {
            var subtrees = Enumerable.Range(0, ranks).Select(rank => PairwiseTree.RunOf(values.Length, rank, ranks)).SelectMany(run => PairwiseTree.Cover(run.Start, run.End)).ToArray();
            Assert.Equal(values.Length, subtrees.Sum(subtree => subtree.Count));
            var sums = subtrees.Select(subtree => PairwiseTree.Sum(values.AsSpan(subtree.Start, subtree.Count))).ToArray();
            PairwiseTree.Sum(sums, subtrees);
            Assert.Equal(BitConverter.DoubleToInt64Bits(PairwiseTree.Sum(values)), BitConverter.DoubleToInt64Bits(sums[0]));
        });

    [Fact]
    public void A_run_is_covered_by_aligned_powers_of_two()
    {
        Assert.Equal([new(3, 1), new(4, 4), new(8, 2), new(10, 1)], PairwiseTree.Cover(3, 11));
        Assert.Equal([new(0, 4), new(4, 1)], PairwiseTree.Cover(0, 5));
        Assert.Empty(PairwiseTree.Cover(7, 7));
    }

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
        using var alone = new SingleProcess();
        var gradients = zeros(33, ScalarType.Float64);
        using var sum = new GradientSum(gradients);
        for (var step = 0; step < 2; step++)
        {
            var each = randn([shards, 33], ScalarType.Float64);
            sum.Start();
            for (var i = 0; i < shards; i++)
            {
                sum.MakeRoom(i);
                gradients.add_(each[i]);
            }

            sum.Finish(alone, shards);
            for (var element = 0; element < 33; element++)
                Assert.Equal(PairwiseTree.Sum(each.select(1, element).contiguous().data<double>().ToArray()), gradients[element].item<double>());
        }
    }
}
