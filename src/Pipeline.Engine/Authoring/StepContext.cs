namespace Pipeline.Engine.Authoring;

/// <summary>A file outside the store that a step reads: its name in results (stable across machines), its path here and its SHA-256.</summary>
public sealed record SourceFile(string Name, string Path, long Size, string Sha256)
{
    /// <summary>What it is called in what is made of it: the same wherever the pipeline file lies, where the step has a <see cref="SourceRootAttribute">root</see>.</summary>
    public string Alias { get; init; } = Name;

    /// <summary>Why it is not to be read (a pipe, a name that is not UTF-8, a link that leads out of its folder), as it goes on after its name; null for what is.</summary>
    public string? LeftOut { get; init; }
}

/// <summary>Where a live step stands. <paramref name="Total"/> is 0 where it is not known; <paramref name="Note"/> is short: <c>loss 3.41  val 3.52</c>.</summary>
public sealed record StepProgress(double Done, double Total, string Unit, string Note);

/// <summary>A finished run of a step of the same recipe but for a lower (or the same) horizon.</summary>
/// <param name="Key">Its cache key.</param>
/// <param name="Horizon">How far it went.</param>
/// <param name="Run">The run that made it.</param>
public sealed record ShorterRun(string Key, long Horizon, string Run);

/// <summary>What a step hears from and tells the engine while it runs. Calls may come from any thread.</summary>
public sealed class StepContext
{
    /// <summary>A durable folder that an interrupted step finds again, with what it left there, when it is started for the same cache key.</summary>
    public string Workspace => Directory.CreateDirectory(WorkspacePath).FullName;

    /// <summary>Where <see cref="Workspace"/> is or would be; it is made when it is first asked for.</summary>
    public required string WorkspacePath { get; init; }

    /// <summary>A folder of this attempt alone, removed after it; it is made when it is first asked for.</summary>
    public string Scratch => Directory.CreateDirectory(ScratchPath).FullName;

    public required string ScratchPath { get; init; }

    /// <summary>What lies here when the step returns is kept beside its outputs, for a run with a higher <see cref="HorizonAttribute">horizon</see> to begin with. Made when first asked for.</summary>
    public string State => Directory.CreateDirectory(StatePath).FullName;

    public string StatePath { get; init; } = "";

    /// <summary>What a shorter run left in its <see cref="State"/>, to go on from; null to begin at the beginning or with what is in the workspace.</summary>
    public (ShorterRun Run, Artifact State)? Shorter { get; init; }

    /// <summary>The step was told to do all of it: what a shorter run left is not to be used, not even if an earlier attempt began with it.</summary>
    public bool FromTheBeginning { get; init; }

    /// <summary>Set by the step: whose state the work in <see cref="Workspace"/> began with.</summary>
    public ShorterRun? WentOnFrom { get; set; }

    /// <summary>The files matched by the step's <see cref="SourceFilesAttribute"/> params, sorted by name; empty for other steps.</summary>
    public required IReadOnlyList<SourceFile> Sources { get; init; }

    /// <summary>What the patterns of those params match and may not be read. The engine logs it; a step that counts what it reads counts it too.</summary>
    public IReadOnlyList<SourceFile> LeftOut { get; init; } = [];

    /// <summary>CPUs that the scheduler set aside for this step. May change how fast it runs, never its bytes.</summary>
    public required int Cpus { get; init; }

    /// <summary>Which of the processes that share the step's pieces this is. What others than 0 write into outputs is dropped, so they need not.</summary>
    public int Rank { get; init; }

    /// <summary>Raised by Ctrl-C: write a checkpoint and throw <see cref="OperationCanceledException"/>.</summary>
    public required CancellationToken Cancellation { get; init; }

    /// <summary>The steps above this one, for a step that draws them; empty unless <see cref="StepType.ReadsAncestry"/>.</summary>
    public IReadOnlyList<Ancestor> Ancestry { get; init; } = [];

    /// <summary>The variables that the pipeline declares for the step.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public required IStepListener Listener { get; init; }

    /// <summary>Parts of the work that earlier runs did, for a step that works on parts.</summary>
    public required IPieces Pieces { get; init; }

    private readonly SortedDictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> measurements = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, double> Metrics => metrics;
    public IReadOnlyDictionary<string, double> Measurements => measurements;

    /// <summary>One line that says what the step did, shown beside it in the run: <c>18,204 -> 11,950  (exact 5,911 · near 343)</c>.</summary>
    public string Summary { get; set; } = "";

    /// <summary>Records a number that follows from the recipe; it is part of the step's result and other steps can read it.</summary>
    public void Metric(string name, double value)
    {
        lock (metrics) metrics[name] = value;
    }

    /// <summary>Records a number that differs from run to run (tokens a second, peak memory); it is kept beside the result and never hashed.</summary>
    public void Measure(string name, double value)
    {
        lock (measurements) measurements[name] = value;
    }

    public void Log(string line) => Listener.Logged(line);

    public void Report(double done, double total, string unit, string note = "") => Listener.Progressed(new(done, total, unit, note));
}

public interface IStepListener
{
    void Logged(string line);
    void Progressed(StepProgress progress);

    /// <summary>The step waits for something outside, such as a cluster's queue.</summary>
    void Waits(string reason) => Logged(reason);
}

/// <summary>A step above another one in the graph.</summary>
public sealed record Ancestor(string Id, string Uses, IReadOnlyList<string> DependsOn);

/// <summary>A step that could not do its work for a reason its user can mend. The message stands alone: it says what, where and the remedy.</summary>
public class StepFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A gate that did not hold.</summary>
public sealed class GateFailedException(string message) : StepFailedException(message);

/// <summary>What the step was asked to do leads nowhere, and would again on any machine: a loss that is no longer a number.</summary>
public sealed class DivergedException(string message, Exception? inner = null) : StepFailedException(message, inner);
