using System.ComponentModel;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Causes of a failure after which a step may be tried again. A gate that did not hold and a cancelled step are none of them.</summary>
public enum RetryCause
{
    Crash,
    OutOfMemory,
    Timeout,
    Step,
}

/// <summary>When to try a step again, as options like those of step types.</summary>
public sealed record RetryOptions
{
    [Description("How often to try, the first time included."), Range(1, 100)]
    public int Attempts { get; init; } = 2;

    [Description("After which failures: its process crashed, memory ran out, it took longer than its timeout, the step itself failed.")]
    public IReadOnlyList<RetryCause> On { get; init; } = [RetryCause.Crash, RetryCause.OutOfMemory, RetryCause.Timeout, RetryCause.Step];

    [Description("How long to wait before the second attempt; twice as long before each one after it, an hour at most.")]
    public string Delay { get; init; } = "10s";

    public static Option Tree { get; } = OptionReader.Read(typeof(RetryOptions));
}

/// <summary>How often, after what and how soon a step is tried again.</summary>
public sealed record RetryPolicy(int Attempts, IReadOnlyList<RetryCause> On, TimeSpan Delay)
{
    public static RetryPolicy Never { get; } = new(1, [], TimeSpan.Zero);

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>The wait after the attempt of that number, counted from 1.</summary>
    public TimeSpan WaitAfter(int attempt) => TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Delay.TotalSeconds * Math.Pow(2, attempt - 1)));
}
