using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Planning;
using Pipeline.Training;
using Pipeline.Training.Estimates;
using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;

namespace Pipeline.Steps.Train;

/// <summary>What a training step will take, in words, in figures, and what to change where it is too much.</summary>
internal static class TrainEstimates
{
    /// <summary>What leaves more than this share is no remedy.</summary>
    private const double Worthwhile = 0.9;

    /// <param name="model">Null where nothing is known of it.</param>
    /// <param name="unknown">What has to run before it is.</param>
    /// <param name="row">Of an example; the longest, where they differ.</param>
    /// <param name="rowsPerExample">2 for pairs.</param>
    /// <param name="shorter">Whether examples may be shorter than that.</param>
    public static StepEstimate Of(ModelForecast? model, string unknown, TrainParams with, Func<ModelConfig, RowShape> row, Foreseen given, int rowsPerExample = 1, bool shorter = false)
    {
        if (model is null) return new() { Lines = [$"parameters, FLOPs and memory are not known before {unknown} has run"] };
        var config = model.Config;
        var (options, shape, ranks) = (with.Options, row(config), Math.Max(1, given.Ranks));
        var estimate = TrainingEstimate.Of(config, shape, options, rowsPerExample);
        var (memory, most) = (estimate.Memory, shorter ? "at most " : "");
        return new()
        {
            Lines =
            [
                $"{Amounts.Say(estimate.Parameters, "")} parameters, vocabulary {(model.AtMost ? "at most " : "")}{config.Vocabulary.ToString("N0", CultureInfo.InvariantCulture)} · {most}{Amounts.Say(estimate.FlopsPerToken, "FLOP")} a token, {Amounts.Say(estimate.FlopsPerStep, "FLOP")} a step, {Amounts.Say(estimate.FlopsPerStep * options.Steps, "FLOP")} in all",
                $"memory {most}{Bytes(ranks * memory.Total)}: {(ranks > 1 ? $"{ranks} processes with each " : "")}weights {Bytes(memory.Weights)}, gradients {Bytes(memory.Gradients)}, {with.Optimizer.Name} {Bytes(memory.Optimizer)}"
                    + $"{(memory.Copies > 0 ? $", copies {Bytes(memory.Copies)}" : "")}, activations {Bytes(memory.Activations)}, program {Bytes(MemoryEstimate.Program)}",
            ],
            Figures =
            [
                ("parameters", estimate.Parameters), ("vocabulary", config.Vocabulary), ("vocabulary_is_bound", model.AtMost ? 1 : 0),
                ("flops_per_token", estimate.FlopsPerToken), ("flops_per_step", estimate.FlopsPerStep), ("flops", estimate.FlopsPerStep * options.Steps), ("tokens", estimate.TokensPerStep * options.Steps), ("processes", ranks),
                ("memory_bytes", ranks * memory.Total), ("least_memory_bytes", ranks * memory.Least), ("weights_bytes", memory.Weights), ("gradients_bytes", memory.Gradients), ("optimizer_bytes", memory.Optimizer),
                ("copies_bytes", memory.Copies), ("activations_bytes", memory.Activations), ("program_bytes", MemoryEstimate.Program),
            ],
            // Where rows may be shorter or the vocabulary smaller, the least is not known so well.
            LeastMemoryBytes = ranks * (shorter ? memory.Least - (MemoryEstimate.CertainShare * memory.Activations) : memory.Least),
            Remedies = [.. Remedies(config, shape, options, rowsPerExample, ranks)],
            Outputs = new Dictionary<string, Forecast> { ["model"] = model },
            Impossible = [.. Faults(() => with.Trainable.Options.Of([.. config.Layout().Select(parameter => parameter.Name)])).Select(fault => "trainable: " + fault)],
        };
    }

    /// <summary>What a choice among a model's parameters is refused for.</summary>
    public static IEnumerable<string> Faults<T>(Func<T> choose)
    {
        try
        {
            choose();
            return [];
        }
        catch (ArgumentException refused)
        {
            return [refused.Message];
        }
    }

    /// <summary>Each option that saves something worth it, alone, and then all of them together.</summary>
    private static IEnumerable<Remedy> Remedies(ModelConfig config, RowShape shape, TrainingOptions options, int rowsPerExample, int ranks)
    {
        var micros = new[] { options.MicroShardSize / 2, 1 }.Where(size => size >= 1 && size < options.MicroShardSize && options.Batch % size == 0).Distinct();
        (string Change, Func<TrainingOptions, TrainingOptions> Made)[] changes =
        [
            .. micros.Select(size => ($"batch.micro: {size} (the same gradient, accumulated)", new Func<TrainingOptions, TrainingOptions>(under => under with { MicroBatch = size }))),
            ("activation_checkpointing: true (the same bytes, slower)", under => under with { ActivationCheckpointing = true }),
            ("precision: bfloat16", under => under with { Precision = Precision.Bfloat16 }),
            ("optimizer.name: lion", under => under with { Optimizer = new LionOptions() }),
            ("optimizer.name: adafactor", under => under with { Optimizer = new AdafactorOptions() }),
        ];
        var now = Needs(options);
        var (together, count) = (options, 0);
        foreach (var (change, made) in changes)
        {
            if (Needs(made(options)) is var less && less >= Worthwhile * now) continue;
            yield return new(change, less);
            // The later of two choices of the same option is the smaller one.
            (together, count) = (made(together), count + 1);
        }

        if (count > 1) yield return new("all of these", Needs(together));
        if (ranks > 1) yield return new("resources.ranks: 1, each rank holding a model of its own", now / ranks);

        double Needs(TrainingOptions under) => ranks * TrainingEstimate.Of(config, shape, under, rowsPerExample).Memory.Least;
    }

    private static string Bytes(double bytes) => Amounts.Say(bytes, "B");
}
