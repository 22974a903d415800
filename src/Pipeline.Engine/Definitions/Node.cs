namespace Pipeline.Engine.Definitions;

/// <summary>A piece of YAML that knows where it stands. Immutable, so aliases share nodes.</summary>
internal abstract class Node(Place place)
{
    public Place Place { get; } = place;

    /// <summary>Nodes in this tree, counting what aliases repeat.</summary>
    public abstract long Size { get; }

    /// <summary>For messages: <c>a list</c>, <c>text 'abc'</c>, <c>nothing</c>.</summary>
    public abstract string Words { get; }
}

/// <summary>A scalar as written.</summary>
/// <param name="plain">Without quotes, so that it may be a number, true, false or null.</param>
/// <param name="origin">Where the text comes from if not from this place: <c>params.seed</c>.</param>
internal sealed class ScalarNode(Place place, string text, bool plain, string? origin = null) : Node(place)
{
    public string Text { get; } = text;
    public bool Plain { get; } = plain;
    public string? Origin { get; } = origin;

    public bool IsNull => Plain && Scalars.IsNull(Text);
    /// <summary>Long texts count for more, so that repeating one is bounded too.</summary>
    public override long Size => 1 + (Text.Length / 64);

    public override string Words => Value + OriginWords;
    public string OriginWords => Origin is null ? "" : $" (from {Origin})";

    private string Value => this switch
    {
        { IsNull: true } => "nothing",
        { Plain: true } when Scalars.Boolean(Text) is not null || Scalars.Number(Text) is not null => Excerpt.Short(Text),
        _ => $"text '{Excerpt.Short(Text)}'",
    };
}

internal sealed class ListNode(Place place, IReadOnlyList<Node> items) : Node(place)
{
    public IReadOnlyList<Node> Items { get; } = items;
    public override long Size { get; } = 1 + items.Sum(i => i.Size);
    public override string Words => "a list";
}

internal sealed record Entry(ScalarNode Key, Node Value);

/// <summary>A mapping whose keys are distinct.</summary>
internal sealed class MapNode(Place place, IReadOnlyList<Entry> entries) : Node(place)
{
    private const int WorthAnIndex = 12;
    private Dictionary<string, Entry>? index;

    public IReadOnlyList<Entry> Entries { get; } = entries;
    public override long Size { get; } = 1 + entries.Sum(e => e.Value.Size);
    public override string Words => "a mapping";

    public Node? this[string key] => Find(key)?.Value;

    public Entry? Find(string key)
    {
        if (Entries.Count >= WorthAnIndex)
        {
            index ??= Entries.ToDictionary(e => e.Key.Text, StringComparer.Ordinal);
            return index.TryGetValue(key, out var found) ? found : null;
        }

        foreach (var entry in Entries)
        {
            if (entry.Key.Text == key) return entry;
        }

        return null;
    }

    /// <summary>The same mapping with one entry replaced in its place, or added at the end.</summary>
    public MapNode With(Entry entry)
    {
        var replaced = Find(entry.Key.Text) is not null;
        return new(Place, replaced ? [.. Entries.Select(e => e.Key.Text == entry.Key.Text ? entry : e)] : [.. Entries, entry]);
    }
}
