using System.Text.Json;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Documents;

/// <summary>With what work over many shards is done. None of it can be seen in the outcome.</summary>
public sealed record ShardWork
{
    public required IShardPieces Pieces { get; init; }

    /// <summary>A folder for runs and other files that last as long as the work.</summary>
    public required string Scratch { get; init; }

    /// <summary>Bytes for sorting and caches. Beside it each worker holds a row group of documents, and there are some dozens of bytes for each document.</summary>
    public long Memory { get; init; } = 512 << 20;

    public int Workers { get; init; } = 1;

    public CancellationToken Cancellation { get; init; }

    public Action<string> Log { get; init; } = _ => { };

    /// <summary>Told how many shards of how many are done, and with what.</summary>
    public Action<int, int, string> Report { get; init; } = (_, _, _) => { };

    public Action<string>? RunWritten { get; init; }

    public ParallelOptions Parallel => new() { MaxDegreeOfParallelism = Workers, CancellationToken = Cancellation };

    /// <summary>Room for one of several sorts that are open at a time.</summary>
    public SortSpace Space(int sorts = 1) => new(Scratch, Memory / sorts, Workers, RunWritten);

    /// <summary>
    /// What only the whole of the shards tells. Of several processes one finds it out and the others wait; an attempt after one that was killed finds it again. Where it is known, what it is found from is not made.
    /// </summary>
    /// <param name="name">In a word.</param>
    /// <param name="key">All that it follows from.</param>
    /// <param name="prepare">Work by shard that all processes share.</param>
    /// <param name="find">Gives what is small, and records, which are written while they are enumerated.</param>
    internal async Task<(TFacts Facts, IEnumerable<T> Records)> FindAsync<TPrepared, TFacts, T>(
        string name, string key, Func<Task<TPrepared>> prepare, Func<TPrepared, Task<(TFacts Facts, IEnumerable<T> Records)>> find)
        where TPrepared : class
        where T : unmanaged
    {
        var prepared = Pieces.IsKept(name, key) ? null : await prepare();
        var path = await Pieces.KeepAsync(name, key, whole: true, async path =>
        {
            var (facts, records) = await find(prepared ?? await prepare());
            using (var run = new RunWriter<T>(path, JsonSerializer.SerializeToUtf8Bytes(facts)))
            {
                foreach (var record in records) run.Add(record);
                run.Complete();
            }

            RunWritten?.Invoke(path);
        });
        using var known = new SortSource<T>(path);
        return (JsonSerializer.Deserialize<TFacts>(known.Preface)!, SortMerge.InOrder(() => new SortSource<T>(path)));
    }

    /// <summary>A folder in <see cref="Scratch"/> for <paramref name="work"/>, which is done again where a run of it was damaged: with the runs that were kept and are whole. After a power cut many may be torn; one that is damaged twice is the disk's.</summary>
    public async Task<TResult> InScratchAsync<TResult>(string name, Func<ShardWork, Task<TResult>> work)
    {
        var damages = new HashSet<string>(StringComparer.Ordinal);
        for (var attempt = 1; ; attempt++)
        {
            var folder = Path.Combine(Scratch, $"{name}-{attempt}");
            Directory.CreateDirectory(folder);
            try
            {
                return await work(this with { Scratch = folder });
            }
            catch (Exception e) when ((e as DamagedRunException ?? (e as AggregateException)?.InnerException as DamagedRunException) is { } damaged)
            {
                File.Delete(damaged.Path);
                var kept = Path.GetRelativePath(folder, damaged.Path).StartsWith("..", StringComparison.Ordinal);
                if (!damages.Add(kept ? damaged.Path : "")) throw;
                Log($"{damaged.Message} It is made anew.");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
