namespace Pipeline.Training.Sampling;

/// <summary>What to continue. The same ids, seed, model and options give the same tokens, in whatever company.</summary>
/// <param name="Ids">At least one.</param>
/// <param name="Seed">Decides the draws.</param>
public sealed record Prompt(IReadOnlyList<int> Ids, long Seed);
