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
        var own = shards / collective.Size;
        using var sum = new GradientSum(gradients);
        double[] losses = new double[own];
        double[] loss = [0];
        for (var step = 0; step < steps; step++)
        {
            sum.Start();
            for (var i = 0; i < own; i++)
            {
                using var scope = NewDisposeScope();
                sum.MakeRoom();
                losses[i] = Backward(weights, gradients, step, (collective.Rank * own) + i);
            }

            sum.Finish();
            collective.AllReduceSum(gradients);
            loss[0] = PairwiseTree.Sum(losses);
            collective.AllReduceSum(loss);
            using (no_grad()) weights.sub_(gradients * 1e-3);
        }

        // Every rank must hold the same: the sum of the differences to rank 0's is then exactly zero.
        var first = weights.clone();
        collective.Broadcast(first, 0);
        if (!first.equal(weights).all().item<bool>()) throw new InvalidOperationException($"rank {collective.Rank} differs from rank 0");
        if (collective.Rank == 0) Console.WriteLine($"{Convert.ToHexStringLower(SHA256.HashData(weights.bytes))} {BitConverter.DoubleToInt64Bits(loss[0]):x}");
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
