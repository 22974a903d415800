namespace Pipeline.Data.Deduplication;

/// <summary>Which document of a set of duplicates stays. Among equals it is the one with the smallest id, and then the first.</summary>
public enum Keep
{
    /// <summary>The longest text.</summary>
    Longest,

    /// <summary>The first in the order given.</summary>
    First,

    /// <summary>The highest value of <see cref="DeduplicationRules.Field"/>; documents without one come last.</summary>
    Highest,

    /// <summary>The lowest value.</summary>
    Lowest,
}

public sealed record DeduplicationRules
{
    public bool Exact { get; init; } = true;
    public bool Near { get; init; } = true;

    /// <summary>Jaccard similarity of 5-word shingles from which two texts are near duplicates, above 0 and up to 1.</summary>
    public double Threshold { get; init; } = 0.8;

    public Keep Keep { get; init; }

    /// <summary>The metadata with a number or a date that <see cref="Keep.Highest"/> and <see cref="Keep.Lowest"/> go by.</summary>
    public string? Field { get; init; }

    /// <summary>Repeated parts of texts to cut, in this order after the documents.</summary>
    public IReadOnlyList<PartRule> Parts { get; init; } = [];

    /// <summary>Bytes from which a repeated substring is cut, as the last rule; null leaves them.</summary>
    public int? Substring { get; init; }
}

/// <param name="LeastWords">Parts of fewer words are left: they recur in any text.</param>
public sealed record PartRule(TextPart Part, int LeastWords);

/// <summary>A part of a text that may be found again in others.</summary>
public enum TextPart
{
    /// <summary>Lines between empty ones.</summary>
    Paragraph,

    Line,

    /// <summary>Three sentences in a row.</summary>
    Sentences,
}
