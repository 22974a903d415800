using Pipeline.Data.Privacy;

namespace Pipeline.Data.Documents;

/// <summary>What a tally counted, an entry a rule.</summary>
/// <param name="Removed">Characters.</param>
/// <param name="Found">As in <see cref="Funnel"/>.</param>
public sealed record FunnelCounts(
    long Documents, long Characters, IReadOnlyList<long> Changed, IReadOnlyList<long> Removed, IReadOnlyList<long> Dropped, IReadOnlyList<IReadOnlyList<FunnelSample>> Samples, IReadOnlyDictionary<string, long> Found);

/// <summary>Counts for a <see cref="Funnel"/> while documents pass; counts of parts add up to those of the whole when added in order.</summary>
/// <remarks>Samples show no personal data: what <see cref="PersonalData"/> finds in an excerpt is masked.</remarks>
public sealed class FunnelTally(IReadOnlyList<(string Rule, string? Threshold)> rules, IReadOnlyDictionary<string, string>? hints = null)
{
    private const int MostSamples = 3;
    private const int ExcerptBefore = 40;
    private const int ExcerptAfter = 120;
    private const int LongestPersonal = 512;

    private readonly long[] changed = new long[rules.Count], removed = new long[rules.Count], dropped = new long[rules.Count], lastChanged = new long[rules.Count];
    private readonly List<FunnelSample>[] samples = [.. rules.Select(_ => new List<FunnelSample>())];
    private readonly SortedDictionary<string, long> found = new(StringComparer.Ordinal);
    private long documents, characters;

    public FunnelCounts Counts => new(documents, characters, [.. changed], [.. removed], [.. dropped], [.. samples.Select(s => s.ToArray())], new SortedDictionary<string, long>(found, StringComparer.Ordinal));

    internal void Begin(int length)
    {
        documents++;
        characters += length;
    }

    /// <summary>A rule may change a document more than once; the document counts once.</summary>
    internal void Changed(int rule, string id, string before, string after) => Changed(rule, id, before.Length - after.Length, () => (before, after));

    /// <param name="texts">Before and after, asked for where they are shown.</param>
    internal void Changed(int rule, string id, int fewer, Func<(string Before, string After)> texts, string? value = null)
    {
        removed[rule] += fewer;
        if (lastChanged[rule] == documents) return;
        lastChanged[rule] = documents;
        changed[rule]++;
        if (samples[rule].Count >= MostSamples) return;
        var (before, after) = texts();
        var at = before.AsSpan().CommonPrefixLength(after);
        samples[rule].Add(new(id, value, Excerpt(before, at), Excerpt(after, at)));
    }

    /// <summary>A rule cut a passage of <paramref name="length"/> characters.</summary>
    /// <param name="text">What it was cut from, where it began at <paramref name="start"/>.</param>
    internal void Cut(int rule, string id, string text, int start, int length, string value)
    {
        removed[rule] += length;
        if (lastChanged[rule] == documents) return;
        lastChanged[rule] = documents;
        changed[rule]++;
        if (samples[rule].Count >= MostSamples) return;
        // A long text is not copied for what stands around the cut.
        var (from, end) = (Math.Max(0, start - ExcerptBefore - LongestPersonal), Math.Min(text.Length, start + length));
        var left = string.Concat(text.AsSpan(from, start - from), text.AsSpan(end, Math.Min(ExcerptAfter + LongestPersonal, text.Length - end)));
        samples[rule].Add(new(id, value, Excerpt(text, start), Excerpt(left, start - from)));
    }

    /// <summary>A rule made several documents of one.</summary>
    /// <param name="at">Where the second begins.</param>
    /// <param name="repeated">Characters that are in two of them.</param>
    internal void Parted(int rule, string id, string text, int at, int parts, int repeated)
    {
        dropped[rule] -= parts - 1;
        removed[rule] -= repeated;
        changed[rule]++;
        if (samples[rule].Count < MostSamples) samples[rule].Add(new(id, parts.ToString(System.Globalization.CultureInfo.InvariantCulture), Excerpt(text, at), Excerpt(text[at..], 0)));
    }

    /// <summary>A document has something that is counted beside the rules.</summary>
    internal void Found(string what, long count = 1) => found[what] = found.GetValueOrDefault(what) + count;

    /// <summary>A rule found something in a document and left it as it is.</summary>
    internal void Marked(int rule, string id, string text, int at, string value)
    {
        changed[rule]++;
        if (samples[rule].Count < MostSamples && Excerpt(text, at) is var shown) samples[rule].Add(new(id, value, shown, shown));
    }

    /// <param name="text">As it came in: what is left of it may be nothing to show.</param>
    /// <param name="at">What the sample is to show.</param>
    internal void Dropped(int rule, string id, string text, int lengthNow, string value, int at = 0)
    {
        dropped[rule]++;
        removed[rule] += lengthNow;
        if (samples[rule].Count < MostSamples) samples[rule].Add(new(id, value, Excerpt(text, at), null));
    }

    public void Add(FunnelCounts next)
    {
        documents += next.Documents;
        characters += next.Characters;
        foreach (var (what, count) in next.Found) Found(what, count);
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
            result.Add(new(rules[i].Rule, rules[i].Threshold, docs, docs - dropped[i], chars, chars - removed[i], changed[i], [.. samples[i]]) { Hint = dropped[i] > 0 ? hints?.GetValueOrDefault(rules[i].Rule) : null });
            docs -= dropped[i];
            chars -= removed[i];
        }

        return new(result) { Found = found.Count > 0 ? found : null };
    }

    /// <summary>What stands around a place, for a sample.</summary>
    internal static string Excerpt(string text, int at)
    {
        var start = Math.Max(0, Math.Min(at, text.Length) - ExcerptBefore);
        var end = Math.Min(text.Length, at + ExcerptAfter);
        // Half of a surrogate pair is no text.
        if (start > 0 && start < text.Length && char.IsLowSurrogate(text[start])) start++;
        if (end > start && end < text.Length && char.IsHighSurrogate(text[end - 1])) end--;
        // Personal data may be cut by the excerpt's ends, so it is looked for in more than the excerpt.
        var from = Math.Max(0, start - LongestPersonal);
        var masked = PersonalData.Mask(text[from..Math.Min(text.Length, Math.Max(start, end) + LongestPersonal)]);
        return string.Concat(start > 0 ? "…" : "", masked.AsSpan(start - from, Math.Max(start, end) - start), end < text.Length ? "…" : "");
    }
}
