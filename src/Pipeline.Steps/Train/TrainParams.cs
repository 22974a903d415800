using System.ComponentModel;
using Pipeline.Engine.Authoring;
using Pipeline.Training;
using Pipeline.Training.Models;
using Pipeline.Training.Schedules;

namespace Pipeline.Steps.Train;

public sealed record ScheduleParams
{
    [Description("How the learning rate falls after the warm-up: constant does not, wsd stays and falls over a last stretch, inverse_sqrt falls as 1/sqrt(step) whatever the number of steps.")]
    public Decay Name { get; init; } = Decay.Cosine;

    [Description("Steps over which it rises from nearly 0.")]
    [Engine.Authoring.Range(0)]
    [KnownElsewhereAs("warmup_steps", "warmup_iters", "num_warmup_steps", "warmup_ratio")]
    public long Warmup { get; init; }

    [Description("Where it ends; not read by constant and inverse_sqrt.")]
    [Engine.Authoring.Range(0, 10)]
    [KnownElsewhereAs("min_lr", "min_learning_rate")]
    public double FinalLearningRate { get; init; }

    [Description("The step at which it has fallen to the final rate, and then stays; null: the last one (`steps`), so that a longer run is another one from its first decay on. Not read by constant and inverse_sqrt.")]
    [Engine.Authoring.Range(1)]
    [KnownElsewhereAs("lr_decay_iters", "decay_steps")]
    public long? DecayUntil { get; init; }

    [Description("wsd: the part of the schedule over which it falls, at its end. Null: 0.2.")]
    [Engine.Authoring.Range(1e-6, 1)]
    public double? DecayShare { get; init; }

    [Description("wsd: how it falls, r being the part of the last stretch that is over: linear as 1 - r, sqrt as 1 - sqrt(r). Null: linear.")]
    public DecayShape? DecayShape { get; init; }

    internal LearningRate Of(double peak) => new() { Peak = peak, Final = FinalLearningRate, WarmUp = Warmup, Decay = Name, DecayUntil = DecayUntil, DecayShare = DecayShare, DecayShape = DecayShape };
}

public sealed record BatchParams
{
    [Description("Sequences (or pairs) per optimiser step.")]
    [Engine.Authoring.Range(1, 1_000_000)]
    [KnownElsewhereAs("batch_size", "size", "train_batch_size", "per_device_train_batch_size", "global_batch_size")]
    public int Sequences { get; init; } = 16;

    [Description("Sequences per forward and backward pass, which bounds memory and is what ranks share: a divisor of `sequences`; 0 takes all at once.")]
    [Engine.Authoring.Range(0, 1_000_000)]
    [KnownElsewhereAs("micro_batch_size", "gradient_accumulation", "gradient_accumulation_steps", "accumulate_grad_batches")]
    public int Micro { get; init; }
}

public sealed record ValidationParams
{
    [Description("Steps between validations; 0 never validates.")]
    [Engine.Authoring.Range(0)]
    [KnownElsewhereAs("eval_interval", "eval_steps", "eval_every", "val_interval")]
    public long Every { get; init; } = 250;

    [Description("At most so many sequences, the same ones each time; 0 takes all of the validation part.")]
    [Engine.Authoring.Range(0)]
    public long Sequences { get; init; } = 256;
}

public sealed record EarlyStoppingParams
{
    [Description("Stop when so many validations in a row brought no better loss, and return to the model with the lowest.")]
    [Engine.Authoring.Range(1, 1000)]
    [KnownElsewhereAs("early_stopping_patience")]
    public int Patience { get; init; } = 3;

    [Description("How much lower a loss must be for patience to begin anew. The lowest loss is returned to, however little lower it is.")]
    [Engine.Authoring.Range(0)]
    public double MinDelta { get; init; }
}

public sealed record TrainableParams
{
    [Description("Patterns over whole parameter names, with `*` and `?`, of those that stay as they are, such as `transformer.w?e.*` or `*.h.0.*`. One that matches nothing is an error.")]
    public IReadOnlyList<string> Freeze { get; init; } = [];

