using System.Buffers;
using System.Globalization;

namespace Pipeline.Data.Privacy;

/// <summary>Phone numbers: international ones (E.164, with <c>+</c>), those of North America, and national ones with a trunk 0. Behind a label such as <c>tel:</c> any run of seven digits or more; without any of that it may be anything and is none.</summary>
internal static class Phones
{
    private const int MostDigits = 15, LeastDigits = 7, LongestName = 12;

    /// <summary>Schemes of addresses and labels of lines, before a colon.</summary>
    private static readonly string[] Names = ["tel", "sms", "fax", "callto", "phone", "telephone", "mobile", "whatsapp", "telefon", "telefax", "téléphone", "teléfono", "telefone"];

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>What numbers are that look like those of phones.</summary>
    private static readonly string[] OtherNumbers = ["isbn", "issn", "ismn", "isni", "ean", "gtin", "upc", "oclc", "lccn", "doi", "pmid", "arxiv", "orcid", "asin", "sku", "version", "versions", "ver", "v", "release", "build", "revision", "firmware", "kernel", "driver"];

    /// <summary>Where a number around the digit at <paramref name="at"/> begins and ends; an end of 0 where there is none.</summary>
    public static (int Start, int End) SpanAt(ReadOnlySpan<char> text, int at)
    {
        var start = at;
        if (start > 0 && text[start - 1] == '(') start--;
        var international = start > 0 && text[start - 1] == '+';
        if (international) start--;
        var named = IsNamed(text, start);
        if (!(international || named || start < at || text[at] is '0' or '1' || (text[at] is >= '2' and <= '9' && text.Length - at >= 12 && text[at + 3 < text.Length ? at + 3 : at] is '-' or '.'))) return default;
        if (!Bounds.Begins(text, start) || (start > 0 && text[start - 1] == '+')) return default;
        var groups = new DigitGroups(text, at, " -./");
        if (groups.Count == 0 || groups.Digits > MostDigits) return default;
        var end = groups.EndOf(groups.Count - 1);
        if (!Bounds.Ends(text, end) || IsOther(text, start, at, groups)) return default;
        var found = international ? IsInternational(text[at], groups)
            : named ? groups.Digits >= LeastDigits
            : text[at] == '0' ? IsTrunk(text, at, groups)
            : IsNorthAmerican(text, at, groups);
        return found ? (start, end) : default;
    }

    /// <summary>Behind <c>tel:</c>, <c>Phone: </c> or <c>Tel. </c> a number needs no form.</summary>
    private static bool IsNamed(ReadOnlySpan<char> text, int start)
    {
        if (start < 4 || !(text[start - 1] == ':' || (text[start - 1] == ' ' && text[start - 2] is ':' or '.'))) return false;
        var before = text[..(start - (text[start - 1] == ' ' ? 2 : 1))];
        var length = 0;
        while (length < before.Length && length < LongestName && char.IsLetter(before[^(length + 1)])) length++;
        foreach (var name in Names)
            if (before[^length..].Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Digits that are something else: behind a word that says what, a date, a range, or some of the numbers of a row.</summary>
    private static bool IsOther(ReadOnlySpan<char> text, int start, int at, DigitGroups groups)
    {
        if (Bounds.IsBehind(text, start, OtherNumbers)) return true;
        var end = groups.EndOf(groups.Count - 1);
        if (groups.Count >= 3 && IsDate(text, at, groups)) return true;
        // 01000-02000 counts from one to the other.
        if (groups.Count == 2 && groups.Separator == '-' && groups[0] == groups[1] && text[groups.EndOf(1) - groups[1]] == '0') return true;
        // MA 02110-1301 is a postal code.
        if (groups.Count == 2 && groups.Separator == '-' && groups[0] == 5 && groups[1] == 4 && start > 2 && text[start - 1] == ' ' && char.IsAsciiLetterUpper(text[start - 2]) && char.IsAsciiLetterUpper(text[start - 3]) && (start == 3 || !char.IsLetter(text[start - 4]))) return true;
        // 48 65 06 12 34 56 78 9a: a row of bytes.
        return groups.Separator == ' ' && (IsOfRow(text[..start], groups[0], before: true) || IsOfRow(text[end..], groups[groups.Count - 1], before: false));
    }

    /// <summary>Day, month and year in any order, and whatever follows them.</summary>
    private static bool IsDate(ReadOnlySpan<char> text, int at, DigitGroups groups)
    {
        var (first, second, third) = (Number(text, groups, 0), Number(text, groups, 1), Number(text, groups, 2));
        return (groups[0], groups[1], groups[2]) switch
        {
            ( <= 2, <= 2, 4) => first is > 0 and <= 31 && second is > 0 and <= 31 && third is >= 1000 and < 2100 && (first <= 12 || second <= 12),
            (4, <= 2, <= 2) => first is 1 or (>= 1000 and < 2100) && second is > 0 and <= 12 && third is > 0 and <= 31,
            _ => false,
        };
    }

    /// <summary>-1 where it is none of four digits at most.</summary>
    private static int Number(ReadOnlySpan<char> text, DigitGroups groups, int group) =>
        groups[group] > 4 ? -1 : int.Parse(text[(groups.EndOf(group) - groups[group])..groups.EndOf(group)], NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Whether the next word, a blank away, is a number in hexadecimal digits that is as wide.</summary>
    private static bool IsOfRow(ReadOnlySpan<char> text, int width, bool before)
    {
        if (text.Length <= width || !(before ? text[^1] : text[0]).Equals(' ')) return false;
        var word = before ? text[^(width + 1)..^1] : text[1..(width + 1)];
        var beyond = before ? (text.Length > width + 1 ? text[^(width + 2)] : ' ') : text.Length > width + 1 ? text[width + 1] : ' ';
        return !char.IsLetterOrDigit(beyond) && !word.ContainsAnyExcept(Hexadecimal) && word.ContainsAnyInRange('0', '9');
    }

    private static bool IsInternational(char first, DigitGroups groups) =>
        first != '0' && groups.Digits >= (groups.Count > 1 ? 8 : 10) && !(groups.Count == 2 && groups.Separator is '.' or '/');

    /// <summary>(212) 555-0123, 212-555-0123, 212.555.0123, 1-212-555-0123: area and exchange begin with 2 to 9.</summary>
    private static bool IsNorthAmerican(ReadOnlySpan<char> text, int at, DigitGroups groups)
    {
        var area = groups is { Count: 4 } && groups[0] == 1 && text[at] == '1' ? 1 : 0;
        if (groups.Count != area + 3 || groups[area] != 3 || groups[area + 1] != 3 || groups[area + 2] != 4) return false;
        if (!groups.Brackets && groups.Separator is ' ' or '/') return false;
        return text[groups.EndOf(area) - 3] is >= '2' and <= '9' && text[groups.EndOf(area + 1) - 3] is >= '2' and <= '9';
    }

    /// <summary>0171 234567, 020 7946 0958, 06.12.34.56.78, 0049 30 901820.</summary>
    private static bool IsTrunk(ReadOnlySpan<char> text, int at, DigitGroups groups)
    {
        if (groups.Count < 2 || groups[0] is < 2 or > 5) return false;
        var least = text[at + 1] == '0' ? 11 : 9;
        if (groups.Digits < least || groups.Digits > least + 4) return false;
        for (var i = 1; i < groups.Count; i++)
            if (groups[i] < 2) return false;
        return groups.Separator != '.' || (groups.Count == 5 && groups[0] == 2);
    }
}
