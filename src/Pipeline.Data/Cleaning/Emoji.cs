using System.Buffers;
using System.Text;
using ICU4N;
using ICU4N.Globalization;
using Pipeline.Data.Privacy;

namespace Pipeline.Data.Cleaning;

/// <summary>Emoji as people see them: with skin tones, joined families, flags of two letters, key caps. Signs that are shown as text unless told otherwise (©, ↔, digits) are none.</summary>
internal static class Emoji
{
    public const string Placeholder = "[EMOJI]";

    private const int VariationSelector = 0xFE0F, Joiner = 0x200D, KeyCap = 0x20E3;

    private static readonly SearchValues<char> Starts = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Where(c => char.IsHighSurrogate((char)c) ? c is >= 0xD83C and <= 0xD83E : !char.IsLowSurrogate((char)c) && c > 127 && IsPresented(c)).Select(c => (char)c), (char)VariationSelector, (char)KeyCap]);

    public static string Replace(string text, Treatment treatment)
    {
        if (treatment == Treatment.Keep || !text.AsSpan().ContainsAny(Starts)) return text;
        var (replaced, copied) = (new StringBuilder(text.Length), 0);
        for (var at = 0; at < text.Length && text.AsSpan(at).IndexOfAny(Starts) is >= 0 and var found;)
        {
            at += found;
            var (start, end) = Sequence(text, at, copied);
            if (end == 0)
            {
                at++;
                continue;
            }

            replaced.Append(text, copied, start - copied).Append(treatment == Treatment.Placeholder ? Placeholder : "");
            at = copied = end;
        }

        return copied == 0 ? text : replaced.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The emoji that <paramref name="at"/> is in: its base may stand before a selector. An end of 0 where there is none.</summary>
    private static (int Start, int End) Sequence(string text, int at, int least)
    {
        if (text[at] is (char)VariationSelector or (char)KeyCap)
        {
            var before = at - 1;
            if (before < least || char.IsWhiteSpace(text[before]) || char.IsLetter(text[before])) return default;
            if (text[at] == VariationSelector && char.IsAsciiDigit(text[before]) && !(at + 1 < text.Length && text[at + 1] == KeyCap)) return default;
            if (before > least && char.IsLowSurrogate(text[before])) before--;
            return (before, Tail(text, at));
        }

        return Rune.TryGetRuneAt(text, at, out var rune) && (IsPresented(rune.Value) || IsRegional(rune.Value)) ? (at, Tail(text, at + rune.Utf16SequenceLength)) : default;
    }

    private static int Tail(string text, int at)
    {
        while (at < text.Length && Rune.TryGetRuneAt(text, at, out var rune))
        {
            var after = at + rune.Utf16SequenceLength;
            if (rune.Value is VariationSelector or KeyCap or (>= 0x1F3FB and <= 0x1F3FF) or (>= 0xE0020 and <= 0xE007F) || IsRegional(rune.Value)) at = after;
            else if (rune.Value == Joiner && Rune.TryGetRuneAt(text, Math.Min(after, text.Length - 1), out var next) && after < text.Length && UChar.HasBinaryProperty(next.Value, UProperty.Emoji)) at = after + next.Utf16SequenceLength;
            else break;
        }

        return at;
    }

    private static bool IsRegional(int value) => value is >= 0x1F1E6 and <= 0x1F1FF;

    // The tables of Unicode 10 know none of the later blocks.
    private static bool IsPresented(int value) => UChar.HasBinaryProperty(value, UProperty.Emoji_Presentation) || value is (>= 0x1F900 and <= 0x1F9FF) or (>= 0x1FA70 and <= 0x1FAFF) or (>= 0x1F6D0 and <= 0x1F6FF) or (>= 0x1F7E0 and <= 0x1F7EB);
}
