namespace Pipeline.Training.Batches;

/// <summary>What is trained or measured on, by index.</summary>
public interface IExamples<out TBatch>
{
    /// <summary>In one epoch.</summary>
    long Count { get; }

    /// <summary>The examples at these indices as one micro-shard: the same indices and epoch give the same batch.</summary>
    TBatch Read(ReadOnlySpan<long> examples, long epoch);
}
