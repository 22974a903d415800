namespace Pipeline.Data.Privacy;

/// <summary>Phone numbers: international ones (E.164, with <c>+</c>), those of North America, and national ones with a trunk 0. A run of digits without any of that may be anything and is none.</summary>
internal static class Phones
{
    private const int MostDigits = 15;

    /// <summary>Where a number around the digit at <paramref name="at"/> begins and ends; an end of 0 where there is none.</summary>
    public static (int Start, int End) SpanAt(ReadOnlySpan<char> text, int at)
    {
        var start = at;
        if (start > 0 && text[start - 1] == '(') start--;
        var international = start > 0 && text[start - 1] == '+';
        if (international) start--;
        if (!(international || start < at || text[at] is '0' or '1' || (text[at] is >= '2' and <= '9' && text.Length - at >= 12 && text[at + 3 < text.Length ? at + 3 : at] is '-' or '.'))) return default;
        if (!Bounds.Begins(text, start) || (start > 0 && text[start - 1] == '+')) return default;
        var groups = new DigitGroups(text, at, " -./");
        if (groups.Count == 0 || groups.Digits > MostDigits) return default;
        var end = groups.EndOf(groups.Count - 1);
        if (!Bounds.Ends(text, end)) return default;
        var found = international ? IsInternational(text[at], groups)
            : text[at] == '0' ? IsTrunk(text, at, groups)
            : IsNorthAmerican(text, at, groups);
        return found ? (start, end) : default;
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
