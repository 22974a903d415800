using System.Numerics;
using Pipeline.Training.Models;

namespace Pipeline.Training.Estimates;

/// <summary>What a training takes, from shapes alone: nothing is allocated, and libtorch is not loaded.</summary>
/// <param name="Parameters">As exported.</param>
/// <param name="FlopsPerToken">Forward and backward: 6N + 12·L·H·Q·T (Chowdhery et al. 2022, PaLM, appendix B), see <see cref="ModelConfig.TrainingFlopsPerToken"/>.</param>
/// <param name="TokensPerStep">That an optimiser step reads, sources included.</param>
/// <param name="Memory">Of each process.</param>
public sealed record TrainingEstimate(long Parameters, double FlopsPerToken, double TokensPerStep, MemoryEstimate Memory)
{
    /// <summary>What the allocator holds of activations beside those that are kept, and gradients on their way: as measured (benchmarks/results/training-memory.md). In bfloat16 there are copies in both precisions.</summary>
    const double Overhead = 1.25, NarrowOverhead = 1.5;

    public double FlopsPerStep => FlopsPerToken * TokensPerStep;

    /// <param name="config">The model.</param>
    /// <param name="row">Of one example.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="rowsPerExample">2 for pairs.</param>
    public static TrainingEstimate Of(ModelConfig config, RowShape row, TrainingOptions options, int rowsPerExample = 1)
    {
        var layout = config.Layout();
        double parameters = 4.0 * FlatParameters.SizeOf(layout), rows = (double)options.MicroShardSize * rowsPerExample;
        var copies = (options.AverageDecay is null ? 0 : 1) + (options.EarlyStopping is null ? 0 : 1) + (options.Monitor ? 1 : 0) + WaitingSums(options.MicroShards);
        var kept = (options.Precision == Precision.Bfloat16 ? NarrowOverhead : Overhead) * rows * Kept(config, row, options).Bytes(options.Precision);
        // Beside the logits their log-softmax and, once the backward pass begins, the gradient of both.
        var output = rows * row.Targets * config.PaddedVocabulary * 4.0 * 3;
        // A matrix's gradient is made before it is added to the rest; in bfloat16 every matrix has a copy.
        var made = 4.0 * layout.Max(each => each.Elements) + (options.Precision == Precision.Bfloat16 ? parameters / 2 : 0);
        return new(
            config.ParameterCount,
            row.On(config).TrainingFlopsPerToken,
            (double)options.Batch * rowsPerExample * row.Tokens,
            new(parameters, parameters, 4.0 * options.Optimizer.StateElements(layout), copies * parameters, kept + output + made));
    }

    /// <summary>With activation checkpointing what segments give to each other, and the inside of one at a time.</summary>
    static Kept Kept(ModelConfig config, RowShape row, TrainingOptions options)
    {
        var all = KeptActivations.OfRow(config, row);
        return options.ActivationCheckpointing ? KeptActivations.BetweenSegments(config, row) + 1.0 / Math.Max(1, config.Segments - 1) * all : all;
    }

    /// <summary>Gradients that <see cref="Optimizers.GradientSum"/> keeps until their neighbours are there.</summary>
    static int WaitingSums(int shards) => shards <= 2 ? 0 : BitOperations.Log2((uint)shards - 1);
}
