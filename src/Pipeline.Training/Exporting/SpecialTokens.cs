namespace Pipeline.Training.Exporting;

/// <summary>Ids that a reader of the exported model needs to know; null where the tokenizer has no such token.</summary>
public sealed record SpecialTokens(int? Beginning, int? End, int? Padding)
{
    /// <summary>Where generation stops beside <see cref="End"/>, such as at the end of a turn.</summary>
    public IReadOnlyList<int> Stops { get; init; } = [];

    /// <exception cref="ArgumentException">An id is outside the vocabulary.</exception>
    public SpecialTokens Checked(int vocabulary)
    {
        foreach (var (name, id) in new[] { ("beginning", Beginning), ("end", End), ("padding", Padding) }.Concat(Stops.Select(stop => ("stop", (int?)stop))))
        {
            if (id is { } known && (known < 0 || known >= vocabulary)) throw new ArgumentException($"the {name} token has id {known}, but the model's vocabulary ends at {vocabulary - 1}");
        }

        return this;
    }
}
