using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Deduplication;

/// <summary>Which documents of a corpus are exact or near duplicates, and of which they are.</summary>
internal sealed class DocumentDuplicates(ShardRecords<DocumentSignature> signed, DeduplicationRules rules, ShardWork work)
{
    private const int MostSamples = 5;

    private readonly Corpus corpus = signed.Corpus;
    private readonly int[] keptFor = [.. Enumerable.Range(0, signed.Corpus.Count)];
    private readonly int[] lengths = new int[signed.Corpus.Count];

    /// <summary>Documents in the largest near-duplicate cluster.</summary>
    public int LargestCluster { get; private set; }

    public long Compared { get; private set; }

    public long CutShort { get; private set; }

    public List<FunnelRule> Funnel { get; } = [];

    public async Task FindAsync()
    {
        var ranks = await DocumentRanks.OfAsync(signed, rules.Keep, work);
        if (rules.Exact) await FindExactAsync(ranks);
        else await foreach (var (first, signatures) in signed.ReadAsync()) Note(first, signatures);
        if (rules.Near) await FindNearAsync(ranks);
    }

    public bool IsKept(int document) => keptFor[document] == document;

    /// <summary>The documents of a shard that go, numbered within it.</summary>
    public List<Cut> CutsOf(int shard) =>
        [.. Enumerable.Range(corpus.FirstOf(shard), corpus.CountOf(shard)).Where(d => !IsKept(d)).Select(d => Cut.Whole(d - corpus.FirstOf(shard)))];

    private void Note(int first, DocumentSignature[] signatures)
    {
        for (var i = 0; i < signatures.Length; i++) lengths[first + i] = signatures[i].Length;
    }

    private async Task FindExactAsync(int[] ranks)
    {
        using var texts = new ExternalSort<KeyedDocument>(work.Space(), "texts");
        await foreach (var (first, signatures) in signed.ReadAsync())
        {
            Note(first, signatures);
            texts.Add(Array.ConvertAll([.. Enumerable.Range(0, signatures.Length)], i => new KeyedDocument(signatures[i].Text, first + i)));
        }

        foreach (var group in KeyedDocument.Groups(texts.Sorted()))
        {
            var best = group.MinBy(d => ranks[d]);
            group.ForEach(d => keptFor[d] = best);
        }

        await AddRuleAsync("exact duplicates", null, _ => true, (_, _) => 1);
    }

    private async Task FindNearAsync(int[] ranks)
    {
        using var near = await NearDuplicates.FindAsync(signed, IsKept, rules.Threshold, linkCrowds: false, work);
        (Compared, CutShort) = (near.Compared, near.CutShort);
        var (best, sizes, before) = (new int[corpus.Count], new int[corpus.Count], (int[])keptFor.Clone());
        Array.Fill(best, -1);
        for (var i = 0; i < corpus.Count; i++)
        {
            if (before[i] != i) continue;
            var root = near.Clusters.Root(i);
            LargestCluster = Math.Max(LargestCluster, ++sizes[root]);
            if (best[root] < 0 || ranks[i] < ranks[best[root]]) best[root] = i;
        }

        for (var i = 0; i < corpus.Count; i++)
            if (before[i] == i) keptFor[i] = best[near.Clusters.Root(i)];
        await AddRuleAsync("near duplicates", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"similarity of {Shingles.Words}-word shingles >= {rules.Threshold}"), i => before[i] == i, near.Similarity);
    }

    /// <param name="given">The documents that the rule was given.</param>
    private async Task AddRuleAsync(string rule, string? threshold, Func<int, bool> given, Func<int, int, double> similarity)
    {
        var (documents, characters, dropped, shorter) = (0L, 0L, 0L, 0L);
        for (var i = 0; i < corpus.Count; i++)
        {
            if (!given(i)) continue;
            documents++;
            characters += lengths[i];
            if (IsKept(i)) continue;
            dropped++;
            shorter += lengths[i];
        }

        // Evenly from the whole list, for its beginning is often all of one kind.
        var shown = (int)Math.Min(MostSamples, dropped);
        var (seen, chosen) = (0L, new List<int>());
        for (var i = 0; i < corpus.Count && chosen.Count < shown; i++)
            if (given(i) && !IsKept(i) && seen++ == chosen.Count * dropped / shown) chosen.Add(i);

        var texts = await corpus.FetchAsync(chosen.Concat(chosen.Select(i => keptFor[i])), work.Cancellation);
        Funnel.Add(new(rule, threshold, documents, documents - dropped, characters, characters - shorter, 0, [.. chosen.Select(i =>
        {
            var (gone, kept) = (texts[i], texts[keptFor[i]]);
            var value = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{similarity(i, keptFor[i]):0.###} like {kept.Id}: {ShardEdits.Start(kept.Text)}");
            return new FunnelSample(gone.Id, value, ShardEdits.Start(gone.Text), null);
        })]));
    }
}
