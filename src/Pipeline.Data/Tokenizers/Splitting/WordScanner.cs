using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pipeline.Data.Tokenizers.Splitting;

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
    public static int EndOfWord(SplitPattern pattern, ReadOnlySpan<char> text, int start) => pattern switch
    {
        SplitPattern.Gpt2 => Gpt2(text, start),
        SplitPattern.O200k => O200k(text, start),
        SplitPattern.Qwen2 => Cl100k(text, start, numbers: 1),
        _ => Cl100k(text, start, numbers: 3),
    };

    private static int Gpt2(ReadOnlySpan<char> text, int start)
    {
        if (Contraction(text, start, anyCase: false) is > 0 and var suffix) return start + suffix;

        var from = text[start] == ' ' ? start + 1 : start;
        if (from < text.Length && KindAt(text, from, out var length) is var kind && kind != Kind.Space) return Run(text, from + length, kind);
        return Spaces(text, start);
    }

    private static int Cl100k(ReadOnlySpan<char> text, int start, int numbers)
    {
        if (Contraction(text, start, anyCase: true) is > 0 and var suffix) return start + suffix;

        var kind = KindAt(text, start, out var length);
        if (kind == Kind.Letter) return Run(text, start + length, Kind.Letter);
        var next = start + length;
        if (kind != Kind.Number && text[start] is not ('\r' or '\n') && next < text.Length && KindAt(text, next, out var after) == Kind.Letter)
            return Run(text, next + after, Kind.Letter);
        if (kind == Kind.Number) return Numbers(text, next, numbers);
        return Signs(text, start, slash: false) is > 0 and var end ? end : LinesAndSpaces(text, start);
    }

    private static int O200k(ReadOnlySpan<char> text, int start)
    {
        if (CasedWord(text, start) is > 0 and var word) return word + Contraction(text, word, anyCase: true);
        if (KindAt(text, start, out var length) == Kind.Number) return Numbers(text, start + length, most: 3);
        return Signs(text, start, slash: true) is > 0 and var end ? end : LinesAndSpaces(text, start);
    }

    /// <summary>Where a word of capitals, then of small letters, ends that may have one sign before it; 0 where there is none.</summary>
    private static int CasedWord(ReadOnlySpan<char> text, int start)
    {
        var kind = KindAt(text, start, out var length);
        var sign = kind is Kind.Other or Kind.Space && text[start] is not ('\r' or '\n');
        if (sign && start + length < text.Length && WithSmall(text, start + length) is > 0 and var first) return first;
        if (WithSmall(text, start) is > 0 and var second) return second;
        if (sign && Capitals(text, start + length, out _) is var third && third > start + length) return third;
        return Capitals(text, start, out _) is var fourth && fourth > start ? fourth : 0;
    }

    /// <summary>Capitals, then at least one small letter; what has no case is either, so the last of them may end the word.</summary>
    private static int WithSmall(ReadOnlySpan<char> text, int start)
    {
        var end = Capitals(text, start, out var afterLastUncased);
        var small = end;
        while (small < text.Length && (CaseAt(text, small, out var length) & Case.Small) != 0) small += length;
        return small > end ? small : afterLastUncased;
    }

    private static int Capitals(ReadOnlySpan<char> text, int end, out int afterLastUncased)
    {
        afterLastUncased = 0;
        while (end < text.Length && CaseAt(text, end, out var length) is var letter && (letter & Case.Capital) != 0)
        {
            end += length;
            if (letter == Case.Either) afterLastUncased = end;
        }

        return end;
    }

    [Flags]
    private enum Case : byte
    {
        None,
        Capital,
        Small,
        Either,
    }

    /// <summary>Titlecase letters are capitals; marks, modifiers and letters without case are both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Case CaseAt(ReadOnlySpan<char> text, int index, out int length)
    {
        length = 1;
        return text[index] >= 128 ? OtherCaseAt(text, index, out length) : char.IsAsciiLetterLower(text[index]) ? Case.Small : char.IsAsciiLetterUpper(text[index]) ? Case.Capital : Case.None;
    }

    private static Case OtherCaseAt(ReadOnlySpan<char> text, int index, out int length)
    {
        return Rune.DecodeFromUtf16(text[index..], out var rune, out length) != OperationStatus.Done ? Case.None : Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Case.Capital,
            UnicodeCategory.LowercaseLetter => Case.Small,
            <= UnicodeCategory.EnclosingMark => Case.Either,
            _ => Case.None,
        };
    }

    /// <summary>Signs with a space before and line breaks after them; 0 where there are none.</summary>
    private static int Signs(ReadOnlySpan<char> text, int start, bool slash)
    {
        var from = text[start] == ' ' ? start + 1 : start;
        if (from >= text.Length || KindAt(text, from, out var length) != Kind.Other) return 0;
        var end = Run(text, from + length, Kind.Other);
        while (end < text.Length && (text[end] is '\r' or '\n' || (slash && text[end] == '/'))) end++;
        return end;
    }

    private static int LinesAndSpaces(ReadOnlySpan<char> text, int start)
    {

        // \s*[\r\n]+ takes as many spaces as it can while a line break still ends it.
        var spaces = Run(text, start, Kind.Space);
        var lineBreak = text[start..spaces].LastIndexOfAny('\r', '\n');
        return lineBreak >= 0 ? start + lineBreak + 1 : Spaces(text, start);
    }

    /// <summary>The length of the contraction at an apostrophe, or 0.</summary>
    private static int Contraction(ReadOnlySpan<char> text, int start, bool anyCase)
    {
        if (start >= text.Length || text[start] != '\'') return 0;
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

    private static int Numbers(ReadOnlySpan<char> text, int end, int most)
    {
        for (var count = 1; count < most && end < text.Length && KindAt(text, end, out var length) == Kind.Number; count++) end += length;
        return end;
    }

    private static int Run(ReadOnlySpan<char> text, int end, Kind kind)
    {
        while (end < text.Length && KindAt(text, end, out var length) == kind) end += length;
        return end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        var symbol = text[index];
        length = 1;
        return symbol < 128 ? Ascii[symbol] : OtherKindAt(text, index, out length);
    }

    private static Kind OtherKindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        var symbol = text[index];
        length = 1;
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
