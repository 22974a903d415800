namespace Pipeline.Training;

/// <summary>Whether a value stands more than 6 standard deviations above its last 128; silent until it has seen 64.</summary>
sealed class SpikeWatch(IReadOnlyList<double> seen)
{
    const int Window = 128, Least = 64;
    const double Deviations = 6;

    readonly Queue<double> recent = new(seen);

    public IReadOnlyList<double> Recent => [.. recent];

    public bool IsSpike(double value)
    {
        if (recent.Count < Least)
            return false;
        var mean = recent.Average();
        var variance = recent.Sum(each => (each - mean) * (each - mean)) / recent.Count;
        return value > mean + Deviations * Math.Sqrt(variance);
    }

    /// <summary>Spikes are left out, or the first of a series would hide the others.</summary>
    public void Add(double value)
    {
        recent.Enqueue(value);
        if (recent.Count > Window)
            recent.Dequeue();
    }
}
