using System.Globalization;

namespace Pipeline.Engine.Definitions;

/// <summary>All combinations of some keys' values, by number: never all in memory.</summary>
internal sealed class Grid(IReadOnlyList<(ScalarNode Key, IReadOnlyList<Node> Values)> keys, IReadOnlyList<MapNode> exclude)
{
    /// <summary>As many are looked at one by one; of more, some are drawn until there are enough.</summary>
    private const long Countable = 100_000;
    private const int TriesForEach = 1000;

    /// <summary>Without those excluded taken off; at most <see cref="long.MaxValue"/>. None where there is no key.</summary>
    public long Size { get; } = keys.Count == 0 ? 0 : (long)keys.Aggregate((UInt128)1, (n, k) => UInt128.Min(long.MaxValue, n * (UInt128)k.Values.Count));

    public string SizeWords => Size == long.MaxValue ? "more than a quintillion" : Size.ToString("N0", CultureInfo.InvariantCulture);

    public IReadOnlyList<Variant> All() => [.. Range(Size).Select(Combination).Where(v => !IsExcluded(v))];

    /// <summary>Some of them, in the order of the grid; null where there are not so many.</summary>
    public IReadOnlyList<Variant>? Draw(int count, ulong seed)
    {
        var random = new SplitMix(seed);
        var drawn = new SortedSet<long>();
        if (Size <= Countable)
        {
            var left = Range(Size).Where(i => !IsExcluded(Combination(i))).ToList();
            if (left.Count < count) return null;
            for (var i = 0; i < count; i++)
            {
                var at = i + (int)random.Below((ulong)(left.Count - i));
                (left[i], left[at]) = (left[at], left[i]);
                drawn.Add(left[i]);
            }
        }
        else
        {
            for (var tries = 0L; drawn.Count < count; tries++)
            {
                if (tries > (long)count * TriesForEach) return null;
                var index = (long)random.Below((ulong)Size);
                if (!IsExcluded(Combination(index))) drawn.Add(index);
            }
        }

        return [.. drawn.Select(Combination)];
    }

    /// <summary>The exclusions that are like no combination at all.</summary>
    public IEnumerable<MapNode> Unmatched(IReadOnlyList<Variant> kept) =>
        exclude.Where(entry => !entry.Entries.All(e => keys.FirstOrDefault(k => k.Key.Text == e.Key.Text).Values?.Any(v => Same(v, e.Value)) == true) || kept.Any(v => IsLike(v, entry)));

    public static bool Same(Variant a, Variant b) => a.Values.Count == b.Values.Count && a.Values.All(v => b[v.Key.Text] is { } other && Same(v.Value, other));

    private bool IsExcluded(Variant variant) => exclude.Any(entry => IsLike(variant, entry));

    private static bool IsLike(Variant variant, MapNode entry) => entry.Entries.All(e => variant[e.Key.Text] is { } value && Same(value, e.Value));

    /// <summary>0.001 and 1e-3 are the same number.</summary>
    private static bool Same(Node a, Node b) => (a, b) switch
    {
        (ScalarNode { Plain: true } x, ScalarNode { Plain: true } y) when Scalars.Number(x.Text) is { } left && Scalars.Number(y.Text) is { } right => left.Equals(right),
        (ScalarNode x, ScalarNode y) => x.Text == y.Text && x.IsNull == y.IsNull,
        (ListNode x, ListNode y) => x.Items.Count == y.Items.Count && x.Items.Zip(y.Items).All(p => Same(p.First, p.Second)),
        (MapNode x, MapNode y) => x.Entries.Count == y.Entries.Count && x.Entries.All(e => y[e.Key.Text] is { } other && Same(e.Value, other)),
        _ => false,
    };

    private Variant Combination(long index)
    {
        var values = new VariantValue[keys.Count];
        for (var k = keys.Count - 1; k >= 0; k--)
        {
            var (key, given) = keys[k];
            var at = (int)(index % given.Count);
            index /= given.Count;
            values[k] = new(key, given[at], at + 1);
        }

        return new(values);
    }

    private static IEnumerable<long> Range(long count)
    {
        for (var i = 0L; i < count; i++) yield return i;
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine and with every .NET.</summary>
    private sealed class SplitMix(ulong seed)
    {
        private ulong state = seed;

        public ulong Below(ulong bound)
        {
            state += 0x9E3779B97F4A7C15;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return Math.BigMul(z ^ (z >> 31), bound, out _);
        }
    }
}
