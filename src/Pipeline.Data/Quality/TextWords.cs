using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pipeline.Data.Quality;

/// <summary>A word or mark of a text.</summary>
/// <param name="Characters">Code points.</param>
/// <param name="IsSymbol">It has neither a letter, a number nor a mark of a letter.</param>
internal readonly record struct TextWord(int Start, int Length, int Characters, bool HasLetter, bool IsSymbol);

/// <summary>
/// Words as the quality rules count them: pieces between blanks, with the marks at their ends and between two letters as words of their own, and English contractions
/// in two (<c>do</c> and <c>n't</c>). That is near what spaCy's English tokenizer gives, by which datatrove's thresholds were set.
/// </summary>
internal static class TextWords
{
    private const byte Letter = 1, Blank = 2, Symbol = 4, Upper = 8, Surrogate = 16, Joint = 32;

    private static readonly byte[] Classes = [.. Enumerable.Range(0, 0x10000).Select(i => ClassOf((char)i))];
    private static readonly string[] Contractions = ["n't", "n’t", "'s", "’s", "'m", "’m", "'d", "’d", "'ll", "’ll", "'re", "’re", "'ve", "’ve"];

    public static void Read(string text, List<TextWord> words) => Read(text, words, split: true);

    /// <summary>Pieces between blanks, as Python's <c>str.split</c>.</summary>
    public static void ReadPieces(string text, List<TextWord> words) => Read(text, words, split: false);

    private static void Read(string text, List<TextWord> words, bool split)
    {
        words.Clear();
        var classes = Classes;
        for (var at = 0; at < text.Length;)
        {
            var seen = classes[text[at]];
            if ((seen & Blank) != 0)
            {
                at++;
                continue;
            }

            var start = at;
            for (at++; at < text.Length && (classes[text[at]] & Blank) == 0; at++) seen |= classes[text[at]];
            // Most pieces are of letters alone, and those are one word.
            if ((seen & (Symbol | Surrogate)) == 0) words.Add(new(start, at - start, at - start, (seen & Letter) != 0, false));
            else if (split) Split(text, start, at, words);
            else Add(text, start, at, words);
        }
    }

    private static void Split(string text, int start, int end, List<TextWord> words)
    {
        while (start < end && (Classes[text[start]] & Symbol) != 0) start = AddMark(text, start, end, words);
        // What ends the piece is found from its end and told after what is before it.
        var last = end;
        while (last > start && (Classes[text[last - 1]] & Symbol) != 0) last--;
        if (last < end && text[last] == '.' && IsAbbreviation(text.AsSpan(start, last - start))) last++;
        if (last > start) SplitInside(text, start, last, words);
        while (last < end) last = AddMark(text, last, end, words);
    }

    private static void SplitInside(string text, int start, int end, List<TextWord> words)
    {
        var seen = SeenIn(text, start, end);
        if ((seen & (Symbol | Surrogate)) == 0)
        {
            words.Add(new(start, end - start, end - start, (seen & Letter) != 0, false));
            return;
        }

        var piece = text.AsSpan(start, end - start);
        var address = piece.Contains('@') || piece.IndexOf("://") >= 0 || piece.StartsWith("www.", StringComparison.OrdinalIgnoreCase);
        for (var at = start + 1; !address && (seen & Joint) != 0 && at < end - 1; at++)
        {
            if ((Classes[text[at]] & Joint) == 0 || (Classes[text[at - 1]] & Letter) == 0) continue;
            var after = at + 1;
            while (after < end && text[after] == text[at]) after++;
            if (after >= end || (Classes[text[after]] & Letter) == 0) continue;
            AddWord(text, start, at, words);
            Add(text, at, after, words);
            (start, at) = (after, after);
        }

        AddWord(text, start, end, words);
    }

    private static void AddWord(string text, int start, int end, List<TextWord> words)
    {
        var word = text.AsSpan(start, end - start);
        if (word.ContainsAny('\'', '’'))
        {
            foreach (var contraction in Contractions)
            {
                if (word.Length <= contraction.Length || !word.EndsWith(contraction, StringComparison.OrdinalIgnoreCase)) continue;
                Add(text, start, end - contraction.Length, words);
                Add(text, end - contraction.Length, end, words);
                return;
            }
        }

        Add(text, start, end, words);
    }

    /// <summary>One mark, or a run of the same.</summary>
    private static int AddMark(string text, int at, int end, List<TextWord> words)
    {
        var after = at + (char.IsHighSurrogate(text[at]) && at + 1 < end ? 2 : 1);
        if (text[at] is '.' or '-' or '*' or '=' or '_') while (after < end && text[after] == text[at]) after++;
        Add(text, at, after, words);
        return after;
    }

    private static void Add(string text, int start, int end, List<TextWord> words)
    {
        var (seen, low, symbol) = ((byte)0, 0, true);
        for (var i = start; i < end; i++)
        {
            var c = text[i];
            var kind = Classes[c];
            if ((kind & Surrogate) != 0)
            {
                if (char.IsLowSurrogate(c)) low++;
                if (char.IsHighSurrogate(c) && i + 1 < end && Rune.TryCreate(c, text[i + 1], out var rune)) kind = ClassOf(Rune.GetUnicodeCategory(rune));
                symbol &= (kind & Symbol) != 0 || char.IsLowSurrogate(c);
            }
            else
            {
                symbol &= (kind & Symbol) != 0;
            }

            seen |= kind;
        }

        words.Add(new(start, end - start, end - start - low, (seen & Letter) != 0, symbol));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte SeenIn(string text, int start, int end)
    {
        byte seen = 0;
        for (var i = start; i < end; i++) seen |= Classes[text[i]];
        return seen;
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> word) => (word.Length == 1 && (Classes[word[0]] & Upper) != 0) || (word.Length is > 2 and < 8 && word[1] == '.' && (Classes[word[0]] & Letter) != 0);

    private static byte ClassOf(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f' ? Blank
        : char.IsSurrogate(c) ? Surrogate
        : c is '-' or '–' or '—' or '~' or ',' or ':' or '<' or '>' or '=' or '/' ? (byte)(Symbol | Joint)
        : ClassOf(char.GetUnicodeCategory(c));

    private static byte ClassOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Letter | Upper,
        <= UnicodeCategory.OtherLetter => Letter,
        <= UnicodeCategory.OtherNumber => 0,
        _ => Symbol,
    };
}
