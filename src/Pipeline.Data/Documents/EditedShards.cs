namespace Pipeline.Data.Documents;

/// <summary>What came of the cuts of many shards.</summary>
/// <param name="Shards">In the order given: those without a cut as they were, those of which nothing is left not at all.</param>
internal sealed record EditedShards(IReadOnlyList<DocumentShard> Shards, long Dropped, long Removed, long Changed, IReadOnlyList<FunnelSample> Samples)
{
    private const int MostSamples = 5;

    /// <param name="cuts">Of each shard, ascending, numbers within the shard.</param>
    /// <param name="rule">In a word.</param>
    public static async Task<EditedShards> OfAsync(IEnumerable<(DocumentShard Shard, List<Cut> Cuts)> cuts, string rule, ShardWork work, bool inBytes = false)
    {
        var (shards, dropped, removed, changed, samples) = (new List<DocumentShard>(), 0L, 0L, 0L, new List<FunnelSample>());
        await foreach (var (facts, shard) in cuts.SelectInOrderAsync(work.Workers, EditAsync, work.Cancellation))
        {
            if (shard is not null) shards.Add(shard);
            if (facts is null) continue;
            (dropped, removed, changed) = (dropped + facts.Dropped, removed + facts.Removed, changed + facts.Changed);
            samples.AddRange(facts.Samples.Take(MostSamples - samples.Count));
        }

        return new(shards, dropped, removed, changed, samples);

        async Task<(EditedShard? Facts, DocumentShard? Shard)> EditAsync((DocumentShard Shard, List<Cut> Cuts) given) =>
            given.Cuts.Count == 0 ? (null, given.Shard) : await ShardEdits.ApplyAsync(work, given.Shard, rule, given.Cuts, inBytes);
    }
}
