using System.Globalization;
using System.Text;
using ICU4N;

namespace Pipeline.Data.Tokenizers.Splitting;

/// <summary>What characters are to regular expressions and to BERT.</summary>
internal static class RuneKinds
{
    /// <summary><c>\w</c>: letters, marks, decimal digits, letter numbers, connectors, and the circled and squared letters.</summary>
    public static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.LetterNumber => true,
        UnicodeCategory.ConnectorPunctuation => true,
        UnicodeCategory.Format => rune.Value is 0x200C or 0x200D,
        UnicodeCategory.OtherSymbol => rune.Value is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189),
        _ => false,
    };

    /// <summary>All of ASCII that is neither letter, digit nor space, and the punctuation of Unicode 8: two of it are none any more.</summary>
    public static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is (>= '!' and <= '/') or (>= ':' and <= '@') or (>= '[' and <= '`') or (>= '{' and <= '~')
        : Rune.GetUnicodeCategory(rune) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation ? IsKnownToBert(rune) : rune.Value is 0x166D or 0x111C9;

    /// <summary>Unified ideographs; neither kana nor hangul, which are written with spaces or read as words.</summary>
    public static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    public static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>The accents of Unicode 8: six signs of Hanunoo, Mongolian, Javanese, Sharada and Ahom have another category since.</summary>
    public static bool IsAccent(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
        ? IsKnownToBert(rune) && rune.Value is not (0x1885 or 0x1886 or 0xA9BD or 0x111C9)
        : rune.Value is 0x1734 or 0x1171E;

    /// <summary>Control, format, private use, surrogate; tab and line ends are white space.</summary>
    public static bool IsControl(Rune rune) => rune.Value is not ('\t' or '\n' or '\r')
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate
        && IsKnownToBert(rune);

    /// <summary>The tables of the engine that others use are of Unicode 8: what came later is nothing in particular to it, and a model that it serves has to get the same ids here.</summary>
    private static bool IsKnownToBert(Rune rune) => UChar.GetAge(rune.Value).Major is > 0 and <= 8;
}
