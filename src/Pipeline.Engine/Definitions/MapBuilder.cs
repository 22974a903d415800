namespace Pipeline.Engine.Definitions;

/// <summary>Gathers the entries of a mapping: refuses a key given twice, and lays <c>&lt;&lt;: *anchor</c> under what the mapping says itself.</summary>
internal sealed class MapBuilder(ProblemList problems)
{
    private const int WorthAnIndex = 12;

    private readonly List<Entry> entries = [];
    private Dictionary<string, Entry>? index;
    private List<MapNode>? merged;

    public void Add(ScalarNode key, Node value)
    {
        if (Find(key.Text) is { } first)
            problems.Add(ProblemCodes.DuplicateKey, key.Place, $"the key '{Excerpt.Short(key.Text)}' is here twice", $"line {first.Key.Place.Line} has it already: keep one");
        else
            Keep(new(key, value));
    }

    public void Merge(Node value)
    {
        IReadOnlyList<Node> given = value is ListNode list ? list.Items : [value];
        foreach (var node in given)
        {
            if (node is MapNode map) (merged ??= []).Add(map);
            else problems.Add(ProblemCodes.WrongShape, node.Place, $"'<<' takes mappings, not {node.Words}", "write <<: *anchor, where the anchor stands on a mapping");
        }
    }

    public MapNode Build(Place place)
    {
        foreach (var entry in merged?.SelectMany(m => m.Entries) ?? [])
        {
            if (Find(entry.Key.Text) is null) Keep(entry);
        }

        return new(place, entries);
    }

    private void Keep(Entry entry)
    {
        entries.Add(entry);
        if (entries.Count == WorthAnIndex) index = entries.ToDictionary(e => e.Key.Text, StringComparer.Ordinal);
        else index?.Add(entry.Key.Text, entry);
    }

    private Entry? Find(string key)
    {
        if (index is not null) return index.TryGetValue(key, out var found) ? found : null;
        foreach (var entry in entries)
        {
            if (entry.Key.Text == key) return entry;
        }

        return null;
    }
}
