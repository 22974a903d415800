using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>A pipeline file that was read and found right.</summary>
/// <param name="File">Full path.</param>
/// <param name="Folder">The folder of <paramref name="File"/>, from which its relative paths start.</param>
/// <param name="Steps">In the order of the file.</param>
public sealed record PipelineDefinition(string Name, string File, string Folder, IReadOnlyList<StepDefinition> Steps)
{
    /// <summary>Where its secrets are to be had.</summary>
    public IReadOnlyList<SecretSource> Secrets { get; init; } = [];

    /// <summary>The URI of the store that results are shared by, or null.</summary>
    public string? Store { get; init; }

    /// <summary>When <c>watch</c> runs it.</summary>
    public Triggers On { get; init; } = Triggers.None;
}

/// <summary>One use of a step type.</summary>
public sealed record StepDefinition
{
    public required string Id { get; init; }
    public required StepType Type { get; init; }

    /// <summary>Complete and canonical: every option in the order of <see cref="Option.Members"/>, defaults filled in, integers as long, numbers as double.</summary>
    public required JsonObject With { get; init; }

    /// <summary>Metrics of other steps that stand in <see cref="With"/>, as <c>STEP.METRIC</c>; <see cref="Needs"/> lists those steps.</summary>
    public IReadOnlyList<string> MetricNames { get; init; } = [];

    /// <summary>By port order, then in the order of the group's members or of the list as written.</summary>
    public required IReadOnlyList<InputReference> Inputs { get; init; }

    /// <summary>Steps that must come first though nothing is taken from them.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    /// <summary>The step runs only where this holds; its names are metrics, <c>STEP.METRIC</c>, of steps that <see cref="Needs"/> lists. Null where it always runs.</summary>
    public Condition? When { get; init; }

    /// <summary>What to ask a person before it runs, empty where the question is only whether; null where nobody is asked.</summary>
    public string? Approve { get; init; }

    /// <summary>The round that it belongs to, where it is repeated.</summary>
    public RoundOf? Round { get; init; }

    /// <summary>Which variant of a matrix it is.</summary>
    public VariantOf? Variant { get; init; }

    /// <summary>Where the variants are thinned out, how far this one goes and what it has to pass first.</summary>
    public RungOf? Rung { get; init; }

    /// <summary>Variables for its process or its command: a text each, or a secret by name. Part of the recipe.</summary>
    public JsonObject Env { get; init; } = [];

    public required Resources Resources { get; init; }

    /// <summary>How its job is submitted; null where it runs on this machine.</summary>
    public SlurmOptions? Slurm { get; init; }

    /// <summary>How long an attempt may take; null where there is no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    public RetryPolicy Retry { get; init; } = RetryPolicy.Never;

    /// <summary>With the <c>metrics</c> that every step has, last.</summary>
    public required IReadOnlyList<OutputPort> Outputs { get; init; }

    public required SourceLocation Location { get; init; }
}

/// <summary>A round of the steps that a <c>repeat</c> names.</summary>
/// <param name="Until">Where it holds, the round before was the last and this one is skipped; its names are metrics, as those of <see cref="StepDefinition.When"/>. Null where nothing ends the rounds.</param>
public sealed record RoundOf(string Block, int Number, Condition? Until);

/// <summary>A variant of the step <paramref name="Step"/> of the file.</summary>
/// <param name="Name">Its own name, without the rung.</param>
/// <param name="Values">What varies, by key as the file says it; of lists and mappings their place among the key's values.</param>
public sealed record VariantOf(string Step, string Name, IReadOnlyList<KeyValuePair<string, string>> Values);

/// <summary>A variant at a rung of successive halving. Where it fails it has lost, and the search goes on without it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Whole">How far the last rung goes.</param>
/// <param name="From">What it has to pass first; null at the first rung.</param>
public sealed record RungOf(int Number, long Horizon, long Whole, RungBefore? From);

/// <summary>The rung before one.</summary>
/// <param name="Ranking">The step that ranks its trials: its metric <c>rank.TRIAL</c> is at most <c>kept</c> for those that go on.</param>
/// <param name="Trial">The same variant there.</param>
/// <param name="Keep">How many of <paramref name="Of"/> trials go on, where none fails.</param>
public sealed record RungBefore(string Ranking, string Trial, long Keep, long Of)
{
    public const string Kept = "kept";

    public static string RankOf(string trial) => "rank." + trial;
}

/// <summary>An output of a step given to a port of another.</summary>
/// <param name="Port">The port; on ports of any name, the name that the file chose.</param>
/// <param name="Member">The group member, or the entry's name in a list: the step's id, or <c>step.output</c>. Empty for a port of one artifact.</param>
/// <param name="Kind">What the output holds, which may be derived from what the port asks for.</param>
public sealed record InputReference(string Port, string Member, string Step, string Output, Type Kind);

/// <param name="MemoryBytes">0 where the file does not say.</param>
public sealed record Resources(int Cpus, long MemoryBytes, int Gpus, int Ranks);
