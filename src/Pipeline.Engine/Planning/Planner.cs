using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Planning;

/// <summary>What the planner looks things up in. It changes none of it.</summary>
/// <param name="Find">The result of a cache key, if all of it is in the store.</param>
/// <param name="Read">The result of a cache key though its blobs may be gone.</param>
/// <param name="Sources">The files outside the store that a step reads.</param>
/// <param name="FindAll">As <paramref name="Find"/> for many keys at once, where that is faster; or null.</param>
/// <param name="Shorter">The finished runs that a longer one can go on from; null where none are kept.</param>
public sealed record PlanningFacts(Func<string, StepResult?> Find, Func<string, StepResult?> Read, Func<string, HistoryEntry?> Last, Func<StepDefinition, IReadOnlyList<SourceFile>> Sources, Func<IReadOnlyList<string>, IReadOnlyDictionary<string, StepResult>>? FindAll = null, Func<StepType, Recipe, Continuation>? Shorter = null)
{
    /// <summary>Whether a person has approved a cache key.</summary>
    public Func<string, bool> IsApproved { get; init; } = _ => false;

    /// <summary>Why the run of a trial under a cache key failed, where it would fail again; else null.</summary>
    public Func<string, string?> HasDiverged { get; init; } = _ => null;

    /// <summary>Whether a run that was stopped left something under a cache key from which the step goes on.</summary>
    public Func<string, bool> IsBegun { get; init; } = _ => false;

    /// <summary>Every stored result of a step type, of any version; null where it is not known which there are.</summary>
    public Func<StepType, IReadOnlyList<StepResult>?> Stored { get; init; } = _ => [];

    /// <summary>Whether a step reads files outside the store. Those of one that waits are not looked at: what it waits for may make them.</summary>
    public Func<StepDefinition, bool> ReadsFiles { get; init; } = _ => false;
}

/// <summary>Decides, from the graph and what is stored, what each step needs. Pure: it starts nothing and writes nothing.</summary>
public sealed class Planner(StepGraph graph, PlanningFacts facts, IReadOnlySet<string> force)
{
    /// <summary>From how many recipes on a second processor pays.</summary>
    private const int WorthThreads = 100;

    private readonly Precedents precedents = new(facts);

    /// <exception cref="SourceMissingException">A step reads files that are not there.</exception>
    public Plan Plan()
    {
        var results = new Dictionary<string, StepResult>(StringComparer.Ordinal);
        var decisions = new Dictionary<string, Decision>(graph.Ordered.Count, StringComparer.Ordinal);
        var uncertain = new HashSet<string>(StringComparer.Ordinal);
        foreach (var level in graph.Levels())
        {
            var recipes = Recipes(level, decisions, results);
            var stored = facts.FindAll?.Invoke([.. recipes.Values.Select(r => r.Key)]);
            foreach (var step in level)
            {
                var decision = decisions[step.Id] = Decide(step, decisions, results, recipes, uncertain, key => stored?.GetValueOrDefault(key) ?? facts.Find(key));
                if (decision is Decision.Reuse reuse) results[step.Id] = reuse.Result;
            }
        }

        return new(graph, [.. graph.Ordered.Select(s => decisions[s.Id])]);
    }

    /// <summary>The recipes of the steps that surely need one and whose inputs are all known, by step.</summary>
    private Dictionary<string, Recipe> Recipes(IReadOnlyList<StepDefinition> level, Dictionary<string, Decision> decisions, Dictionary<string, StepResult> results)
    {
        var known = level.Where(s => s.When is null && s.MetricNames.Count == 0 && s.Inputs.All(i => results.ContainsKey(i.Step)) && !graph.DependenciesOf(s.Id).Any(Stops)).ToArray();
        // One after the other: of several that miss a file the first is to be named, and hashing files has threads of its own.
        foreach (var step in known) facts.Sources(step);
        var made = new Recipe[known.Length];
        if (known.Length < WorthThreads) for (var i = 0; i < known.Length; i++) Make(i);
        else Parallel.For(0, known.Length, Make);
        var recipes = new Dictionary<string, Recipe>(known.Length, StringComparer.Ordinal);
        for (var i = 0; i < known.Length; i++) recipes.Add(known[i].Id, made[i]);
        return recipes;

        bool Stops(string id) => decisions[id] is Decision.Skip || (results.TryGetValue(id, out var result) && Skipping.ByGate(graph[id], result) is not null);

        void Make(int i) => made[i] = RecipeOf(known[i], input => results[input.Step].Outputs[input.Output].Digest);
    }

