using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Execution;

/// <summary>An input of a task: which artifact, for which port. <paramref name="Kind"/> is the name of the artifact kind.</summary>
public sealed record TaskInput(string Port, string Member, string Kind, string Digest, IReadOnlyList<ArtifactFile> Files);

/// <summary>The state that a shorter run kept.</summary>
public sealed record TaskState(ShorterRun Run, string Digest, IReadOnlyList<ArtifactFile> Files);

/// <summary>One step to be done, complete: what an executor runs here, in a child process or elsewhere.</summary>
public sealed record StepTask
{
    public required string Step { get; init; }
    public required string Uses { get; init; }
    public required string Key { get; init; }
    /// <summary>With secrets by name.</summary>
    public required JsonObject With { get; init; }

    /// <summary>Variables for its process or its command, with secrets by name.</summary>
    public JsonObject Env { get; init; } = [];

    /// <summary>The values of the secrets that it uses: handed on by environment, never written to a file.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();

    /// <summary><see cref="Env"/> with the values.</summary>
    public IReadOnlyDictionary<string, string> Variables() => SecretReference.Fill(Env, name => Secrets[name]).ToDictionary(v => v.Key, v => (string)v.Value!, StringComparer.Ordinal);
    public required IReadOnlyList<TaskInput> Inputs { get; init; }
    public required IReadOnlyList<SourceFile> Sources { get; init; }
    /// <summary>To load before anything else: those of the step and of the kinds that it reads.</summary>
    public IReadOnlyList<StepPlugin> Plugins { get; init; } = [];
    public required IReadOnlyList<Ancestor> Ancestry { get; init; }
    /// <summary>Output name to the folder to write it in.</summary>
    public required IReadOnlyDictionary<string, string> Outputs { get; init; }
    /// <summary>The folder of the store that holds the inputs.</summary>
    public required string Store { get; init; }
    /// <summary>What an interrupted attempt left, for the step to go on from.</summary>
    public required string Workspace { get; init; }
    /// <summary>Where the step leaves what a longer run can go on from.</summary>
    public string State { get; init; } = "";
    /// <summary>What a shorter run left for this one.</summary>
    public TaskState? Shorter { get; init; }
    public bool FromTheBeginning { get; init; }
    /// <summary>A place for this attempt's temporary files.</summary>
    public required string Scratch { get; init; }
    /// <summary>The folder where pieces of earlier runs are; not read where <see cref="PieceUse"/> says so.</summary>
    public string Pieces { get; init; } = "";
    public PieceUse PieceUse { get; init; } = PieceUse.Ignore;
    /// <summary>Where the worker writes how it ended.</summary>
    public required string OutcomeFile { get; init; }
    public required int Cpus { get; init; }
    /// <summary>What its processes may hold together; 0 for no limit.</summary>
    public long MemoryBytes { get; init; }
    public required int Ranks { get; init; }
    public required IReadOnlyList<int> Gpus { get; init; }

    /// <summary>How many GPUs a cluster is asked for; <see cref="Gpus"/> are those of this machine.</summary>
    [JsonIgnore]
    public int GpusWanted { get; init; }

    /// <summary>How to submit it; null for a task of this machine.</summary>
    [JsonIgnore]
    public SlurmOptions? Slurm { get; init; }

    /// <summary>How long it may run, not counting the time in a queue, for executors that have one.</summary>
    [JsonIgnore]
    public TimeSpan? Timeout { get; init; }
}

/// <summary>How a task ended. <see cref="Failure"/> is null where it succeeded.</summary>
public sealed record TaskOutcome
{
    public StepFailureText? Failure { get; init; }
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();
    public IReadOnlyDictionary<string, double> Measurements { get; init; } = new Dictionary<string, double>();
    public string Summary { get; init; } = "";
    public ShorterRun? WentOnFrom { get; init; }

    /// <summary>How long it took, where the executor knows better than who waited for it.</summary>
    [JsonIgnore]
    public double? Seconds { get; init; }

    /// <summary>How much of the work was not found among pieces of earlier runs, in words; null where nothing was found.</summary>
    public string? Anew { get; init; }

    public static TaskOutcome Failed(FailureCause cause, string message) => new() { Failure = new(cause, message) };
}

public sealed record StepFailureText(FailureCause Cause, string Message);

/// <summary>A line that a worker writes on its standard output: one of the two.</summary>
public sealed record WorkerLine(string? Log, StepProgress? Progress);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StepTask))]
[JsonSerializable(typeof(TaskOutcome))]
[JsonSerializable(typeof(WorkerLine))]
internal sealed partial class TaskJson : JsonSerializerContext;
