namespace Pipeline.Data.Crawling;

/// <summary>Spaces the requests to one host.</summary>
internal sealed class HostGate(TimeProvider clock, TimeSpan delay)
{
    private readonly Lock gate = new();
    private DateTimeOffset next = DateTimeOffset.MinValue, quiet = DateTimeOffset.MinValue;

    public TimeSpan Delay { get; set; } = delay;

    /// <summary>Waits until the host may be asked again.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        for (var turn = Turn(); ; turn = Turn())
        {
            for (TimeSpan wait; (wait = turn - clock.GetUtcNow()) > TimeSpan.Zero;) await Task.Delay(wait, clock, cancellation);
            // Who was told meanwhile to leave the host alone takes a turn behind that.
            lock (gate)
                if (turn >= quiet) return;
        }
    }

    /// <summary>The host wants to be left alone.</summary>
    public void Pause(TimeSpan wait)
    {
        lock (gate)
        {
            var until = clock.GetUtcNow() + wait;
            if (until > quiet) quiet = until;
            if (quiet > next) next = quiet;
        }
    }

    private DateTimeOffset Turn()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            var turn = next > now ? next : now;
            next = turn + Delay;
            return turn;
        }
    }
}
