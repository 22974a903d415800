using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Makes a step with a <c>matrix</c> into its variants, a step each; with <c>select</c>, a step of the old name chooses the best of them.</summary>
internal sealed class MatrixExpansion(StepCatalog catalog, Expressions expressions, ProblemList problems)
{
    /// <summary>The step type that passes on the outputs of one of its candidates.</summary>
    private const string Selecting = "select";

    private long nodes;

    public MapNode Apply(MapNode steps)
    {
        if (steps.Entries.All(e => e.Value is not MapNode step || (step.Find("matrix") is null && step.Find("select") is null))) return steps;
        var entries = new List<Entry>();
        var variants = new VariantReferences(catalog, problems);
        foreach (var entry in steps.Entries)
        {
            if (entry.Value is not MapNode step) entries.Add(entry);
            else if (step.Find("matrix") is { } matrix) entries.AddRange(Expand(entry.Key, step, matrix, steps, variants));
            else entries.Add(entry with { Value = WithoutSelect(step) });
        }

        return variants.Replace(new MapNode(steps.Place, entries));
    }

    private List<Entry> Expand(ScalarNode id, MapNode step, Entry matrix, MapNode steps, VariantReferences references)
    {
        var select = step.Find("select");
        var body = Without(step, "matrix", "select", "gates");
        var gates = step.Find("gates");
        if (gates is { } held && select is null) problems.Add(ProblemCodes.BadGate, held.Key.Place, "a gate holds one step to its conditions, and the matrix makes several", "add select, or write a gate for a variant under gates: of the file");
        var variants = new Matrix(id.Text, expressions, problems).Read(matrix.Value, matrix.Key.Place);
        // What is wrong with the matrix has been said; the step itself is still looked at.
        if (variants.Count == 0) return [new(id, body)];
        var names = VariantNames.Of(id.Text, variants);
        foreach (var taken in names.Where(n => steps.Find(n) is not null))
            problems.Add(ProblemCodes.BadMatrix, matrix.Key.Place, $"a variant of '{id.Text}' would be named '{taken}', as another step is", "give that step another name");
        if (problems.Count > 0 && names.Any(n => steps.Find(n) is not null)) return [new(id, body)];
        var made = new List<Entry>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (variant, name) in variants.Zip(names))
        {
            var values = new MatrixValues(variant, id.Text, problems);
            var filled = values.Into(body);
            used.UnionWith(values.Used);
            nodes += filled.Size;
            if (nodes > NodeReader.MaximumNodes) throw new RefusedException(ProblemCodes.TooDeepOrTooMany, matrix.Key.Place, $"the matrices of this file make more than {NodeReader.MaximumNodes:N0} values", "give fewer values");
            made.Add(new(new ScalarNode(id.Place, name, plain: true), filled));
        }

        foreach (var key in variants[0].Values.Select(v => v.Key).Where(k => !k.Text.Contains('.', StringComparison.Ordinal) && !used.Contains(k.Text)))
            problems.Add(ProblemCodes.BadMatrix, key.Place, $"nothing in '{id.Text}' uses matrix.{key.Text}", $"write ${{{{ matrix.{key.Text} }}}} where its value belongs, or the path of what varies, such as with.{key.Text}");
        if (select is { } chosen) made.Add(new(id, gates is { } own ? Selection(chosen, names).With(own) : Selection(chosen, names)));
        else references.Add(id.Text, names);
        return made;
    }

    private static MapNode Selection(Entry select, List<string> names)
    {
        var place = select.Key.Place;
        ScalarNode Text(string text) => new(place, text, plain: true);
        return new(place,
        [
            new(Text("uses"), Text(Selecting)),
            new(Text("inputs"), new MapNode(place, [new(Text("candidates"), new ListNode(place, [.. names.Select(Text)]))])),
            new(Text("with"), select.Value),
        ]);
    }

    private MapNode WithoutSelect(MapNode step)
    {
        if (step.Find("select") is not { } select) return step;
        problems.Add(ProblemCodes.BadMatrix, select.Key.Place, "there is no matrix to select from", "write matrix: beside it, or choose among other steps with a step that uses: select");
        return Without(step, "select");
    }

    private static MapNode Without(MapNode step, params ReadOnlySpan<string> keys)
    {
        var kept = new List<Entry>();
        foreach (var entry in step.Entries)
        {
            if (!keys.Contains(entry.Key.Text)) kept.Add(entry);
        }

        return new(step.Place, kept);
    }
}
