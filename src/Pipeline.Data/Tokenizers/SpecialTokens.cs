namespace Pipeline.Data.Tokenizers;

/// <summary>The special tokens that the lifecycle uses.</summary>
public static class SpecialTokens
{
    public const string EndOfText = "<|endoftext|>";
    public const string User = "<|user|>";
    public const string Assistant = "<|assistant|>";

    /// <summary>Ends a turn.</summary>
    public const string End = "<|end|>";

    public static IReadOnlyList<string> Default { get; } = [EndOfText, User, Assistant, End];

    /// <summary>Null where the list may be used, else what is wrong with it.</summary>
    public static string? Problem(IReadOnlyList<string> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.Length < 2) return $"the special token '{token}' is too short: use at least two characters, such as '{End}'";
            if (token.Length > 128) return $"the special token '{token[..32]}…' is longer than 128 characters";
            if (token.Any(c => c is <= ' ' or > '~')) return $"the special token '{token}' has a character outside printable ASCII";
            if (tokens.Count(t => t == token) > 1) return $"the special token '{token}' is listed twice";
        }

        return null;
    }
}
