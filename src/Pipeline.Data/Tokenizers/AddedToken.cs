namespace Pipeline.Data.Tokenizers;

/// <summary>A token that text is searched for before it is cut into words.</summary>
public sealed record AddedToken(string Content)
{
    /// <summary>Left out of decoded text, and found in text only where <see cref="TextTokenizer.Encode(string, bool)"/> is told to look.</summary>
    public bool Special { get; init; }

    /// <summary>Not found within a word.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Takes the white space before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Takes the white space after it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Found in the normalized text, by its own normalized form.</summary>
    public bool Normalized { get; init; }

    public static IReadOnlyList<AddedToken> Specials(IEnumerable<string> tokens) => [.. tokens.Select(token => new AddedToken(token) { Special = true })];
}
