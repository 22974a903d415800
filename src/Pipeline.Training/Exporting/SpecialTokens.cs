namespace Pipeline.Training.Exporting;

/// <summary>Ids that a reader of the exported model needs to know; null where the tokenizer has no such token.</summary>
public sealed record SpecialTokens(int? Beginning, int? End, int? Padding)
{
    /// <exception cref="ArgumentException">An id is outside the vocabulary.</exception>
    public SpecialTokens Checked(int vocabulary)
    {
        foreach (var (name, id) in new[] { ("beginning", Beginning), ("end", End), ("padding", Padding) })
        {
            if (id is { } known && (known < 0 || known >= vocabulary)) throw new ArgumentException($"the {name} token has id {known}, but the model's vocabulary ends at {vocabulary - 1}");
        }

        return this;
    }
}
