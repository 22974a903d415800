using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <param name="Shards">Those of the input without what was dropped, in its order; those of which nothing is left are left out, and those of which nothing was dropped are the ones given.</param>
/// <param name="LargestCluster">Documents in the largest near-duplicate cluster.</param>
/// <param name="Compared">Pairs compared exactly.</param>
/// <param name="CutShort">See <see cref="NearDuplicates.CutShort"/>.</param>
public sealed record Deduplicated(IReadOnlyList<DocumentShard> Shards, Funnel Funnel, int LargestCluster, long Compared, long CutShort);

/// <summary>
/// Keeps one document of each set of duplicates, and the first copy of each part that texts share. A rule reads the shards that the one before it left;
/// beside its work's memory it takes some dozens of bytes for each document.
/// </summary>
public static class Deduplicator
{
    public static Task<Deduplicated> RunAsync(IReadOnlyList<DocumentShard> shards, DeduplicationRules rules, ShardWork work) => work.InScratchAsync("duplicates", async inner =>
    {
        var (result, funnel) = (new Deduplicated(shards, new([]), 0, 0, 0), new List<FunnelRule>());
        if (rules.Exact || rules.Near)
        {
            var signed = await DocumentSignatures.OfAsync(shards, rules.Near, rules.Keep is Keep.Highest or Keep.Lowest ? rules.Field : null, inner);
            var (facts, gone) = await DocumentDuplicates.FindAsync(signed, rules, inner);
            var corpus = signed.Corpus;
            var cuts = corpus.ByShard(gone, d => d).Select(s => (shards[s.Shard], s.Items.ConvertAll(d => Cut.Whole(d - corpus.FirstOf(s.Shard)))));
            var left = await EditedShards.OfAsync(cuts, "documents", inner with { Scratch = work.Scratch });
            funnel.AddRange(facts.Funnel);
            result = result with { Shards = left.Shards, LargestCluster = facts.Largest, Compared = facts.Compared, CutShort = facts.CutShort };
        }

        foreach (var part in rules.Parts)
        {
            var left = await RepeatedParts.CutAsync(result.Shards, part, inner, work.Scratch);
            funnel.Add(left.Rule);
            result = result with { Shards = left.Shards };
        }

        if (rules.Substring is { } length)
        {
            var left = await RepeatedSubstrings.CutAsync(result.Shards, length, inner, work.Scratch);
            funnel.Add(left.Rule);
            result = result with { Shards = left.Shards };
        }

        return result with { Funnel = new(funnel) };
    });
}
