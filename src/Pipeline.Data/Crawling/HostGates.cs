namespace Pipeline.Data.Crawling;

/// <summary>Spaces the requests to each host, of all crawls that share it: a server cannot tell them apart. Between two requests lies the longer of the delays of those that make them.</summary>
public sealed class HostGates(TimeProvider clock)
{
    /// <summary>No delay that an option may ask for is longer.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private const int FewestSwept = 1024;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Host> hosts = new(StringComparer.Ordinal);
    private int sweepAt = FewestSwept;

    internal int Count
    {
        get
        {
            lock (gate) return hosts.Count;
        }
    }

    /// <summary>Waits until the host may be asked again, behind those that wait already.</summary>
    internal async Task WaitAsync(string name, TimeSpan delay, CancellationToken cancellation)
    {
        var host = Enter(name);
        try
        {
            await host.Turn.WaitAsync(cancellation);
            try
            {
                // Who was told meanwhile to leave the host alone waits for that too.
                for (TimeSpan wait; (wait = Begin(host, delay)) > TimeSpan.Zero;) await Task.Delay(wait, clock, cancellation);
            }
            finally
            {
                host.Turn.Release();
            }
        }
        finally
        {
            lock (gate) host.Users--;
        }
    }

    /// <summary>The host wants to be left alone.</summary>
    internal void Pause(string name, TimeSpan wait)
    {
        lock (gate)
        {
            var until = clock.GetUtcNow() + wait;
            if (hosts.TryGetValue(name, out var host) && until > host.Quiet) host.Quiet = until;
        }
    }

    private Host Enter(string name)
    {
        lock (gate)
        {
            if (!hosts.TryGetValue(name, out var host))
            {
                if (hosts.Count >= sweepAt) Sweep();
                hosts[name] = host = new();
            }

            host.Users++;
            return host;
        }
    }

    /// <returns>What is left to wait; where that is nothing, the turn is taken.</returns>
    private TimeSpan Begin(Host host, TimeSpan delay)
    {
        lock (gate)
        {
            var (now, next) = (clock.GetUtcNow(), host.Last + (delay > host.Delay ? delay : host.Delay));
            if (host.Quiet > next) next = host.Quiet;
            if (next > now) return next - now;
            (host.Last, host.Delay) = (now, delay);
            return TimeSpan.Zero;
        }
    }

    private void Sweep()
    {
        var now = clock.GetUtcNow();
        foreach (var (name, host) in hosts)
        {
            if (host.Users > 0 || host.Last + Remembered > now || host.Quiet > now) continue;
            hosts.Remove(name);
            host.Dispose();
        }

        sweepAt = Math.Max(FewestSwept, 2 * hosts.Count);
    }

    private sealed class Host : IDisposable
    {
        public readonly SemaphoreSlim Turn = new(1);
        public DateTimeOffset Last = DateTimeOffset.MinValue, Quiet = DateTimeOffset.MinValue;
        public TimeSpan Delay;

        /// <summary>Those that wait.</summary>
        public int Users;

        public void Dispose() => Turn.Dispose();
    }
}
