namespace Pipeline.Data.Chunking;

public enum ChunkUnit
{
    /// <summary>What stands between blanks.</summary>
    Words,

    /// <summary>UTF-16 units.</summary>
    Characters,
    Tokens,
}

/// <summary>How long pieces of documents are.</summary>
public sealed record ChunkOptions
{
    public ChunkUnit Unit { get; init; }

    /// <summary>The most that a piece has.</summary>
    public required int Size { get; init; }

    /// <summary>How much of a piece the next begins with again, at most.</summary>
    public int Overlap { get; init; }

    /// <summary>Tokens of a text; needed for that unit.</summary>
    public Func<string, int>? CountTokens { get; init; }
}
