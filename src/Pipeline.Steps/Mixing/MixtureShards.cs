using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Pipeline.Data.Documents;
using Pipeline.Data.Mixing;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Steps.Mixing;

/// <summary>Writes a mixture: what comes where is known before any text is read, so that each shard of it is a piece.</summary>
internal sealed class MixtureShards(MeasuredDomains corpus, IReadOnlyList<DomainShare> shares, StepContext context)
{
    private readonly string[] names = [.. corpus.Domains.Keys];

    /// <summary>Documents and size of each domain, by its number.</summary>
    public (long Documents, long Size)[] Reached { get; } = new (long, long)[corpus.Domains.Count];

    public long Written => Reached.Sum(r => r.Documents);

    public async Task WriteAsync(Output<Artifacts.Documents> output)
    {
        var shards = new List<List<MixedPlace>> { new() };
        var total = shares.Sum(s => s.Size);
        var cuts = new ShardCuts((long)((double)corpus.Marks * total / Math.Max(1, corpus.Domains.Values.Sum(d => d.Total))));
        var written = 0;
        // As many shards are laid out at a time as are written at once: the whole order may be too long for memory.
        await foreach (var place in Interleaving.PlanAsync(shares, domain => corpus.ReadAsync(names[domain], context.Cancellation)))
        {
            Reached[place.Domain] = (Reached[place.Domain].Documents + 1, Reached[place.Domain].Size + place.Size);
            shards[^1].Add(place);
            if (!cuts.EndsAfter(place.Mark)) continue;
            if (shards.Count == 2 * context.Cpus) await FlushAsync();
            shards.Add([]);
        }

        await FlushAsync();
        if (written == 0) await DocumentShards.WriteAllAsync(output.Folder, [], cancellation: context.Cancellation);

        async Task FlushAsync()
        {
            await foreach (var path in shards.Where(s => s.Count > 0).SelectInOrderAsync(context.Cpus, ShardAsync, context.Cancellation))
            {
                File.Copy(path, output[DocumentShards.NameOf(written++)]);
                context.Report(Reached.Sum(r => r.Size), total, "");
            }

            shards.Clear();
        }
    }

    private async Task<string> ShardAsync(List<MixedPlace> places)
    {
        var order = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(places.ConvertAll(p => (p.Domain, p.Epoch, p.Shard, p.Row)))).ToArray();
        var from = places.Select(p => p.Shard).Distinct().Order().ToList();
        var key = new JsonObject { ["order"] = Sha256.Of(order), ["domains"] = new JsonArray([.. names.Select(n => (JsonNode)n)]), ["shards"] = new JsonArray([.. from.Select(s => (JsonNode)$"{s} {corpus.Shards[s].Digest}")]) };
        var piece = await context.Pieces.GetAsync("shard", key, async () =>
        {
            var documents = await FetchAsync(places);
            var path = Path.Combine(context.Scratch, $"mixed-{Sha256.Of(order)}");
            await using var writer = new DocumentWriter(path);
            foreach (var place in places) await writer.AddAsync(Interleaving.Copy(documents[(place.Shard, place.Row)], names[place.Domain], place.Epoch));
            await writer.CompleteAsync();
            return new MadePiece<int>(places.Count) { File = path };
        });
        return piece.File!;
    }

    private async Task<Dictionary<(int Shard, int Row), Document>> FetchAsync(List<MixedPlace> places)
    {
        var documents = new Dictionary<(int, int), Document>();
        foreach (var some in places.GroupBy(p => p.Shard).OrderBy(g => g.Key))
        {
            var (wanted, row) = (some.Select(p => p.Row).ToHashSet(), 0);
            var last = wanted.Max();
            await foreach (var document in corpus.Shards[some.Key].ReadAsync(context.Cancellation))
            {
                if (wanted.Contains(row)) documents[(some.Key, row)] = document;
                if (row++ == last) break;
            }
        }

        return documents;
    }
}
