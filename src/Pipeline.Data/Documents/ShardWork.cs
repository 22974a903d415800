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

    /// <summary>A folder in <see cref="Scratch"/> for <paramref name="work"/>, which is done a second time, from the beginning, where a run of it was damaged.</summary>
    public async Task<TResult> InScratchAsync<TResult>(string name, Func<ShardWork, Task<TResult>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            var folder = Path.Combine(Scratch, $"{name}-{attempt}");
            Directory.CreateDirectory(folder);
            try
            {
                return await work(this with { Scratch = folder });
            }
            catch (Exception e) when (attempt == 1 && (e is DamagedRunException || (e as AggregateException)?.InnerException is DamagedRunException))
            {
                Log($"{(e.InnerException as DamagedRunException ?? e).Message} It is made anew.");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
