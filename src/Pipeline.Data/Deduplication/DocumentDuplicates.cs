using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>What finding duplicates of documents gave beside the documents that go.</summary>
/// <param name="Largest">Documents in the largest near-duplicate cluster.</param>
/// <param name="Compared">Pairs compared exactly.</param>
/// <param name="CutShort">See <see cref="NearDuplicates.CutShort"/>.</param>
internal sealed record DuplicateFacts(IReadOnlyList<FunnelRule> Funnel, int Largest, long Compared, long CutShort);

/// <summary>Which documents of a corpus are exact or near duplicates, and of which they are.</summary>
internal sealed class DocumentDuplicates
{
    private const int MostSamples = 5;

    private readonly ShardRecords<DocumentSignature> signed;
    private readonly DeduplicationRules rules;
    private readonly ShardWork work;
    private readonly Corpus corpus;
    private readonly int[] keptFor, lengths;
    private readonly List<FunnelRule> funnel = [];
    private int largest;
    private long compared, cutShort;

    private DocumentDuplicates(ShardRecords<DocumentSignature> signed, DeduplicationRules rules, ShardWork work)
    {
        (this.signed, this.rules, this.work, corpus) = (signed, rules, work, signed.Corpus);
        (keptFor, lengths) = ([.. Enumerable.Range(0, corpus.Count)], new int[corpus.Count]);
    }

    /// <summary>The numbers of the documents that go, ascending.</summary>
    public static async Task<(DuplicateFacts Facts, IEnumerable<int> Gone)> FindAsync(ShardRecords<DocumentSignature> signed, DeduplicationRules rules, ShardWork work)
    {
        var key = $"{signed.Corpus.Digest} exact={rules.Exact} near={rules.Near} threshold={rules.Threshold:R} keep={rules.Keep} field={rules.Field}";
        Runs? made = null;
        var found = await work.FindAsync("comparison", key, PrepareAsync, async runs =>
        {
            var duplicates = new DocumentDuplicates(signed, rules, work);
            await duplicates.FindAsync(runs);
            var facts = new DuplicateFacts(duplicates.funnel, duplicates.largest, duplicates.compared, duplicates.cutShort);
            return (facts, Enumerable.Range(0, signed.Corpus.Count).Where(d => !duplicates.IsKept(d)));
        });
        made?.Texts?.Delete();
        made?.Bands?.Delete();
        return found;

        async Task<Runs> PrepareAsync() => made = new(
            rules.Exact ? await signed.SortAsync<KeyedDocument>("texts", (signatures, texts) => texts.AddRange(signatures.Select((s, i) => new KeyedDocument(s.Text, i)))) : null,
            rules.Near ? await BandBuckets.OfAsync(signed, work) : null);
    }

    private sealed record Runs(ShardRuns<KeyedDocument>? Texts, BandBuckets? Bands);

    private bool IsKept(int document) => keptFor[document] == document;

    private async Task FindAsync(Runs runs)
    {
        await foreach (var (first, signatures) in signed.ReadAsync()) Note(first, signatures);
        var ranks = await DocumentRanks.OfAsync(signed, rules.Keep, work);
        if (runs.Texts is { } texts) await FindExactAsync(texts, ranks);
        if (runs.Bands is { } bands) await FindNearAsync(bands, ranks);
    }

    private void Note(int first, DocumentSignature[] signatures)
    {
        for (var i = 0; i < signatures.Length; i++) lengths[first + i] = signatures[i].Length;
    }

    private async Task FindExactAsync(ShardRuns<KeyedDocument> texts, int[] ranks)
    {
        foreach (var group in KeyedDocument.Groups(texts.Sorted()))
        {
            var best = group.MinBy(d => ranks[d]);
            group.ForEach(d => keptFor[d] = best);
        }

        await AddRuleAsync("exact duplicates", null, _ => true, (_, _) => 1);
    }

    private async Task FindNearAsync(BandBuckets bands, int[] ranks)
    {
        using var near = await NearDuplicates.FindAsync(corpus, bands, IsKept, rules.Threshold, linkCrowds: false, work);
        (compared, cutShort) = (near.Compared, near.CutShort);
        var (best, sizes, before) = (new int[corpus.Count], new int[corpus.Count], (int[])keptFor.Clone());
        Array.Fill(best, -1);
        for (var i = 0; i < corpus.Count; i++)
        {
            if (before[i] != i) continue;
            var root = near.Clusters.Root(i);
            largest = Math.Max(largest, ++sizes[root]);
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
        funnel.Add(new(rule, threshold, documents, documents - dropped, characters, characters - shorter, 0, [.. chosen.Select(i =>
        {
            var (gone, kept) = (texts[i], texts[keptFor[i]]);
            var value = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{similarity(i, keptFor[i]):0.###} like {kept.Id}: {FunnelTally.Excerpt(kept.Text, 0)}");
            return new FunnelSample(gone.Id, value, FunnelTally.Excerpt(gone.Text, 0), null);
        })]));
    }
}
