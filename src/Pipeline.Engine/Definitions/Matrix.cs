namespace Pipeline.Engine.Definitions;

/// <summary>What one variant of a matrix gives to its step: by key, with the value's place among those of the key, from 1.</summary>
internal sealed record Variant(IReadOnlyList<VariantValue> Values)
{
    public Node? this[string key] => Values.FirstOrDefault(v => v.Key.Text == key)?.Value;
}

internal sealed record VariantValue(ScalarNode Key, Node Value, int Position);

/// <summary>Reads the <c>matrix</c> of a step: the grid of its keys' values or some of it drawn at random, less what is excluded, and what is included beside it.</summary>
internal sealed class Matrix(string step, Expressions expressions, ProblemList problems)
{
    /// <summary>Each variant is a step of the graph: a slip in a list must not make a million of them.</summary>
    public const int MostVariants = 1000;

    private static readonly string[] Roots = ["with", "inputs", "resources"];
    private readonly OptionBinder random = new("random", RandomOptions.Tree, expressions, problems);

    /// <summary>The variants in the order of the grid, the last key changing fastest, and then those included. Empty where what is wrong has been said.</summary>
    public IReadOnlyList<Variant> Read(Node node, Place at)
    {
        var before = problems.Count;
        if (node is not MapNode map) return Refuse(ProblemCodes.WrongShape, node.Place, $"'matrix' is a mapping of what varies to its values, not {node.Words}", "write it like with.learning_rate: [3e-4, 1e-3]");
        var keys = new List<(ScalarNode Key, IReadOnlyList<Node> Values)>();
        foreach (var (key, value) in map.Entries)
        {
            if (key.Text is not ("random" or "include" or "exclude") && CheckKey(key) && Values(key, value) is { } values) keys.Add((key, values));
        }

        var exclude = Entries(map["exclude"], "exclude");
        var include = Entries(map["include"], "include");
        if (problems.Count > before) return [];
        var grid = new Grid(keys, exclude);
        var variants = map.Find("random") is { } drawn ? Drawn(grid, drawn) : Whole(grid, at);
        if (problems.Count == before)
        {
            foreach (var unused in grid.Unmatched(variants)) Refuse(ProblemCodes.BadMatrix, unused.Place, "no combination is like this, so nothing is excluded", "check the values: each must be one of the key's");
        }

        variants = [.. variants, .. include.Select((entry, i) => new Variant([.. entry.Entries.Select(e => new VariantValue(e.Key, e.Value, i + 1))]))];
        if (variants.Count > MostVariants) return Refuse(ProblemCodes.BadMatrix, at, $"the matrix of '{step}' makes {variants.Count:N0} variants; at most {MostVariants:N0} are possible", "give fewer values");
        if (variants.Count == 0 && problems.Count == before) Refuse(ProblemCodes.BadMatrix, at, $"the matrix of '{step}' makes no variant", "give each key at least one value that is not excluded");
        for (var i = 0; i < variants.Count; i++)
        {
            if (variants.Take(i).Any(v => Grid.Same(v, variants[i]))) Refuse(ProblemCodes.GivenTwice, variants[i].Values.Count > 0 ? variants[i].Values[^1].Value.Place : at, $"this combination is in the matrix of '{step}' already", "keep one");
        }

        return problems.Count > before ? [] : variants;
    }

    private bool CheckKey(ScalarNode key)
    {
        var path = key.Text.Split('.');
        if (path.Length == 1 && Names.IsValid(key.Text)) return true;
        if (path.Length > 1 && path.All(p => p.Length > 0) && Roots.Contains(path[0])) return true;
        Refuse(ProblemCodes.BadMatrix, key.Place, $"'{Excerpt.Short(key.Text)}' is nothing that a matrix can vary", "a path such as with.learning_rate, inputs.model or resources.cpus; or a name, to be used as ${{ matrix.NAME }}");
        return false;
    }

    private IReadOnlyList<Node>? Values(ScalarNode key, Node given)
    {
        if (expressions.Resolve(given) is not { } node) return null;
        if (node is ListNode { Items.Count: > 0 } list) return list.Items;
        Refuse(ProblemCodes.BadMatrix, node.Place, $"'{Excerpt.Short(key.Text)}' has {(node is ListNode ? "no values" : $"{node.Words} instead of a list of values")}", "write the values as a list: [3e-4, 1e-3]");
        return null;
    }

    private List<MapNode> Entries(Node? given, string name)
    {
        var entries = new List<MapNode>();
        foreach (var item in given is null or ScalarNode { IsNull: true } ? [] : given is ListNode list ? list.Items : [given])
        {
            if (item is not MapNode { Entries.Count: > 0 } map) Refuse(ProblemCodes.WrongShape, item.Place, $"'{name}' is a list of combinations, not {item.Words}", $"write {name}: [{{ with.learning_rate: 1e-3 }}]");
            else if (map.Entries.Select(e => e.Key).All(CheckKey)) entries.Add(map);
        }

        return entries;
    }

    private IReadOnlyList<Variant> Whole(Grid grid, Place at) =>
        grid.Size <= MostVariants ? grid.All()
        : Refuse(ProblemCodes.BadMatrix, at, $"the matrix of '{step}' has {grid.SizeWords} combinations; at most {MostVariants:N0} variants are possible", "give fewer values, or draw some of them: random: { count: 20, seed: 1 }");

    private IReadOnlyList<Variant> Drawn(Grid grid, Entry given)
    {
        if (random.Bind(given.Value, given.Key.Place) is not { } bound) return [];
        var count = (int)(long)bound["count"]!;
        return grid.Draw(count, (ulong)(long)bound["seed"]!)
            ?? Refuse(ProblemCodes.BadMatrix, random.Locate(given.Value, "count")?.Place ?? given.Key.Place, $"the matrix of '{step}' has fewer than {count:N0} combinations to draw from", "draw fewer, or leave random out");
    }

    private IReadOnlyList<Variant> Refuse(string code, Place at, string message, string? remedy)
    {
        problems.Add(code, at, message, remedy);
        return [];
    }
}
