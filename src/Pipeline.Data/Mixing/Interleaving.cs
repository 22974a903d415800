using Pipeline.Data.Documents;

namespace Pipeline.Data.Mixing;

/// <summary>A domain's documents as they enter the mixture.</summary>
/// <param name="Open">Begins to read them, once an epoch.</param>
/// <param name="Whole">How often all are taken.</param>
/// <param name="Below">Of the epoch after those only documents with a lower draw.</param>
/// <param name="Target">What they come to in the unit.</param>
public sealed record MixedDomain(string Name, Func<IAsyncEnumerable<Document>> Open, int Whole, int Below, double Target);

/// <summary>Several domains as one stream in which each keeps its share all along: next comes the domain of which the smallest part has come.</summary>
public static class Interleaving
{
    public const string DomainKey = "domain", EpochKey = "epoch";

    public static async IAsyncEnumerable<(int Domain, Document Document, long Size)> StreamAsync(IReadOnlyList<MixedDomain> domains, Func<Document, long> sizeOf, ulong seed)
    {
        var streams = domains.Select((d, i) => (Domain: i, Stream: ReadAsync(d, seed).GetAsyncEnumerator())).ToList();
        try
        {
            var taken = new double[domains.Count];
            var open = new List<int>();
            for (var i = 0; i < streams.Count; i++)
                if (await streams[i].Stream.MoveNextAsync()) open.Add(i);
            while (open.Count > 0)
            {
                var next = open.MinBy(i => taken[i] / Math.Max(1, domains[i].Target));
                var document = streams[next].Stream.Current;
                var size = sizeOf(document);
                taken[next] += size;
                yield return (next, document, size);
                if (!await streams[next].Stream.MoveNextAsync()) open.Remove(next);
            }
        }
        finally
        {
            foreach (var (_, stream) in streams) await stream.DisposeAsync();
        }
    }

    /// <summary>A copy after the first has an id of its own, which follows from the first one's.</summary>
    private static async IAsyncEnumerable<Document> ReadAsync(MixedDomain domain, ulong seed)
    {
        for (var epoch = 0; epoch <= domain.Whole; epoch++)
        {
            if (epoch == domain.Whole && domain.Below == 0) yield break;
            await foreach (var document in domain.Open())
            {
                if (epoch == domain.Whole && DrawHistogram.DrawOf(document.Id, seed) >= domain.Below) continue;
                var metadata = new Dictionary<string, string>(document.Metadata) { [DomainKey] = domain.Name };
                if (epoch == 0) yield return document with { Metadata = metadata };
                else
                {
                    metadata[EpochKey] = (epoch + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                    yield return document with { Id = Document.StableId(document.Id, "epoch " + metadata[EpochKey], ""), Metadata = metadata };
                }
            }
        }
    }
}