    [Description("Layer-wise learning-rate decay: what stands above the blocks has the full rate, the last block this share of it, each block below again this share, embeddings the least. Null: all the same.")]
    [Engine.Authoring.Range(0.01, 1)]
    public double? LayerDecay { get; init; }

    internal Trainable Options => new() { Freeze = Freeze, LayerDecay = LayerDecay };

    /// <summary>What of it does not go with parameters of these names; null where all does.</summary>
    internal string? Problem(IReadOnlyList<string> names)
    {
        try
        {
            Options.Of(names);
            return null;
        }
        catch (ArgumentException wrong)
        {
            return wrong.Message;
        }
    }
}

public sealed record AverageParams
{
    [Description("How much of the average stays at each step; the first steps are forgotten faster, by at most (1 + step) / (10 + step).")]
    [Engine.Authoring.Range(0.5, 0.9999999)]
    public double Decay { get; init; } = 0.999;
}

/// <summary>What every training step can be told.</summary>
public abstract record TrainParams
{
    [Description("Optimiser steps. More of them go on from where a finished run of the same recipe ended, unless the schedule's decay follows them (`schedule.decay_until`).")]
    [Horizon]
    [Engine.Authoring.Range(1)]
    [KnownElsewhereAs("max_steps", "max_iters", "num_steps", "iterations", "epochs", "num_epochs", "num_train_epochs")]
    public long Steps { get; init; } = 1000;

    [Description("The optimiser and its learning rate.")]
    public OptimizerParams Optimizer { get; init; } = new();

    [Description("The learning rate over the steps.")]
    [KnownElsewhereAs("lr_scheduler", "lr_scheduler_type", "scheduler", "lr_schedule")]
    public ScheduleParams Schedule { get; init; } = new();

    [Description("How many sequences a step takes.")]
    public BatchParams Batch { get; init; } = new();

    [Description("When and on how much the held-out loss is measured.")]
    public ValidationParams Validation { get; init; } = new();

    [Description("Stop when the held-out loss no longer falls; null trains all the steps.")]
    public EarlyStoppingParams? EarlyStopping { get; init; }

    [Description("Which weights are trained, and how fast.")]
    public TrainableParams Trainable { get; init; } = new();

    [Description("Keep an exponential moving average (EMA) of the weights, validate it, and leave the model with it; null: the weights themselves.")]
    [KnownElsewhereAs("ema")]
    public AverageParams? Average { get; init; }

    [Description("Also log the norm of the weights and the share by which each step moves them, and show learning rate, gradient norm, memory and MFU while it runs; beside each validation loss bits per byte (not for preferences), the gap to the training loss (smoothed over about 50 steps), and `overfit`: 1 when the validation loss has risen three times in a row while the training loss fell.")]
    public bool Monitor { get; init; }

    [Description("Texts that the model goes on with beside its validations, in the log as they come; null: none.")]
    public SamplesParams? Samples { get; init; }

    [Description("Leave out the update of a step whose loss or gradient norm is 6 standard deviations above the last 128.")]
    public bool SkipSpikes { get; init; }

    [Description("Matrix products in this precision; weights, optimiser and loss stay float32.")]
    [KnownElsewhereAs("dtype", "bf16", "fp16", "mixed_precision")]
    [ChoiceElsewhere("bfloat16", "bf16", "bf16-mixed")]
    [ChoiceElsewhere("float32", "fp32")]
    public Precision Precision { get; init; } = Precision.Float32;

    [Description("Decides initial weights, data order and dropout.")]
    public long Seed { get; init; } = 1;

    [Description("Where it computes. cuda is one GPU, which is set aside for the step, and a libtorch that can use it (`--libtorch`); its results are others than the CPU's, and may differ from one kind of GPU to another.")]
    [ChoiceElsewhere("cuda", "gpu", "cuda:0")]
    public TrainDevice Device { get; init; } = TrainDevice.Cpu;

    [Description("Threads per process. Part of the recipe: another number sums in another order and gives other bits.")]
    [Engine.Authoring.Range(1, 1024)]
    public int Threads { get; init; } = 2;

    [Description("Keep only what each layer reads and compute the rest again in the backward pass: much less memory for about a third more time, and the same bytes. Also known as gradient checkpointing.")]
    [SpeedOnly]
    [KnownElsewhereAs("gradient_checkpointing")]
    public bool ActivationCheckpointing { get; init; }

