using System.Runtime.InteropServices;

namespace Pipeline.Data.Documents;

/// <summary>Records made of the documents of shards, on disk until they are asked for.</summary>
internal sealed class ShardRecords<T>
    where T : unmanaged
{
    private readonly List<Func<Task<byte[]>>> contents = [];
    private readonly string part, key;
    private readonly ShardWork work;

    private ShardRecords(IReadOnlyList<DocumentShard> shards, string part, string key, ShardWork work) => (Corpus, this.part, this.key, this.work) = (new(shards), part, key, work);

    public Corpus Corpus { get; }

    /// <param name="part">What the records are, in a word.</param>
    /// <param name="key">What they follow from beside the shards.</param>
    /// <param name="begin">Gives what is called with each document of a shard and its number within it, and adds its records.</param>
    public static async Task<ShardRecords<T>> OfAsync(IReadOnlyList<DocumentShard> shards, string part, string key, Func<Action<Document, int, List<T>>> begin, ShardWork work)
    {
        var all = new ShardRecords<T>(shards, part, key, work);
        await foreach (var (read, totals) in shards.SelectInOrderAsync(work.Workers, ReadAsync, work.Cancellation))
        {
            all.contents.Add(read);
            work.Report(all.contents.Count, shards.Count, part + "s");
            all.Corpus.Add(checked((int)totals.Documents), totals.Characters);
        }

        return all;

        async Task<(Func<Task<byte[]>> Read, ShardTotals Totals)> ReadAsync(DocumentShard shard)
        {
            var read = await work.Pieces.BytesAsync(part, $"{shard.Digest} {key}", async () =>
            {
                var (add, records, totals) = (begin(), new List<T>(), new ShardTotals[1]);
                await foreach (var document in shard.ReadAsync(work.Cancellation))
                {
                    add(document, (int)totals[0].Documents++, records);
                    totals[0].Characters += document.Text.Length;
                }

                return [.. MemoryMarshal.AsBytes(totals), .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(records))];
            });
            return (read, MemoryMarshal.Read<ShardTotals>(await read()));
        }
    }

    /// <summary>The records of a shard after the other, with the number of its first document.</summary>
    public async IAsyncEnumerable<(int First, T[] Records)> ReadAsync()
    {
        for (var shard = 0; shard < contents.Count; shard++)
        {
            work.Cancellation.ThrowIfCancellationRequested();
            yield return (Corpus.FirstOf(shard), await ReadAsync(shard));
        }
    }

    /// <summary>The records of one shard.</summary>
    public async Task<T[]> ReadAsync(int shard) => MemoryMarshal.Cast<byte, T>((await contents[shard]()).AsSpan(ShardTotals.Bytes)).ToArray();

    /// <summary>What follows from them, sorted.</summary>
    /// <param name="name">Tells it from what else is sorted of these records.</param>
    /// <param name="project">Adds what follows from the records of a shard, with documents numbered within it.</param>
    public Task<ShardRuns<TRun>> SortAsync<TRun>(string name, Action<T[], List<TRun>> project)
        where TRun : unmanaged, IShardRecord<TRun> => ShardRuns<TRun>.OfAsync(Corpus, $"{name} {part} {key}", async (shard, add) =>
        {
            var found = new List<TRun>();
            project(await ReadAsync(shard), found);
            add(CollectionsMarshal.AsSpan(found));
        }, work);
}

/// <summary>Before the records of a shard: what its texts come to.</summary>
internal struct ShardTotals
{
    public const int Bytes = 16;

    public long Documents, Characters;
}
