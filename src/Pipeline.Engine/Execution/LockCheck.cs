using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Execution;

/// <summary>That a step is not what the lock file says. <paramref name="What"/> is plain words: <c>with.vocab_size: 512 -> 1024</c>.</summary>
public sealed record LockDifference(string Step, string What);

/// <summary>The plan would make something else than what is locked; nothing was run.</summary>
public sealed class LockDiffersException(IReadOnlyList<LockDifference> differences) : Exception(string.Join("\n", differences.Select(d => $"{d.Step}: {d.What}")))
{
    public IReadOnlyList<LockDifference> Differences { get; } = differences;
}

/// <summary>Holds a pipeline to its lock file. The keys of all steps follow from the locked outputs, so that everything is known before anything runs.</summary>
public sealed class LockCheck(PipelineLock locked)
{
    /// <summary>How much of a digest is shown.</summary>
    private const int Shown = 12;

    private static readonly IReadOnlyDictionary<string, double> Nothing = new Dictionary<string, double>();

    /// <param name="read">A result by its key, for naming what differs between two recipes.</param>
    public IReadOnlyList<LockDifference> Differences(Plan plan, Planner planner, Func<string, StepResult?> read)
    {
        var found = new List<LockDifference>();
        var absent = new HashSet<string>(StringComparer.Ordinal);
        foreach (var decision in plan.Decisions)
        {
            var step = Candidates.Trim(decision.Step, absent.Contains);
            if (!locked.Steps.TryGetValue(step.Id, out var entry))
            {
                if (MayBeSkipped(decision, plan.Graph, absent)) absent.Add(step.Id);
                else found.Add(new(step.Id, "not in the lock file"));
            }
            else if (decision is Decision.Skip skip) found.Add(new(step.Id, $"in the lock file, but skipped: {skip.Reason}"));
            else if (step.Inputs.All(i => LockedDigest(i) is not null))
            {
                var (filled, problem) = MetricValues.Fill(step, id => locked.Steps.GetValueOrDefault(id)?.Metrics ?? Nothing);
                found.AddRange(problem is null ? Against(entry, filled, decision, planner, read) : [new(step.Id, problem)]);
            }
            else found.AddRange(step.Inputs.Where(i => locked.Steps.ContainsKey(i.Step) && LockedDigest(i) is null).Select(i => new LockDifference(step.Id, $"reads {i.Step}.{i.Output}, an output that the lock file does not have")));
        }

        var ids = plan.Decisions.Select(d => d.Step.Id).ToHashSet(StringComparer.Ordinal);
        found.AddRange(locked.Steps.Keys.Where(id => !ids.Contains(id)).Order(StringComparer.Ordinal).Select(id => new LockDifference(id, "in the lock file, but not in the pipeline")));
        return found;
    }

    /// <summary>The outcome, failed where its outputs are not the locked ones.</summary>
    public StepOutcome Checked(StepOutcome outcome)
    {
        if (outcome.Result is not { } result) return outcome;
        var found = new List<string>();
        if (!locked.Steps.TryGetValue(outcome.Step.Id, out var entry)) found.Add("it was skipped when the file was written, and is not now");
        else
        {
            if (result.Key != entry.Key) found.Add(Keys(result.Key, entry.Key));
            found.AddRange(Outputs(entry, result));
        }

        return found.Count == 0 ? outcome : outcome with
        {
            State = StepState.Failed,
            Result = null,
            Failure = new(FailureCause.Lock, $"differs from the lock file: {string.Join("; ", found)}. To see what differs from run to run: pipeline verify {Path.GetRelativePath(Directory.GetCurrentDirectory(), outcome.Step.Location.File)} {outcome.Step.Id}", ""),
        };
    }

    /// <summary>A lock file has no entry for a step that was skipped; whether it is again shows when what it asks about is there.</summary>
    private bool MayBeSkipped(Decision decision, StepGraph graph, HashSet<string> absent) =>
        decision is Decision.Skip || Whens.StepsOf(decision.Step).Any()
        || graph.DependenciesOf(decision.Step.Id).Any(id => absent.Contains(id) || (graph[id].Type.HoldsMetric is { } holds && locked.Steps.TryGetValue(id, out var gate) && gate.Metrics.GetValueOrDefault(holds, 1) == 0));

    private IEnumerable<LockDifference> Against(LockedStep entry, StepDefinition step, Decision decision, Planner planner, Func<string, StepResult?> read)
    {
        var recipe = planner.RecipeOf(step, i => LockedDigest(i)!);
        if (recipe.Key == entry.Key) return decision is Decision.Reuse { Result: var stored } && stored.Key == entry.Key ? Outputs(entry, stored).Select(o => new LockDifference(step.Id, o)) : [];
        if (read(entry.Key) is not { } before) return [new(step.Id, $"{Keys(recipe.Key, entry.Key)} (the locked recipe is not in the store, so what differs cannot be named)")];
        return Recipe.Differences(before.Recipe, recipe.Json).Select(d => new LockDifference(step.Id, d));
    }

    private string? LockedDigest(InputReference input) => locked.Steps.GetValueOrDefault(input.Step)?.Outputs.GetValueOrDefault(input.Output);

    private static IEnumerable<string> Outputs(LockedStep entry, StepResult result) =>
        from name in entry.Outputs.Keys.Union(result.Outputs.Keys).Order(StringComparer.Ordinal)
        let was = entry.Outputs.GetValueOrDefault(name)
        let now = result.Outputs.GetValueOrDefault(name)?.Digest
        where was != now
        select was is null ? $"output {name}: not in the lock file" : now is null ? $"output {name}: in the lock file, but not made" : $"output {name}: {Short(now)} instead of the locked {Short(was)}";

    private static string Keys(string now, string was) => $"key {Short(now)} instead of the locked {Short(was)}";

    private static string Short(string digest) => digest.Length > Shown ? digest[..Shown] : digest;
}
