using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pipeline.Data.Cleaning;

/// <summary>
/// Repairs UTF-8 that was read as Windows-1252 or Latin-1, once or more often (<c>cafÃ©</c>, <c>donâ€™t</c>). A line is repaired as a whole where every character beyond ASCII in it belongs to such a sequence, which good text
/// does not do by chance: its quotes, dashes and letters stand alone. In other lines only sequences that no language has are: <c>â€</c> or <c>ðŸ</c> and what belongs to them, or a capital <c>Ã</c> or <c>Â</c> after a small letter. (After ftfy's idea, Speer 2019.)
/// </summary>
public static class Mojibake
{
    private const int MostRounds = 4;

    // Bytes 80 to 9F of Windows-1252; five of them are no character and were read as controls.
    private const string Windows1252 = "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    // What UTF-8 begins a character of two to four bytes with.
    private static readonly SearchValues<char> Leads = SearchValues.Create([.. Enumerable.Range(0xc2, 0xf5 - 0xc2).Select(i => (char)i)]);

    public static string Repair(string text)
    {
        for (var round = 0; round < MostRounds && text.AsSpan().ContainsAny(Leads); round++)
        {
            var repaired = Once(text);
            if (ReferenceEquals(repaired, text)) break;
            text = repaired;
        }

        return text;
    }

    private static string Once(string text)
    {
        StringBuilder? result = null;
        var copied = 0;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            var line = text.AsSpan(start, end - start);
            if (line.ContainsAny(Leads) && Line(line) is { } repaired)
            {
                result ??= new StringBuilder(text.Length);
                result.Append(text, copied, start - copied).Append(repaired);
                copied = end;
            }

            start = end;
        }

        return result is null ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Null where nothing in the line is broken.</summary>
    private static string? Line(ReadOnlySpan<char> line)
    {
        var whole = IsWhole(line);
        var result = new StringBuilder(line.Length);
        var changed = false;
        for (var i = 0; i < line.Length;)
        {
            var length = line[i] >= 0x80 ? Sequence(line[i..], out var rune) : Nothing(out rune);
            if (length > 0 && (whole || IsCertain(line, i)))
            {
                result.Append(rune.ToString());
                i += length;
                changed = true;
            }
            else
            {
                result.Append(line[i++]);
            }
        }

        return changed ? result.ToString() : null;
    }

    private static int Nothing(out Rune rune)
    {
        rune = default;
        return 0;
    }

    /// <summary>Whether all characters beyond ASCII belong to sequences, and these are more than a chance meeting of a capital and a mark.</summary>
    private static bool IsWhole(ReadOnlySpan<char> line)
    {
        var (sequences, likely) = (0, 0);
        for (var i = 0; i < line.Length;)
        {
            if (line[i] < 0x80)
            {
                i++;
                continue;
            }

            var length = Sequence(line[i..], out var rune);
            if (length == 0) return false;
            sequences++;
            if (line[i] is 'Â' or 'Ã' && !(i > 0 && char.IsUpper(line[i - 1]) && !Rune.IsUpper(rune)) || IsSignature(line[i..])) likely++;
            i += length;
        }

        return likely > 0 || sequences > 2;
    }

    /// <summary>How quotes, dashes and emoji begin, which no language does.</summary>
    private static bool IsSignature(ReadOnlySpan<char> text) => text is ['â', '€' or '\u0080', _, ..] or ['ð', 'Ÿ' or '\u009f', _, _, ..];

    private static bool IsCertain(ReadOnlySpan<char> line, int at) =>
        IsSignature(line[at..]) || line[at] is 'Ã' or 'Â' && at > 0 && char.IsAsciiLetterLower(line[at - 1]);

    /// <summary>Characters that are the bytes of one character in UTF-8; 0 where they are not.</summary>
    private static int Sequence(ReadOnlySpan<char> text, out Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = 0;
        while (count < 4 && count < text.Length && ByteOf(text[count]) is >= 0x80 and var value) bytes[count++] = (byte)value;
        if (count < 2 || Rune.DecodeFromUtf8(bytes[..count], out rune, out var consumed) != OperationStatus.Done)
        {
            rune = default;
            return 0;
        }

        // Private use and unassigned characters are nobody's text, and noncharacters stand for code.
        var category = Rune.GetUnicodeCategory(rune);
        return category is UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned ? 0 : consumed;
    }

    private static int ByteOf(char c)
    {
        if (c <= '\u00ff') return c;
        var at = Windows1252.IndexOf(c, StringComparison.Ordinal);
        return at < 0 ? -1 : 0x80 + at;
    }
}
