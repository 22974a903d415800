using System.Runtime.CompilerServices;

namespace Pipeline.Data.Documents;

/// <summary>Work on several items at once whose results come out in the order of the items, whatever the number of workers.</summary>
public static class OrderedWork
{
    public static async IAsyncEnumerable<TResult> SelectInOrderAsync<TItem, TResult>(
        this IEnumerable<TItem> items, int workers, Func<TItem, Task<TResult>> work, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        // Twice the workers: one slow item keeps nobody idle, and memory stays bounded.
        var window = new Queue<Task<TResult>>(2 * workers);
        using var slots = new SemaphoreSlim(workers);
        try
        {
            foreach (var item in items)
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
}
