using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pipeline.Data.Tokenizers;

/// <summary>Cuts text into words by a <see cref="SplitPattern"/>. Written by hand because .NET's <c>Regex</c> sees UTF-16 and would take "𠮷" for two symbols.</summary>
public static class WordScanner
{
    private enum Kind : byte
    {
        Other,
        Letter,
        Number,
        Space,
    }

    /// <summary>Where the word that begins at <paramref name="start"/> ends. The words of a text cover it without a gap.</summary>
    public static int EndOfWord(SplitPattern pattern, ReadOnlySpan<char> text, int start) =>
        pattern == SplitPattern.Gpt2 ? Gpt2(text, start) : Cl100k(text, start);

    private static int Gpt2(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && Contraction(text, start, anyCase: false) is > 0 and var suffix) return start + suffix;

        var from = text[start] == ' ' ? start + 1 : start;
        if (from < text.Length && KindAt(text, from, out var length) is var kind && kind != Kind.Space) return Run(text, from + length, kind);
        return Spaces(text, start);
    }

    private static int Cl100k(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && Contraction(text, start, anyCase: true) is > 0 and var suffix) return start + suffix;

        var kind = KindAt(text, start, out var length);
        if (kind == Kind.Letter) return Run(text, start + length, Kind.Letter);
        var next = start + length;
        if (kind != Kind.Number && text[start] is not ('\r' or '\n') && next < text.Length && KindAt(text, next, out var after) == Kind.Letter)
            return Run(text, next + after, Kind.Letter);
        if (kind == Kind.Number) return UpToThreeNumbers(text, next);

        var from = text[start] == ' ' ? start + 1 : start;
        if (from < text.Length && KindAt(text, from, out length) == Kind.Other)
        {
            var end = Run(text, from + length, Kind.Other);
            while (end < text.Length && text[end] is '\r' or '\n') end++;
            return end;
        }

        // \s*[\r\n]+ takes as many spaces as it can while a line break still ends it.
        var spaces = Run(text, start, Kind.Space);
        var lineBreak = text[start..spaces].LastIndexOfAny('\r', '\n');
        return lineBreak >= 0 ? start + lineBreak + 1 : Spaces(text, start);
    }

    /// <summary>The length of the contraction at an apostrophe, or 0.</summary>
    private static int Contraction(ReadOnlySpan<char> text, int start, bool anyCase)
    {
        var first = LetterAt(text, start + 1, anyCase);
        if (first is 's' or 't' or 'm' or 'd') return 2;
        return (first, LetterAt(text, start + 2, anyCase)) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static char LetterAt(ReadOnlySpan<char> text, int index, bool anyCase)
    {
        if (index >= text.Length) return '\0';
        return anyCase && char.IsAsciiLetterUpper(text[index]) ? (char)(text[index] | 0x20) : text[index];
    }

    /// <summary>Spaces up to the one before a word, which belongs to that word: <c>\s+(?!\S)|\s+</c>.</summary>
    private static int Spaces(ReadOnlySpan<char> text, int start)
    {
        var end = Run(text, start, Kind.Space);
        return end < text.Length && end - start > 1 ? end - 1 : end;
    }

    private static int UpToThreeNumbers(ReadOnlySpan<char> text, int end)
    {
        for (var count = 1; count < 3 && end < text.Length && KindAt(text, end, out var length) == Kind.Number; count++) end += length;
        return end;
    }

    private static int Run(ReadOnlySpan<char> text, int end, Kind kind)
    {
        while (end < text.Length && KindAt(text, end, out var length) == kind) end += length;
        return end;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        var symbol = text[index];
        length = 1;
        if (symbol < 128) return Ascii[symbol];
        if (!char.IsSurrogate(symbol)) return KindOf(CharUnicodeInfo.GetUnicodeCategory(symbol), char.IsWhiteSpace(symbol));
        if (Rune.DecodeFromUtf16(text[index..], out var rune, out length) != OperationStatus.Done) return Kind.Other;
        return KindOf(Rune.GetUnicodeCategory(rune), isSpace: false);
    }

    private static Kind KindOf(UnicodeCategory category, bool isSpace) => category switch
    {
        <= UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => isSpace ? Kind.Space : Kind.Other,
    };

    private static readonly Kind[] Ascii =
        [.. Enumerable.Range(0, 128).Select(c => KindOf(CharUnicodeInfo.GetUnicodeCategory((char)c), char.IsWhiteSpace((char)c)))];
}
