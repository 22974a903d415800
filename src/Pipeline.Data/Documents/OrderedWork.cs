using System.Runtime.CompilerServices;

namespace Pipeline.Data.Documents;

/// <summary>Work on several items at once whose results come out in the order of the items, whatever the number of workers.</summary>
public static class OrderedWork
{
    public static async IAsyncEnumerable<TResult> SelectInOrderAsync<TItem, TResult>(
        this IAsyncEnumerable<TItem> items, int workers, Func<TItem, TResult> work, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        // Twice the workers: one slow item keeps nobody idle, and memory stays bounded.
        var window = new Queue<Task<TResult>>(2 * workers);
        using var slots = new SemaphoreSlim(workers);
        try
        {
            await foreach (var item in items.WithCancellation(cancellation))
            {
                if (window.Count == 2 * workers) yield return await window.Dequeue();
                window.Enqueue(RunAsync(item));
            }

            while (window.Count > 0) yield return await window.Dequeue();
        }
        finally
        {
            // A failed item ends the enumeration; the others must not outlive it unobserved.
            await Task.WhenAll(window).ContinueWith(t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        async Task<TResult> RunAsync(TItem item)
        {
            await slots.WaitAsync(cancellation);
            try
            {
                return await Task.Run(() => work(item), cancellation);
            }
            finally
            {
                slots.Release();
            }
        }
    }

    /// <summary>Documents in groups of bounded size, so that the cost of handing work over is paid rarely.</summary>
    public static async IAsyncEnumerable<List<Document>> InBatchesAsync(
        this IAsyncEnumerable<Document> documents, int most = 256, int mostCharacters = 1 << 20, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var batch = new List<Document>();
        var characters = 0;
        await foreach (var document in documents.WithCancellation(cancellation))
        {
            batch.Add(document);
            characters += document.Text.Length;
            if (batch.Count < most && characters < mostCharacters) continue;
            yield return batch;
            (batch, characters) = ([], 0);
        }

        if (batch.Count > 0) yield return batch;
    }
}
