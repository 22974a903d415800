namespace Pipeline.Training.Batches;

/// <summary>What the objectives that change a text need to know of its vocabulary.</summary>
/// <param name="Vocabulary">Tokens in all.</param>
/// <param name="Special">Ids that no text yields: never masked, and never drawn in place of a masked token.</param>
public sealed record TokenSpecials(int Vocabulary, IReadOnlySet<long> Special)
{
    /// <summary>What stands for a masked token.</summary>
    public long? Mask { get; init; }

    /// <summary>What stand for the spans that are cut out, in order.</summary>
    public IReadOnlyList<long> Sentinels { get; init; } = [];

    /// <summary>Whether the second token goes on with the word of the first; null where words are not asked for.</summary>
    public Func<long, long, bool>? SameWord { get; init; }
}
