namespace Pipeline.Training.Batches;

/// <summary>What is trained or measured on, by index.</summary>
public interface IExamples<out TBatch>
{
    /// <summary>In one epoch.</summary>
    long Count { get; }

    /// <summary>The examples at these places as one micro-shard: the same places give the same batch.</summary>
    TBatch Read(ReadOnlySpan<Place> places);
}
