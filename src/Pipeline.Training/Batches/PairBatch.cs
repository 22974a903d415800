namespace Pipeline.Training.Batches;

/// <summary>A micro-shard of preference pairs: the chosen rows, then the rejected rows of the same pairs.</summary>
/// <param name="Tokens">[2 · pairs, columns].</param>
/// <param name="Pairs">What the summed loss is divided by.</param>
/// <param name="Reference">The reference model's summed log-probability of each row's response, or null where it is still to be computed.</param>
public sealed record PairBatch(TokenBatch Tokens, int Pairs, float[]? Reference);
