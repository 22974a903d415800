using System.Runtime.InteropServices;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>A run of n words of a document, words as in <see cref="NormalizedWords"/>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct NgramRun(ulong Hash, int Document) : IShardRecord<NgramRun>
{
    public NgramRun From(int first) => this with { Document = Document + first };

    public int CompareTo(NgramRun other) => Hash != other.Hash ? Hash.CompareTo(other.Hash) : Document.CompareTo(other.Document);
}

/// <summary>All runs of n words of a corpus, to be looked at by their hash. Texts of fewer words have none.</summary>
internal sealed class NgramRuns(ShardRuns<NgramRun> runs, CancellationToken cancellation)
{
    private const int Batch = 1 << 16;

    public static async Task<NgramRuns> OfAsync(Corpus corpus, int n, ShardWork work) => new(await ShardRuns<NgramRun>.OfAsync(corpus, $"ngrams {n}", async (shard, add) =>
    {
        var (number, words, own) = (0, new ShingleRoom(), new List<NgramRun>());
        await foreach (var document in corpus.Shards[shard].ReadAsync(work.Cancellation))
        {
            Collect(document.Text, number++);
            if (own.Count >= Batch) Flush();
        }

        Flush();

        void Collect(string text, int document)
        {
            foreach (var hash in words.Of(text, n, partial: false)) own.Add(new(hash, document));
        }

        void Flush()
        {
            add(CollectionsMarshal.AsSpan(own));
            own.Clear();
        }
    }, work), work.Cancellation);

    /// <summary>The documents of each run that two or more have, ascending. The list is used again for the next.</summary>
    /// <param name="included">Which documents take part, by number.</param>
    public IEnumerable<List<int>> Shared(Func<int, bool> included)
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

            if ((documents.Count == 0 || documents[^1] != run.Document) && included(run.Document)) documents.Add(run.Document);
        }

        if (documents.Count > 1) yield return documents;
    }

    public void Delete() => runs.Delete();
}
