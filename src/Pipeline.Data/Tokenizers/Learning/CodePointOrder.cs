namespace Pipeline.Data.Tokenizers.Learning;

/// <summary>By code point, as UTF-8 sorts; UTF-16 would put U+FFFD after U+10000.</summary>
internal sealed class CodePointOrder : IComparer<string>
{
    public static readonly CodePointOrder Instance = new();

    public int Compare(string? x, string? y)
    {
        var common = x.AsSpan().CommonPrefixLength(y.AsSpan());
        return common < x!.Length && common < y!.Length ? Rank(x[common]).CompareTo(Rank(y[common])) : x.Length.CompareTo(y!.Length);
    }

    /// <summary>Surrogates after all else.</summary>
    private static int Rank(char symbol) => char.IsSurrogate(symbol) ? symbol + 0x10000 : symbol;
}