    /// <param name="decisions">Those of the steps before it, <paramref name="results"/> of those that are reused.</param>
    /// <param name="uncertain">Those before it that may be skipped; it is added where that goes for it too.</param>
    private Decision Decide(StepDefinition step, Dictionary<string, Decision> decisions, Dictionary<string, StepResult> results, Dictionary<string, Recipe> recipes, HashSet<string> uncertain, Func<string, StepResult?> find)
    {
        var above = Candidates.Indispensable(graph, step, IsSkipped).ToList();
        if (above.Find(IsSkipped) is { } skipped) return new Decision.Skip(step, Skipping.Below(skipped, ((Decision.Skip)decisions[skipped]).Why, "is"));
        if (above.Where(results.ContainsKey).Select(id => Skipping.ByGate(graph[id], results[id])).FirstOrDefault(s => s is not null) is { } stopped) return new Decision.Skip(step, stopped);
        step = Candidates.Trim(step, IsSkipped);
        var asked = Whens.StepsOf(step).Where(id => !results.ContainsKey(id)).ToList();
        var onlyIf = asked.Count > 0 ? Whens.Words(step) : uncertain.Count > 0 && Candidates.Indispensable(graph, step, uncertain.Contains).FirstOrDefault(uncertain.Contains) is { } unsure ? $"runs unless {Candidates.Named(step, unsure)} skipped" : null;
        if (onlyIf is not null) uncertain.Add(step.Id);
        if (asked.Count > 0) return new Decision.Maybe(step, $"waits for {string.Join(", ", asked)}; {onlyIf}", facts.Last(step.Id)?.Seconds);
        if (Whens.SkipReason(step, id => results[id].Metrics) is { } reason) return new Decision.Skip(step, reason);
        var waits = MetricValues.StepsOf(step).Concat(step.Inputs.Select(i => i.Step)).Where(id => !results.ContainsKey(id)).Distinct().ToList();
        if (waits.Count > 0) return Waiting(step, waits, onlyIf, input => results.GetValueOrDefault(input.Step)?.Outputs[input.Output].Digest);
        (step, var problem) = MetricValues.Fill(step, id => results[id].Metrics);
        if (problem is not null) return new Decision.Maybe(step, problem, null);
        return Decide(step, recipes.GetValueOrDefault(step.Id) ?? RecipeOf(step, input => results[input.Step].Outputs[input.Output].Digest), find);

        bool IsSkipped(string id) => decisions[id] is Decision.Skip;
    }

    /// <summary>Run or maybe, for a step that reads what is not made yet.</summary>
    /// <param name="onlyIf">What else has to be for it to run; null where nothing has.</param>
    /// <param name="known">The digest of an input, where it is known.</param>
    private Decision Waiting(StepDefinition step, List<string> waits, string? onlyIf, Func<InputReference, string?> known)
    {
        var last = facts.Last(step.Id);
        var forced = force.Contains(step.Id);
        var (precedent, assumed) = forced ? (Precedent.None, null) : precedents.For(step, last, known, digestOf => RecipeOf(step, digestOf));
        var reason = forced ? "forced" : assumed is not null ? Reason(step, assumed, last) : last is null ? "never ran" : facts.Read(last.Key) is null ? "its earlier result is gone" : "its recipe changed";
        if (precedent != Precedent.None) return new Decision.Maybe(step, Precedents.Words(step, waits, precedent, reason), last?.Seconds);
        return onlyIf is null ? new Decision.Run(step, reason, null, last?.Seconds) { Asks = step.Approve is not null } : new Decision.Maybe(step, $"{reason}; {onlyIf}", last?.Seconds);
    }

