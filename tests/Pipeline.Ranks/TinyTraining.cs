using System.Security.Cryptography;
using Pipeline.Training.Distributed;
using Pipeline.Training.Optimizers;
using static TorchSharp.torch;

namespace Pipeline.Ranks;

/// <summary>Gradient descent on a small network from fixed shards: the digest of its weights must not depend on the number of ranks.</summary>
internal static class TinyTraining
{
    private const int Width = 40;

    public static int Run(ICollective collective, int shards, int steps)
    {
        using var outer = NewDisposeScope();
        set_num_threads(1);
        manual_seed(7);
        var weights = randn(2 * Width * Width) / 8;
        var gradients = zeros_like(weights);
        var (first, end) = PairwiseTree.RunOf(shards, collective.Rank, collective.Size);
        using var sum = new GradientSum(gradients);
        var losses = new double[shards];
        var loss = 0.0;
        for (var step = 0; step < steps; step++)
        {
            sum.Start();
            Array.Clear(losses);
            for (var shard = first; shard < end; shard++)
            {
                using var scope = NewDisposeScope();
                sum.MakeRoom(shard);
                losses[shard] = Backward(weights, gradients, step, shard);
            }

            sum.Finish(collective, shards);
            // Adding zeros is exact.
            collective.AllReduceSum(losses);
            loss = PairwiseTree.Sum(losses);
            using (no_grad()) weights.sub_(gradients * 1e-3);
        }

        var others = weights.clone();
        collective.Broadcast(others, 0);
        if (!others.equal(weights).all().item<bool>()) throw new InvalidOperationException($"rank {collective.Rank} differs from rank 0");
        if (collective.Rank == 0) Console.WriteLine($"{Convert.ToHexStringLower(SHA256.HashData(weights.bytes))} {BitConverter.DoubleToInt64Bits(loss):x}");
        return 0;
    }

    private static double Backward(Tensor weights, Tensor gradients, int step, int shard)
    {
        manual_seed((step * 1000) + shard);
        var inputs = randn(8, Width);
        using var leaf = weights.detach().requires_grad_(true);
        var layers = leaf.view(2, Width, Width);
        var error = (inputs.matmul(layers[0]).tanh().matmul(layers[1]) - inputs.sin()).square().sum();
        error.backward();
        using (no_grad()) gradients.add_(leaf.grad!);
        return error.item<float>();
    }
}
