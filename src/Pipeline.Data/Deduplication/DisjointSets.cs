namespace Pipeline.Data.Deduplication;

/// <summary>Union-find over 0 to count - 1. The root of a set is its smallest member, so the outcome does not depend on the order of unions.</summary>
public sealed class DisjointSets(int count)
{
    private readonly int[] parents = [.. Enumerable.Range(0, count)];

    public int Count => parents.Length;

    public int Root(int item)
    {
        while (parents[item] != item) item = parents[item] = parents[parents[item]];
        return item;
    }

    public void Union(int a, int b)
    {
        (a, b) = (Root(a), Root(b));
        if (a < b) parents[b] = a;
        else parents[a] = b;
    }

    public void UnionAll(IReadOnlyList<int> items)
    {
        for (var i = 1; i < items.Count; i++) Union(items[0], items[i]);
    }

    /// <summary>The sets by their smallest member, each ascending.</summary>
    public IEnumerable<IGrouping<int, int>> Sets() => Enumerable.Range(0, Count).GroupBy(Root);
}
