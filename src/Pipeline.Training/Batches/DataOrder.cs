namespace Pipeline.Training.Batches;

/// <summary>Which example stands at a position of an endless stream of shuffled epochs: a pure function of (seed, position), so a run resumes from one number.</summary>
public sealed class DataOrder
{
    readonly long seed;
    readonly int halfBits;

    public DataOrder(long seed, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        this.seed = seed;
        Count = count;
        halfBits = 1;
        while (1L << (2 * halfBits) < count && halfBits < 31)
            halfBits++;
    }

    public long Count { get; }

    public Place At(long position)
    {
        var epoch = position / Count;
        var at = position % Count;
        // A Feistel network permutes the next power of four; walking its cycles until back inside permutes [0, count).
        do
            at = Permuted(at, epoch);
        while (at >= Count);
        return new Place(epoch, at);
    }

    long Permuted(long value, long epoch)
    {
        var mask = (1L << halfBits) - 1;
        long left = value >> halfBits, right = value & mask;
        for (var round = 0; round < 4; round++)
            (left, right) = (right, left ^ ((long)Mix.Of(seed, 4 * epoch + round, right) & mask));
        return (left << halfBits) | right;
    }
}
