namespace Pipeline.Data.Tokenizers;

/// <summary>A part of a model's input: a token of its own, or where it is null a text.</summary>
/// <param name="Second">Whether it is the second text of a pair.</param>
/// <param name="TypeId">Of all its tokens; BERT tells the texts of a pair apart by it.</param>
public readonly record struct TemplatePiece(int? Token, bool Second, int TypeId);

/// <summary>What is put around a text or a pair of texts, such as BERT's <c>[CLS] A [SEP] B [SEP]</c>.</summary>
public sealed record Template(IReadOnlyList<TemplatePiece> Single, IReadOnlyList<TemplatePiece> Pair)
{
    /// <summary><c>[CLS] A [SEP]</c>, <c>[CLS] A [SEP] B [SEP]</c>; null where one of the tokens is missing (-1).</summary>
    public static Template? Bert(int begin, int end) => begin < 0 || end < 0 ? null
        : new([new(begin, false, 0), new(null, false, 0), new(end, false, 0)], [new(begin, false, 0), new(null, false, 0), new(end, false, 0), new(null, true, 1), new(end, false, 1)]);

    /// <summary>How many tokens it adds.</summary>
    public int Length(bool pair) => (pair ? Pair : Single).Count(piece => piece.Token is not null);
}

/// <summary>Which end of an input is cut off or filled up.</summary>
public enum Side
{
    Left,
    Right,
}

/// <summary>Which text of a pair is cut.</summary>
public enum TruncationStrategy
{
    LongestFirst,
    OnlyFirst,
    OnlySecond,
}

/// <param name="MaxLength">In tokens, those of the template included.</param>
/// <param name="Stride">How far what was cut off overlaps what was kept, for those who read it; the input itself does not depend on it.</param>
public sealed record Truncation(int MaxLength, TruncationStrategy Strategy = TruncationStrategy.LongestFirst, Side Side = Side.Right, int Stride = 0);

/// <param name="Length">Null: that of the longest input of a batch.</param>
/// <param name="Token">What <paramref name="Id"/> is called in the file.</param>
public sealed record Padding(int Id, string Token, int? Length = null, int? MultipleOf = null, int TypeId = 0, Side Side = Side.Right);
