namespace Pipeline.Data.Crawling;

/// <summary>One host, as one crawl asks it.</summary>
internal sealed class HostGate(HostGates gates, string host, TimeSpan delay)
{
    public TimeSpan Delay { get; set; } = delay;

    public Task WaitAsync(CancellationToken cancellation) => gates.WaitAsync(host, Delay, cancellation);

    public void Pause(TimeSpan wait) => gates.Pause(host, wait);
}
