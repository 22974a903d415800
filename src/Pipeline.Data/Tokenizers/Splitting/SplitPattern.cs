namespace Pipeline.Data.Tokenizers.Splitting;

/// <summary>How text is cut into words before byte pairs are merged inside each of them.</summary>
public enum SplitPattern
{
    /// <summary>GPT-2: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
    Gpt2,

    /// <summary>cl100k: <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.</summary>
    Cl100k,

    /// <summary>o200k: as cl100k, but a word ends before a capital within it, marks are parts of words, and contractions end words.</summary>
    O200k,

    /// <summary>Qwen 2: cl100k with each number alone.</summary>
    Qwen2,
}
