using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Planning;

/// <summary>Which stored result a step that waits for others may turn out to have.</summary>
internal enum Precedent
{
    /// <summary>None: whatever the others give, it runs.</summary>
    None,

    /// <summary>Its last one, if all comes out as it did then.</summary>
    Last,

    /// <summary>One of an earlier run.</summary>
    Earlier,

    /// <summary>It cannot be told.</summary>
    Unknown,
}

/// <summary>Looks whether early cutoff can spare a step at all: whether some stored result was made of everything that is known of its recipe.</summary>
internal sealed class Precedents(PlanningFacts facts)
{
    private const int MostNamed = 4;

    private readonly Dictionary<string, ILookup<string, StepResult>?> byForm = new(StringComparer.Ordinal);

    /// <param name="known">The digest of an input, where it is known.</param>
    /// <param name="recipeOf">The step's recipe with these digests.</param>
    /// <returns>With the step's recipe as it is if what is not known comes out as for its last result; null where it has none, or that cannot be made out.</returns>
    public (Precedent Precedent, Recipe? Assumed) For(StepDefinition step, HistoryEntry? last, Func<InputReference, string?> known, Func<Func<InputReference, string>, Recipe> recipeOf)
    {
        var before = last is null ? null : facts.Read(last.Key);
        // Numbers and files are part of the recipe too: without them only a type that has no result at all is sure to have none for this step.
        if (step.MetricNames.Count > 0 || facts.ReadsFiles(step))
            return (facts.Stored(step.Type)?.Any(r => Recipe.IsOf(r.Recipe, step.Type)) == false ? Precedent.None : before is null ? Precedent.Unknown : Precedent.Last, null);
        var assumed = before is null ? null : With(before);
        if (assumed is not null && facts.Find(assumed.Key) is not null) return (Precedent.Last, assumed);
        if (Alike(step, recipeOf) is not { } alike) return (Precedent.Unknown, assumed);
        return (alike.Any(r => Fits(step, r, known) && facts.Find(r.Key) is not null && With(r).Key == r.Key) ? Precedent.Earlier : Precedent.None, assumed);

        Recipe With(StepResult result)
        {
            var had = InputsOf(result);
            return recipeOf(input => known(input) ?? had.GetValueOrDefault(NameOf(step, input)) ?? "");
        }
    }

    /// <summary>What a plan says of a step that may be reused.</summary>
    /// <param name="reason">Why its last result is not the one.</param>
    public static string Words(StepDefinition step, List<string> waits, Precedent precedent, string reason)
    {
        var named = $"waits for {(waits.Count > MostNamed ? $"{string.Join(", ", waits.Take(MostNamed - 1))} and {waits.Count - MostNamed + 1} more" : string.Join(", ", waits))}";
        if (precedent == Precedent.Unknown) return $"{reason}; {named}; reused if the store has it all the same";
        var port = step.Inputs.FirstOrDefault(i => i.Step == waits[0])?.Port;
        var (what, many) = port is null ? (string.Join(", ", step.MetricNames), step.MetricNames.Count > 1) : ($"its {port.Replace('_', ' ')}", port.EndsWith('s'));
        return $"{named}; reused if {what} come{(many ? "" : "s")} out {(precedent == Precedent.Last ? "the same" : "as in an earlier run")}";
    }

    /// <summary>The stored results whose recipes differ from the step's in nothing but inputs; null where it is not known which there are.</summary>
    private IEnumerable<StepResult>? Alike(StepDefinition step, Func<Func<InputReference, string>, Recipe> recipeOf)
    {
        if (!byForm.TryGetValue(step.Type.Name, out var results))
            byForm[step.Type.Name] = results = facts.Stored(step.Type)?.ToLookup(r => Recipe.FormOf(r.Recipe), StringComparer.Ordinal);
        return results?[Recipe.FormOf(recipeOf(_ => "").Json)];
    }

    private static bool Fits(StepDefinition step, StepResult result, Func<InputReference, string?> known)
    {
        var had = InputsOf(result);
        return had.Count == step.Inputs.Count && step.Inputs.All(i => had.TryGetValue(NameOf(step, i), out var digest) && (known(i) ?? digest) == digest);
    }

    private static Dictionary<string, string> InputsOf(StepResult result)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in Recipe.InputsOf(result.Recipe)) inputs[$"{input.Port}/{input.Member}"] = input.Digest;
        return inputs;
    }

    /// <summary>As <see cref="InputsOf"/> calls it: a port that takes one artifact has no members there.</summary>
    private static string NameOf(StepDefinition step, InputReference input) =>
        step.Type.Inputs.FirstOrDefault(p => p.Name == input.Port)?.Arity is PortArity.List or PortArity.Group ? $"{input.Port}/{input.Member}" : $"{input.Port}/";
}