    [Description("Seconds between checkpoints, from which an interrupted step goes on to the same bits.")]
    [SpeedOnly]
    [Engine.Authoring.Range(0.01, 86400)]
    public double CheckpointSeconds { get; init; } = 20;

    internal TrainingOptions Options => new()
    {
        Steps = Steps,
        Batch = Batch.Sequences,
        MicroBatch = Batch.Micro,
        Optimizer = Optimizer.Options,
        LearningRate = Schedule.Of(Optimizer.Rate),
        Clip = Optimizer.Clip,
        Trainable = Trainable.Options,
        AverageDecay = Average?.Decay,
        Monitor = Monitor,
        SkipSpikes = SkipSpikes,
        EarlyStopping = EarlyStopping is { } stopping ? new() { Patience = stopping.Patience, MinDelta = stopping.MinDelta } : null,
        ValidateEvery = Validation.Every,
        Seed = Seed,
        Threads = Threads,
        Precision = Precision,
        ActivationCheckpointing = ActivationCheckpointing,
        CheckpointEvery = TimeSpan.FromSeconds(CheckpointSeconds),
    };

    /// <summary>The option that stands for <see cref="Steps"/> where it is null and read.</summary>
    internal string? FollowsSteps => Schedule.DecayUntil is null && Schedule.Of(Optimizer.Rate).Ends ? "schedule.decay_until" : null;

    internal IEnumerable<(string Option, string Message)> Problems()
    {
        foreach (var (option, message) in Optimizer.Problems()) yield return ("optimizer." + option, message);
        if (Batch.Micro > 0 && Batch.Sequences % Batch.Micro != 0) yield return ("batch.micro", $"{Batch.Micro} does not divide the {Batch.Sequences} sequences of a step");
        if (Schedule.DecayUntil is null && Schedule.Warmup > Steps) yield return ("schedule.warmup", $"a warm-up of {Schedule.Warmup} steps is longer than the {Steps} steps of the run");
        if (Schedule.FinalLearningRate > Optimizer.Rate) yield return ("schedule.final_learning_rate", $"{Schedule.FinalLearningRate} is above optimizer.learning_rate ({Optimizer.Rate})");
        var (rate, name) = (Schedule.Of(Optimizer.Rate), Schedule.Name == Decay.InverseSqrt ? "inverse_sqrt" : "constant");
        if (!rate.Ends && Schedule.FinalLearningRate != 0) yield return ("schedule.final_learning_rate", $"is not read by the {name} schedule: leave it out, or choose cosine, linear or wsd");
        if (!rate.Ends && Schedule.DecayUntil is not null) yield return ("schedule.decay_until", $"is not read by the {name} schedule: leave it out, or choose cosine, linear or wsd");
        if (Schedule.Name != Decay.Wsd && Schedule.DecayShare is not null) yield return ("schedule.decay_share", "is read by the wsd schedule only: leave it out, or choose wsd");
        if (Schedule.Name != Decay.Wsd && Schedule.DecayShape is not null) yield return ("schedule.decay_shape", "is read by the wsd schedule only: leave it out, or choose wsd");
        if (Schedule.Warmup <= (Schedule.DecayUntil ?? Steps) && rate.Overlap(Schedule.DecayUntil ?? Steps) is { } overlap) yield return ("schedule.warmup", overlap);
        if (Schedule.Warmup > Schedule.DecayUntil) yield return ("schedule.warmup", $"a warm-up of {Schedule.Warmup} steps is longer than the schedule, which ends at step {Schedule.DecayUntil}");
        foreach (var problem in Samples?.Problems(Validation.Every) ?? []) yield return problem;
        if (Device != TrainDevice.Cpu && ActivationCheckpointing) yield return ("activation_checkpointing", "runs on the CPU alone, for the state of a GPU's random numbers cannot be kept: leave it out, or take smaller micro-batches (batch.micro)");
        if (EarlyStopping is not null && Validation.Every == 0) yield return ("early_stopping", "needs validation: set validation.every above 0");
    }
}
