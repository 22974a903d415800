namespace Pipeline.Training.Batches;

/// <summary>Random numbers for one row, a pure function of (seed, epoch, example).</summary>
struct MixedNumbers(long seed, Place place)
{
    readonly long stream = (long)Mix.Of(seed, place.Epoch, place.Example);
    long drawn;

    /// <summary>From 0 up to but without <paramref name="end"/>.</summary>
    public int Below(int end) => (int)(((UInt128)Mix.Of(stream, drawn++) * (ulong)end) >> 64);

    /// <summary>From 0 up to but without 1.</summary>
    public double Unit() => (Mix.Of(stream, drawn++) >> 11) * (1.0 / (1L << 53));

    public void Shuffle<T>(Span<T> items)
    {
        for (var end = items.Length; end > 1; end--)
        {
            var at = Below(end);
            (items[at], items[end - 1]) = (items[end - 1], items[at]);
        }
    }
}
