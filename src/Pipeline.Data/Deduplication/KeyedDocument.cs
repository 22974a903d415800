using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>A document under a key that it may share with others.</summary>
internal readonly record struct KeyedDocument(UInt128 Key, int Document) : IShardRecord<KeyedDocument>
{
    public KeyedDocument From(int first) => this with { Document = Document + first };

    public int CompareTo(KeyedDocument other)
    {
        var order = Key.CompareTo(other.Key);
        return order == 0 ? Document.CompareTo(other.Document) : order;
    }

    /// <summary>The documents of each key that has two or more, ascending. The list is used again for the next.</summary>
    public static IEnumerable<List<int>> Groups(IEnumerable<KeyedDocument> sorted)
    {
        var group = new List<int>();
        var key = default(UInt128);
        foreach (var entry in sorted)
        {
            if (entry.Key != key)
            {
                if (group.Count > 1) yield return group;
                group.Clear();
                key = entry.Key;
            }

            if (group.Count == 0 || group[^1] != entry.Document) group.Add(entry.Document);
        }

        if (group.Count > 1) yield return group;
    }
}
