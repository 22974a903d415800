using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>What will become of a step, and why.</summary>
/// <param name="Reason">Plain words: <c>with.vocab_size: 512 -> 1024</c>.</param>
public abstract record Decision(StepDefinition Step, string Reason)
{
    /// <summary>The result is in the store.</summary>
    public sealed record Reuse(StepDefinition Step, string Reason, Recipe Recipe, StepResult Result) : Decision(Step, Reason);

    /// <summary>It will run. <paramref name="Recipe"/>: null where it waits for what it reads; nothing stored can be its result then, whatever that is. <paramref name="Seconds"/>: how long it took the last time, if it ever ran.</summary>
    public sealed record Run(StepDefinition Step, string Reason, Recipe? Recipe, double? Seconds) : Decision(Step, Reason)
    {
        /// <summary>A person is asked first, and nobody has answered for this key yet.</summary>
        public bool Asks { get; init; }

        /// <summary>The shorter run that it goes on from; null where it begins at the beginning, or where an earlier attempt of its own stopped.</summary>
        public StepResult? From { get; init; }
    }

    /// <summary>It depends on what a step above it gives: same bytes as before, and it is reused after all (early cutoff); another metric, and it is skipped.</summary>
    public sealed record Maybe(StepDefinition Step, string Reason, double? Seconds) : Decision(Step, Reason);

    /// <summary>Its <c>when</c> does not hold, its rounds have ended, a gate has stopped, or that goes for a step it depends on.</summary>
    public sealed record Skip(StepDefinition Step, Skipping Why) : Decision(Step, Why.Reason);

    /// <summary>The word in listings and in JSON.</summary>
    public string Word => this switch { Reuse => "reuse", Run => "run", Skip => "skip", _ => "maybe" };

    /// <summary>How long it took the last time, where it will or may run and ever did.</summary>
    public double? Time => this switch { Run run => run.Seconds, Maybe maybe => maybe.Seconds, _ => null };

    public string? Key => this switch { Reuse reuse => reuse.Recipe.Key, Run run => run.Recipe?.Key, _ => null };
}

/// <summary>A decision for each step, in the order of the graph.</summary>
public sealed record Plan(StepGraph Graph, IReadOnlyList<Decision> Decisions)
{
    public int Count<T>()
        where T : Decision => Decisions.Count(d => d is T);

    /// <summary>In words: <c>9 reused, 1 to run, 6 maybe</c>.</summary>
    public string Counts =>
        $"{Count<Decision.Reuse>()} reused, {Count<Decision.Run>()} to run{(Count<Decision.Maybe>() is > 0 and var maybe ? $", {maybe} maybe" : "")}{(Count<Decision.Skip>() is > 0 and var skipped ? $", {skipped} skipped" : "")}";

    /// <summary>Nothing would run.</summary>
    public bool IsFresh => Decisions.All(d => d is Decision.Reuse or Decision.Skip);

    /// <summary>Time of all that would or may run, from history; null where nothing is known.</summary>
    public double? Seconds
    {
        get
        {
            var known = Decisions.Select(d => d.Time).Where(s => s is not null).ToList();
            return known.Count == 0 ? null : known.Sum();
        }
    }
}
