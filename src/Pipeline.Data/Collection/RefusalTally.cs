namespace Pipeline.Data.Collection;

/// <param name="Samples">The first few, with what is known of each.</param>
public sealed record RefusalCount(string Reason, long Count, IReadOnlyList<string> Samples);

/// <summary>Counts what was left out, by reason. Not for several threads.</summary>
public sealed class RefusalTally
{
    private const int MostSamples = 10;

    private readonly SortedDictionary<string, (long Count, List<string> Samples)> counts = new(StringComparer.Ordinal);

    public long Total => counts.Values.Sum(c => c.Count);

    public IReadOnlyList<RefusalCount> Counts => [.. counts.Select(c => new RefusalCount(c.Key, c.Value.Count, c.Value.Samples))];

    public void Add(string reason, string address, string detail = "")
    {
        var (count, samples) = counts.TryGetValue(reason, out var had) ? had : (0, []);
        if (samples.Count < MostSamples) samples.Add(detail.Length > 0 ? $"{address} ({detail})" : address);
        counts[reason] = (count + 1, samples);
    }
}
