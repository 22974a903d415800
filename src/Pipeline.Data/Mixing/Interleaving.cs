using Pipeline.Data.Documents;

namespace Pipeline.Data.Mixing;

/// <summary>Several domains as one sequence in which each keeps its share all along: next comes the domain of which the smallest part has come.</summary>
public static class Interleaving
{
    public const string DomainKey = "domain", EpochKey = "epoch";

    /// <param name="open">Begins to enumerate the documents of a domain: shard, row and what is known of each.</param>
    public static async IAsyncEnumerable<MixedPlace> PlanAsync(IReadOnlyList<DomainShare> shares, Func<int, IAsyncEnumerable<(int Shard, int Row, MixedDocument Document)>> open)
    {
        var streams = shares.Select((s, i) => PlacesAsync(i, s, open).GetAsyncEnumerator()).ToList();
        try
        {
            var taken = new double[shares.Count];
            var left = new List<int>();
            for (var i = 0; i < streams.Count; i++)
                if (await streams[i].MoveNextAsync()) left.Add(i);
            while (left.Count > 0)
            {
                var next = left.MinBy(i => taken[i] / Math.Max(1, shares[i].Size));
                taken[next] += streams[next].Current.Size;
                yield return streams[next].Current;
                if (!await streams[next].MoveNextAsync()) left.Remove(next);
            }
        }
        finally
        {
            foreach (var stream in streams) await stream.DisposeAsync();
        }
    }

    /// <summary>A document as it enters the mixture. A copy after the first has an id of its own, which follows from the first one's.</summary>
    public static Document Copy(Document document, string domain, int epoch)
    {
        var metadata = new Dictionary<string, string>(document.Metadata) { [DomainKey] = domain };
        if (epoch == 1) return document with { Metadata = metadata };
        metadata[EpochKey] = epoch.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return document with { Id = Document.StableId(document.Id, "epoch " + metadata[EpochKey], ""), Metadata = metadata };
    }

    private static async IAsyncEnumerable<MixedPlace> PlacesAsync(int domain, DomainShare share, Func<int, IAsyncEnumerable<(int Shard, int Row, MixedDocument Document)>> open)
    {
        for (var epoch = 1; epoch <= share.Whole + (share.Below > 0 ? 1 : 0); epoch++)
        {
            await foreach (var (shard, row, document) in open(domain))
            {
                if (epoch > share.Whole && document.Draw >= share.Below) continue;
                // Copies of one document end shards at other places.
                yield return new(domain, epoch, shard, row, document.Mark with { Hash = document.Mark.Hash ^ ((uint)(epoch - 1) * 0x9E3779B9) }, document.Size);
            }
        }
    }
}
