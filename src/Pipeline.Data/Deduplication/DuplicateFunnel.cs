using System.Globalization;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>What deduplication dropped, as a funnel with samples.</summary>
public static class DuplicateFunnel
{
    private const int Samples = 5;
    private const int Excerpt = 160;

    public static Funnel Of(IReadOnlyList<Document> given, Deduplicated result, DeduplicationRules rules)
    {
        var (documents, characters) = (given.Count, given.Sum(d => (long)d.Text.Length));
        var funnel = new List<FunnelRule>();
        if (rules.Exact) Add("exact duplicates", null, result.Exact);
        if (rules.Near) Add("near duplicates", string.Create(CultureInfo.InvariantCulture, $"similarity of {Shingles.Words}-word shingles >= {rules.Threshold}"), result.Near);
        return new(funnel);

        void Add(string rule, string? threshold, IReadOnlyList<Duplicate> dropped)
        {
            var (fewer, shorter) = (documents - dropped.Count, characters - dropped.Sum(d => (long)d.Dropped.Text.Length));
            funnel.Add(new(rule, threshold, documents, fewer, characters, shorter, 0, [.. Spread(dropped).Select(Sample)]));
            (documents, characters) = (fewer, shorter);
        }
    }

    private static FunnelSample Sample(Duplicate duplicate) => new(
        duplicate.Dropped.Id,
        string.Create(CultureInfo.InvariantCulture, $"{duplicate.Similarity:0.###} like {duplicate.Kept.Id}: {Start(duplicate.Kept.Text)}"),
        Start(duplicate.Dropped.Text),
        null);

    /// <summary>Evenly from the whole list, for its beginning is often all of one kind.</summary>
    private static IEnumerable<Duplicate> Spread(IReadOnlyList<Duplicate> all) =>
        Enumerable.Range(0, Math.Min(Samples, all.Count)).Select(i => all[(int)((long)i * all.Count / Math.Min(Samples, all.Count))]);

    private static string Start(string text) => text.Length <= Excerpt ? text : text[..(char.IsHighSurrogate(text[Excerpt - 1]) ? Excerpt - 1 : Excerpt)] + "…";
}
