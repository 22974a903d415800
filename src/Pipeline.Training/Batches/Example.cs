namespace Pipeline.Training.Batches;

/// <summary>One rendered conversation: its token ids and, for each, whether the model is trained to produce it.</summary>
public readonly record struct Example(ReadOnlyMemory<int> Ids, ReadOnlyMemory<bool> Trained);
