namespace Pipeline.Training.Batches;

/// <summary>An example in one of the endless epochs.</summary>
public readonly record struct Place(long Epoch, long Example);