    /// <summary>Reuse or run, for a step whose inputs are all known.</summary>
    public Decision Decide(StepDefinition step, Func<InputReference, string> digestOf) => Decide(step, RecipeOf(step, digestOf), facts.Find);

    private Decision Decide(StepDefinition step, Recipe recipe, Func<string, StepResult?> find)
    {
        var last = facts.Last(step.Id);
        if (force.Contains(step.Id)) return Run("forced");
        if (find(recipe.Key) is { } result) return new Decision.Reuse(step, last?.Key == recipe.Key ? "same recipe" : "same recipe as an earlier run", recipe, result);
        if (step.Rung is not null && facts.HasDiverged(recipe.Key) is { } message) return new Decision.Skip(step, new($"lost in an earlier run: {message}", PassedOn: false) { HasLost = true });
        var from = facts.Shorter?.Invoke(step.Type, recipe) ?? Continuation.None;
        var reason = Reason(step, recipe, last);
        var more = Continuations.Say(step.Type, recipe, from, last is null ? null : facts.Read(last.Key));
        if (facts.IsBegun(recipe.Key)) reason += ", begun: goes on from what it kept";
        return Run(more is null ? reason : $"{reason}: {more}") with { Seconds = Continuations.Seconds(step.Type, recipe, from) ?? last?.Seconds, From = from.From };

        Decision.Run Run(string reason) => new(step, reason, recipe, last?.Seconds) { Asks = step.Approve is not null && !facts.IsApproved(recipe.Key) };
    }

    public Recipe RecipeOf(StepDefinition step, Func<InputReference, string> digestOf)
    {
        var sources = facts.Sources(step);
        return new(
            step.Type,
            step.With,
            step.Inputs.Select(i => new RecipeInput(i.Port, i.Member, digestOf(i))),
            sources.Count == 0 ? null : SourceManifest(sources).Digest,
            step.Type.ReadsAncestry ? graph.AncestryOf(step.Id) : [],
            step.Env,
            step.Approve is not null,
            sources.Any(s => s.Alias != s.Name) ? ManifestOf(sources, s => s.Alias).Digest : null);
    }

    public static Manifest SourceManifest(IReadOnlyList<SourceFile> sources) => ManifestOf(sources, s => s.Name);

    private static Manifest ManifestOf(IReadOnlyList<SourceFile> sources, Func<SourceFile, string> name) => new(sources.Select(s => new ArtifactFile(name(s), s.Size, s.Sha256)));

    private string Reason(StepDefinition step, Recipe recipe, HistoryEntry? last)
    {
        if (facts.Read(recipe.Key) is not null) return "result lost from store";
        if (last is null) return "never ran";
        if (facts.Read(last.Key) is not { } earlier) return "its earlier result is gone";
        var differences = Recipe.Differences(earlier.Recipe, recipe.Json).Select(d => NameSource(step, d)).ToList();
        return differences.Count == 0 ? "its earlier result is gone" : string.Join(" · ", differences.Take(3)) + (differences.Count > 3 ? $" · and {differences.Count - 3} more" : "");
    }

    /// <summary><c>inputs.documents: changed</c> becomes <c>inputs.documents: changed (corpus)</c>.</summary>
    private static string NameSource(StepDefinition step, string difference)
    {
        var path = difference.Split(':')[0].Split('.');
        if (path[0] != "inputs" || path.Length < 2) return difference;
        var from = step.Inputs.Where(i => i.Port == path[1]).Select(i => i.Step).Distinct().ToList();
        return from.Count == 0 ? difference : $"{difference} ({string.Join(", ", from)})";
    }
}
