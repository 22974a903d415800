namespace Pipeline.Engine.Definitions;

/// <summary>Gathers the entries of a mapping: refuses a key given twice, and lays <c>&lt;&lt;: *anchor</c> under what the mapping says itself.</summary>
internal sealed class MapBuilder(ProblemList problems)
{
    private readonly List<Entry> entries = [];
    private readonly Dictionary<string, Entry> own = new(StringComparer.Ordinal);
    private readonly List<MapNode> merged = [];

    public void Add(ScalarNode key, Node value)
    {
        var entry = new Entry(key, value);
        if (own.TryAdd(key.Text, entry)) entries.Add(entry);
        else problems.Add(ProblemCodes.DuplicateKey, key.Place, $"the key '{Excerpt.Short(key.Text)}' is here twice", $"line {own[key.Text].Key.Place.Line} has it already: keep one");
    }

    public void Merge(Node value)
    {
        IReadOnlyList<Node> given = value is ListNode list ? list.Items : [value];
        foreach (var node in given)
        {
            if (node is MapNode map) merged.Add(map);
            else problems.Add(ProblemCodes.WrongShape, node.Place, $"'<<' takes mappings, not {node.Words}", "write <<: *anchor, where the anchor stands on a mapping");
        }
    }

    public MapNode Build(Place place)
    {
        foreach (var entry in merged.SelectMany(m => m.Entries))
        {
            if (own.TryAdd(entry.Key.Text, entry)) entries.Add(entry);
        }

        return new(place, entries);
    }
}
