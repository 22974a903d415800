using System.Runtime.InteropServices;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Partitioning;

/// <summary>A run of n words of a document, words as in <see cref="NormalizedWords"/>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct NgramRun(ulong Hash, int Document) : IComparable<NgramRun>
{
    public int CompareTo(NgramRun other) => Hash != other.Hash ? Hash.CompareTo(other.Hash) : Document.CompareTo(other.Document);
}

/// <summary>All runs of n words of a corpus, to be looked at by their hash. Texts of fewer words have none.</summary>
internal sealed class NgramRuns : IDisposable
{
    private const int Batch = 1 << 16;

    private readonly ExternalSort<NgramRun> runs;
    private readonly CancellationToken cancellation;

    private NgramRuns(ShardWork work) => (runs, cancellation) = (new(work.Space(), "runs"), work.Cancellation);

    /// <param name="included">Which documents take part, by number.</param>
    public static async Task<NgramRuns> OfAsync(Corpus corpus, int n, Func<int, bool> included, ShardWork work)
    {
        var all = new NgramRuns(work);
        await Parallel.ForEachAsync(Enumerable.Range(0, corpus.Shards.Count), work.Parallel, async (shard, cancellation) =>
        {
            var (number, words, own) = (corpus.FirstOf(shard), new ShingleRoom(), new List<NgramRun>());
            await foreach (var document in corpus.Shards[shard].ReadAsync(cancellation))
            {
                if (included(number)) Collect(document.Text, number);
                number++;
            }

            Flush();

            void Collect(string text, int document)
            {
                foreach (var hash in words.Of(text, n, partial: false))
                {
                    own.Add(new(hash, document));
                    if (own.Count == Batch) Flush();
                }
            }

            void Flush()
            {
                all.runs.Add(CollectionsMarshal.AsSpan(own));
                own.Clear();
            }
        });
        return all;
    }

    /// <summary>The documents of each run that two or more have, ascending. The list is used again for the next.</summary>
    public IEnumerable<List<int>> Shared()
    {
        var documents = new List<int>();
        var (hash, seen) = (0UL, 0);
        foreach (var run in runs.Sorted())
        {
            if (run.Hash != hash)
            {
                if (documents.Count > 1) yield return documents;
                documents.Clear();
                hash = run.Hash;
                if ((++seen & 0xFFFF) == 0) cancellation.ThrowIfCancellationRequested();
            }

            if (documents.Count == 0 || documents[^1] != run.Document) documents.Add(run.Document);
        }

        if (documents.Count > 1) yield return documents;
    }

    public void Dispose() => runs.Dispose();
}
