namespace Pipeline.Engine.Execution;

/// <summary>A trigger that fired, and what it saw: <c>files</c>, <c>data/a.txt changed</c>.</summary>
public sealed record FiredTrigger(string Trigger, string What);

/// <summary>Something that a watch did between runs.</summary>
public abstract record WatchEvent
{
    /// <param name="Next">The next time of the schedule; null without one.</param>
    public sealed record Waiting(DateTimeOffset? Next) : WatchEvent;

    public sealed record Triggered(IReadOnlyList<FiredTrigger> By) : WatchEvent;

    /// <summary>Looking or running failed; the watch goes on.</summary>
    public sealed record Failed(string Message) : WatchEvent;
}
