using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Pipeline.Training.Batches;

/// <summary>Reads ahead, on a thread of its own and in order, what a run is going to ask for. What is read depends on its number alone, so that a run is the same with and without it.</summary>
public sealed class Prefetch<T> : IDisposable
{
    readonly BlockingCollection<(T? Value, ExceptionDispatchInfo? Fault)> read;
    readonly CancellationTokenSource stop = new();
    readonly Thread thread;

    /// <param name="read">What stands at a number; called on another thread, one call after the other.</param>
    /// <param name="first">The number asked for first.</param>
    /// <param name="end">The number after the last one.</param>
    /// <param name="ahead">Most that is kept until it is asked for.</param>
    public Prefetch(Func<long, T> read, long first, long end, int ahead = 2)
    {
        this.read = new(ahead);
        thread = new Thread(() => ReadAll(read, first, end)) { IsBackground = true, Name = "prefetch" };
        thread.Start();
    }

    /// <summary>The next one, in order. What reading it threw is thrown here.</summary>
    public T Next()
    {
        var (value, fault) = read.Take();
        fault?.Throw();
        return value!;
    }

    public void Dispose()
    {
        stop.Cancel();
        thread.Join();
        read.Dispose();
        stop.Dispose();
    }

    void ReadAll(Func<long, T> readOne, long first, long end)
    {
        try
        {
            for (var number = first; number < end; number++)
            {
                (T?, ExceptionDispatchInfo?) next;
                try
                {
                    next = (readOne(number), null);
                }
                catch (Exception e)
                {
                    next = (default, ExceptionDispatchInfo.Capture(e));
                }
                read.Add(next, stop.Token);
                if (next.Item2 is not null)
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody asks any more.
        }
    }
}
