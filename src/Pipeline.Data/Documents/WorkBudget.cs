namespace Pipeline.Data.Documents;

/// <summary>Bounds what all workers hold together. Who asks for more than there is waits, in the order of asking; who asks for more than all of it works alone.</summary>
public sealed class WorkBudget(long most)
{
    private readonly Lock gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> waiting = new();
    private long held;

    /// <returns>To be disposed of when the work is done. Who holds one must not ask for another.</returns>
    public async Task<IDisposable> TakeAsync(long bytes, CancellationToken cancellation = default)
    {
        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Enqueue((bytes, granted));
            Grant();
        }

        await using (cancellation.Register(() => granted.TrySetCanceled(cancellation))) await granted.Task;
        LargeGarbage.Collect(bytes);
        return new Share(this, bytes);
    }

    private void Grant()
    {
        while (waiting.TryPeek(out var next) && (held == 0 || held + next.Bytes <= most))
        {
            waiting.Dequeue();
            if (next.Granted.TrySetResult()) held += next.Bytes;
        }
    }

    private sealed class Share(WorkBudget budget, long bytes) : IDisposable
    {
        private bool isBack;

        public void Dispose()
        {
            lock (budget.gate)
            {
                if (isBack) return;
                isBack = true;
                budget.held -= bytes;
                budget.Grant();
            }
        }
    }
}
