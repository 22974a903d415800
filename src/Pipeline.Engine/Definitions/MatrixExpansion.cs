using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Makes a step with a <c>matrix</c> into its variants, a step each; with <c>select</c>, a step of the old name chooses the best of them; with <c>halving</c>, each variant is a step for each rung, and a step ranks those of a rung.</summary>
internal sealed class MatrixExpansion(StepCatalog catalog, Expressions expressions, ProblemList problems)
{
    /// <summary>The step type that passes on the outputs of one of its candidates.</summary>
    private const string Selecting = "select";

    /// <summary>The step type that ranks the trials of a rung.</summary>
    private const string Ranking = "halve";

    private readonly HalvingReader halvings = new(catalog, expressions, problems);
    private long nodes;

    public MapNode Apply(MapNode steps)
    {
        if (steps.Entries.All(e => e.Value is not MapNode step || (step.Find("matrix") is null && step.Find("select") is null && step.Find("halving") is null))) return steps;
        var entries = new List<Entry>();
        var variants = new VariantReferences(catalog, problems);
        foreach (var entry in steps.Entries)
        {
            if (entry.Value is not MapNode step) entries.Add(entry);
            else if (step.Find("matrix") is { } matrix) entries.AddRange(Expand(entry.Key, step, matrix, steps, variants));
            else entries.Add(entry with { Value = WithoutMatrix(step) });
        }

        return variants.Replace(new MapNode(steps.Place, entries));
    }

    private List<Entry> Expand(ScalarNode id, MapNode step, Entry matrix, MapNode steps, VariantReferences references)
    {
        var select = step.Find("select");
        var body = Without(step, "matrix", "select", "halving", "gates");
        var gates = step.Find("gates");
        if (gates is { } held && select is null) problems.Add(ProblemCodes.BadGate, held.Key.Place, "a gate holds one step to its conditions, and the matrix makes several", "add select, or write a gate for a variant under gates: of the file");
        var variants = new Matrix(id.Text, expressions, problems).Read(matrix.Value, matrix.Key.Place);
        // What is wrong with the matrix has been said; the step itself is still looked at.
        if (variants.Count == 0) return [new(id, body)];
        var halving = step.Find("halving") is { } given ? halvings.Read(id.Text, step, given, variants) : null;
        if (step.Find("halving") is not null && halving is null) return [new(id, body)];
        var names = VariantNames.Of(id.Text, variants, halving is null ? 0 : Halving.LongestSuffix);
        var rungs = halving is null ? 0 : halving.Horizons.Count;
        var taken = names.Concat(Enumerable.Range(1, rungs).SelectMany(r => names.Append(id.Text).Select(n => Halving.NameOf(n, r)))).FirstOrDefault(n => steps.Find(n) is not null);
        if (taken is not null) problems.Add(ProblemCodes.BadMatrix, matrix.Key.Place, $"a variant of '{id.Text}' would be named '{taken}', as another step is", "give that step another name");
        if (taken is not null) return [new(id, body)];
        var made = new List<Entry>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (variant, name) in variants.Zip(names))
        {
            var values = new MatrixValues(variant, id.Text, problems);
            var filled = values.Into(body);
            used.UnionWith(values.Used);
            nodes += filled.Size * Math.Max(1, rungs);
            if (nodes > NodeReader.MaximumNodes) throw new RefusedException(ProblemCodes.TooDeepOrTooMany, matrix.Key.Place, $"the matrices of this file make more than {NodeReader.MaximumNodes:N0} values", "give fewer values");
            var of = new VariantOf(id.Text, name, [.. variant.Values.Select(v => KeyValuePair.Create(v.Key.Text, v.Value is ScalarNode scalar ? scalar.Text : $"{v.Position}"))]);
            if (halving is null) made.Add(Marked(name, filled, of, null));
            else made.AddRange(Enumerable.Range(1, rungs).Select(r => Marked(Halving.NameOf(name, r), filled, of, Rung(id.Text, name, halving, r, names.Count))));
        }

        if (halving is not null) made.AddRange(Enumerable.Range(1, rungs - 1).Select(r => Ranked(id, select!, halving, r, names)));

        foreach (var key in variants[0].Values.Select(v => v.Key).Where(k => !k.Text.Contains('.', StringComparison.Ordinal) && !used.Contains(k.Text)))
            problems.Add(ProblemCodes.BadMatrix, key.Place, $"nothing in '{id.Text}' uses matrix.{key.Text}", $"write ${{{{ matrix.{key.Text} }}}} where its value belongs, or the path of what varies, such as with.{key.Text}");
        if (select is null) references.Add(id.Text, names);
        else
        {
            var selection = Selection(select, halving is null ? names : [.. names.Select(n => Halving.NameOf(n, rungs))]);
            made.Add(new(id, gates is { } own ? selection.With(own) : selection));
        }

        return made;

        Entry Marked(string name, MapNode filled, VariantOf of, RungOf? rung) =>
            // A user's own key of this name is for the reader to refuse.
            new(new ScalarNode(id.Place, name, plain: true), filled.Find(VariantNode.Key) is null ? filled.With(new(new ScalarNode(matrix.Key.Place, VariantNode.Key, plain: true), new VariantNode(matrix.Key.Place, of, rung))) : filled);
    }

    private static RungOf Rung(string search, string trial, Halving halving, int rung, int trials) =>
        new(rung, halving.Horizons[rung - 1], halving.Horizons[^1], rung == 1 ? null : new(Halving.NameOf(search, rung - 1), Halving.NameOf(trial, rung - 1), Halving.Left(trials, halving.Factor, rung), Halving.Left(trials, halving.Factor, rung - 1)));

    /// <summary>The step that ranks the trials of a rung and says how many go on.</summary>
    private static Entry Ranked(ScalarNode id, Entry select, Halving halving, int rung, List<string> names)
    {
        var place = halving.Key.Place;
        ScalarNode Text(string text) => new(place, text, plain: true);
        var with = select.Value is MapNode chosen ? chosen.With(new(Text("keep"), Text($"{Halving.Left(names.Count, halving.Factor, rung + 1)}"))) : select.Value;
        return new(new ScalarNode(id.Place, Halving.NameOf(id.Text, rung), plain: true), new MapNode(place,
        [
            new(Text("uses"), Text(Ranking)),
            new(Text("inputs"), new MapNode(place, [new(Text("trials"), new ListNode(place, [.. names.Select(n => Text(Halving.NameOf(n, rung)))]))])),
            new(Text("with"), with),
        ]));
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

    private MapNode WithoutMatrix(MapNode step)
    {
        if (step.Find("select") is { } select) problems.Add(ProblemCodes.BadMatrix, select.Key.Place, "there is no matrix to select from", "write matrix: beside it, or choose among other steps with a step that uses: select");
        if (step.Find("halving") is { } halving) problems.Add(ProblemCodes.BadMatrix, halving.Key.Place, "there is no matrix whose variants to halve", "write matrix: and select: beside it");
        return Without(step, "select", "halving");
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
