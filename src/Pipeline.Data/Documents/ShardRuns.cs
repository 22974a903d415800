using Pipeline.Data.Sorting;

namespace Pipeline.Data.Documents;

/// <summary>A record that names a document by its number, and is ordered by what comes before the number first.</summary>
internal interface IShardRecord<T> : IComparable<T>
{
    /// <summary>The record with another number for the first document of its shard; it was 0.</summary>
    T From(int first);
}

/// <summary>
/// Records of the documents of many shards in order. For each shard there is a sorted run, which is kept as long as the step lasts, so that neither an attempt after one that was killed nor another of several
/// processes makes it again; the runs are merged while they are read.
/// </summary>
internal sealed class ShardRuns<T>
    where T : unmanaged, IShardRecord<T>
{
    private readonly List<(string Path, int First)> runs = [];
    private readonly List<string> kept = [];
    private readonly ShardWork work;
    private readonly string name;
    private int merged;

    private ShardRuns(string name, ShardWork work) => (this.name, this.work) = (name, work);

    /// <param name="name">All that the records follow from beside the shard and the step's options; begins with a word.</param>
    /// <param name="collect">Adds the records of a shard, in any order.</param>
    public static async Task<ShardRuns<T>> OfAsync(Corpus corpus, string name, Func<int, Action<ReadOnlySpan<T>>, Task> collect, ShardWork work)
    {
        var all = new ShardRuns<T>(name.Split(' ')[0], work);
        await foreach (var path in Enumerable.Range(0, corpus.Shards.Count).SelectInOrderAsync(work.Workers, KeepAsync, work.Cancellation))
        {
            all.kept.Add(path);
            all.runs.Add((path, corpus.FirstOf(all.runs.Count)));
        }

        return all;

        Task<string> KeepAsync(int shard) => work.Pieces.KeepAsync("run", $"{name} {corpus.Shards[shard].Digest}", whole: false, async path =>
        {
            // A shard whose records take more than a worker's share of the memory is sorted on disk as well.
            using var sort = new ExternalSort<T>(new(work.Scratch, work.Memory / work.Workers, 1, work.RunWritten), $"{all.name}-{shard}");
            await collect(shard, sort.Add);
            using (var run = new RunWriter<T>(path))
            {
                foreach (var record in sort.Sorted()) run.Add(record);
                run.Complete();
            }

            work.RunWritten?.Invoke(path);
        });
    }

    /// <summary>All of them, ascending, documents numbered through; may be asked for more than once.</summary>
    /// <param name="share">The part of the memory that their buffers may take is one of so many.</param>
    /// <exception cref="DamagedRunException">While enumerating.</exception>
    public IEnumerable<T> Sorted(int share = 1)
    {
        while (runs.Count > work.Space(share).FanIn) MergeFirst(work.Space(share).FanIn);
        return SortMerge.Of(() => runs.ConvertAll(Open));
    }

    /// <summary>Gives the room on disk back, once what they were for is kept.</summary>
    public void Delete() => kept.ForEach(File.Delete);

    private void MergeFirst(int count)
    {
        var path = Path.Combine(work.Scratch, $"{name}-merged-{merged++:D5}.run");
        using (var run = new RunWriter<T>(path))
        {
            foreach (var record in SortMerge.Of(() => runs.GetRange(0, count).ConvertAll(Open))) run.Add(record);
            run.Complete();
        }

        foreach (var (old, _) in runs.GetRange(0, count).Where(r => !kept.Contains(r.Path))) File.Delete(old);
        runs.RemoveRange(0, count);
        runs.Add((path, 0));
    }

    private static SortSource<T> Open((string Path, int First) run) => new(run.Path, run.First == 0 ? null : records =>
    {
        for (var i = 0; i < records.Length; i++) records[i] = records[i].From(run.First);
    });
}
