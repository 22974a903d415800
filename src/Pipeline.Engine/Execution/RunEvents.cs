using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>Something that happened in a run, in the order it happened.</summary>
public abstract record RunEvent
{
    public sealed record RunStarted(string Run, PipelineDefinition Definition, Plan Plan) : RunEvent;

    /// <summary>The step holds its resources and runs. <paramref name="Notice"/>: what its user should know, such as fewer ranks than asked for; else empty.</summary>
    public sealed record StepStarted(StepDefinition Step, string Reason, string Notice) : RunEvent;

    /// <summary>The step is ready and waits for something other than a step.</summary>
    public sealed record StepWaits(StepDefinition Step, string For) : RunEvent;

    /// <summary>The step is ready and asks a person first. <paramref name="Waits"/>: whether the run waits for the answer.</summary>
    public sealed record StepAsks(StepDefinition Step, ApprovalRequest Request, bool Waits) : RunEvent;

    public sealed record StepApproved(StepDefinition Step, Approval Answer) : RunEvent;

    public sealed record StepProgressed(StepDefinition Step, StepProgress Progress) : RunEvent;

    public sealed record StepLogged(StepDefinition Step, string Line) : RunEvent;

    /// <summary>An attempt failed, and another one begins after <paramref name="Wait"/>.</summary>
    public sealed record StepRetries(StepDefinition Step, int Attempt, StepFailureText Failure, TimeSpan Wait) : RunEvent;

    /// <summary>The run was asked to end: nothing more begins, and what runs is asked to stop.</summary>
    public sealed record RunStopping : RunEvent;

    public sealed record StepFinished(StepOutcome Outcome) : RunEvent;

    public sealed record RunFinished(RunSummary Summary) : RunEvent;
}

public enum StepState
{
    Reused,
    Ran,
    Failed,
    Skipped,
}

public enum FailureCause
{
    /// <summary>The step said what is wrong.</summary>
    Step,
    /// <summary>What its recipe asks for leads nowhere, whoever runs it: a training whose loss is no longer a number.</summary>
    Diverged,
    /// <summary>A gate did not hold.</summary>
    Gate,
    /// <summary>A blob that it reads is gone or damaged; the engine makes it again.</summary>
    LostInput,
    /// <summary>Its process ended without a word: killed, out of memory, a native crash.</summary>
    Crash,
    /// <summary>There was not the memory that it needed.</summary>
    OutOfMemory,
    /// <summary>It took longer than its <c>timeout</c>.</summary>
    Timeout,
    /// <summary>It made something else than the lock file says.</summary>
    Lock,
    /// <summary>The run was cancelled.</summary>
    Cancelled,
}

public sealed record StepFailure(FailureCause Cause, string Message, string LogFile);

/// <summary>What became of a step.</summary>
/// <param name="Result">Null where it failed or was skipped.</param>
/// <param name="Notice">What its user should know though it succeeded; else empty.</param>
public sealed record StepOutcome(StepDefinition Step, StepState State, string Reason, string? Key, double Seconds, StepResult? Result, StepFailure? Failure, string Notice)
{
    public int Attempts { get; init; } = 1;

    /// <summary>How much of the work was not found among pieces of earlier runs, in words; null where nothing was found.</summary>
    public string? Anew { get; init; }

    /// <summary>Why it was skipped, where the pipeline says so (<c>when</c>, the end of rounds, a gate that stops, a trial that lost): the run succeeds without it.</summary>
    public Skipping? Skipped { get; init; }

    public bool Excused => Skipped is not null;

    /// <summary>Skipped because nobody has approved it yet and the run was told not to wait.</summary>
    public bool WaitsForApproval { get; init; }
}

public enum RunStatus
{
    Succeeded,
    Failed,
    Cancelled,
    /// <summary>Nothing failed, but a step waits for approval and the run did not.</summary>
    Waiting,
}

/// <param name="Outcomes">In the order of the graph.</param>
public sealed record RunSummary(string Run, RunStatus Status, double Seconds, IReadOnlyList<StepOutcome> Outcomes)
{
    /// <summary>What the user should know though the run came to its end; else empty.</summary>
    public string Notice { get; init; } = "";

    /// <summary>A step broke the lock, and nothing else failed.</summary>
    public bool LockBroken => OnlyFailedBy(FailureCause.Lock);

    /// <summary>A gate failed, and nothing else did.</summary>
    public bool GateFailed => OnlyFailedBy(FailureCause.Gate);

    private bool OnlyFailedBy(FailureCause cause) => Outcomes.Any(o => o.Failure is not null) && Outcomes.All(o => o.Failure is null || o.Failure.Cause == cause);
}

/// <summary>Hears what happens in a run. Calls come one at a time.</summary>
public interface IRunObserver
{
    void On(RunEvent happened);
}
