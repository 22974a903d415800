namespace Pipeline.Data.Documents;

/// <summary>What a tally counted, an entry a rule.</summary>
/// <param name="Removed">Characters.</param>
public sealed record FunnelCounts(
    long Documents, long Characters, IReadOnlyList<long> Changed, IReadOnlyList<long> Removed, IReadOnlyList<long> Dropped, IReadOnlyList<IReadOnlyList<FunnelSample>> Samples);

/// <summary>Counts for a <see cref="Funnel"/> while documents pass; counts of parts add up to those of the whole when added in order.</summary>
/// <param name="changing">The first so many rules change documents, the others drop them.</param>
public sealed class FunnelTally(IReadOnlyList<(string Rule, string? Threshold)> rules, int changing)
{
    private const int MostSamples = 3;
    private const int ExcerptBefore = 40;
    private const int ExcerptAfter = 120;

    private readonly long[] changed = new long[rules.Count], removed = new long[rules.Count], dropped = new long[rules.Count], lastChanged = new long[rules.Count];
    private readonly List<FunnelSample>[] samples = [.. rules.Select(_ => new List<FunnelSample>())];
    private long documents, characters;

    public FunnelCounts Counts => new(documents, characters, [.. changed], [.. removed], [.. dropped], [.. samples.Select(s => s.ToArray())]);

    internal void Begin(int length)
    {
        documents++;
        characters += length;
    }

    /// <summary>A rule may change a document more than once; the document counts once.</summary>
    internal void Changed(int rule, string id, string before, string after)
    {
        removed[rule] += before.Length - after.Length;
        if (lastChanged[rule] == documents) return;
        lastChanged[rule] = documents;
        changed[rule]++;
        if (samples[rule].Count >= MostSamples) return;
        var at = before.AsSpan().CommonPrefixLength(after);
        samples[rule].Add(new(id, null, Excerpt(before, at), Excerpt(after, at)));
    }

    /// <param name="text">As it came in: what is left of it may be nothing to show.</param>
    internal void Dropped(int rule, string id, string text, int lengthNow, string value)
    {
        dropped[rule]++;
        removed[rule] += lengthNow;
        if (samples[rule].Count < MostSamples) samples[rule].Add(new(id, value, Excerpt(text, 0), null));
    }

    public void Add(FunnelCounts next)
    {
        documents += next.Documents;
        characters += next.Characters;
        for (var i = 0; i < rules.Count; i++)
        {
            changed[i] += next.Changed[i];
            removed[i] += next.Removed[i];
            dropped[i] += next.Dropped[i];
            samples[i].AddRange(next.Samples[i].Take(MostSamples - samples[i].Count));
        }
    }

    public Funnel ToFunnel()
    {
        var (docs, chars) = (documents, characters);
        var result = new List<FunnelRule>();
        for (var i = 0; i < rules.Count; i++)
        {
            result.Add(new(rules[i].Rule, rules[i].Threshold, docs, docs - dropped[i], chars, chars - removed[i], i < changing ? changed[i] : 0, [.. samples[i]]));
            docs -= dropped[i];
            chars -= removed[i];
        }

        return new(result);
    }

    private static string Excerpt(string text, int at)
    {
        var start = Math.Max(0, Math.Min(at, text.Length) - ExcerptBefore);
        var end = Math.Min(text.Length, at + ExcerptAfter);
        // Half of a surrogate pair is no text.
        if (start > 0 && start < text.Length && char.IsLowSurrogate(text[start])) start++;
        if (end > start && end < text.Length && char.IsHighSurrogate(text[end - 1])) end--;
        return (start > 0 ? "…" : "") + text[start..Math.Max(start, end)] + (end < text.Length ? "…" : "");
    }
}
