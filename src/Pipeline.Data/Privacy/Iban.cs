namespace Pipeline.Data.Privacy;

/// <summary>International bank account numbers (ISO 13616): a country of the registry with its length, and the remainder 1 modulo 97.</summary>
internal static class Iban
{
    private const int Longest = 34;

    /// <summary>The length of each country's numbers.</summary>
    private static readonly Dictionary<string, int> Lengths = (
        "NO15 BE16 DK18 FO18 FI18 GL18 NL18 SD18 MK19 SI19 AT20 BA20 EE20 KZ20 LT20 LU20 XK20 CH21 CR22 DE22 GB22 GE22 IE22 ME22 RS22 BG22 BH22 VA22 AE23 GI23 IL23 IQ23 TL23 OM23 SO23 " +
        "AD24 CZ24 ES24 MD24 PK24 RO24 SA24 SE24 SK24 TN24 VG24 PT25 ST25 LY25 DZ26 IS26 TR26 FR27 GR27 IT27 MC27 SM27 MR27 AL28 AZ28 BY28 CY28 DO28 GT28 HU28 LB28 PL28 SV28 NI28 " +
        "BR29 EG29 PS29 QA29 UA29 JO30 KW30 MU30 MT31 SC31 LC32 RU33 BI27 DJ27 FK18 MN20")
        .Split(' ').ToDictionary(c => c[..2], c => int.Parse(c[2..], System.Globalization.CultureInfo.InvariantCulture));

    private static readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> LengthOf = Lengths.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The place after an IBAN whose first check digit is at <paramref name="at"/>; 0 where there is none. It may be written in groups of four.</summary>
    public static int EndAt(ReadOnlySpan<char> text, int at)
    {
        if (at < 2 || at + 1 >= text.Length || !char.IsAsciiLetterUpper(text[at - 1]) || !char.IsAsciiLetterUpper(text[at - 2]) || !char.IsAsciiDigit(text[at + 1])) return 0;
        if (!LengthOf.TryGetValue(text.Slice(at - 2, 2), out var length) || (at > 2 && (char.IsLetterOrDigit(text[at - 3]) || text[at - 3] == '_'))) return 0;
        Span<char> number = stackalloc char[Longest];
        var (read, end) = (0, at - 2);
        while (read < length && end < text.Length)
        {
            var c = text[end];
            if (c == ' ' && read % 4 == 0 && read > 0) { end++; continue; }
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c)) return 0;
            number[read++] = c;
            end++;
        }

        return read == length && (end == text.Length || !char.IsLetterOrDigit(text[end])) && Remainder(number[..length]) == 1 ? end : 0;
    }

    /// <summary>Of the number with its first four characters at the end and letters as 10 to 35.</summary>
    private static int Remainder(ReadOnlySpan<char> number)
    {
        var remainder = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var c = number[(i + 4) % number.Length];
            remainder = char.IsAsciiDigit(c) ? ((remainder * 10) + c - '0') % 97 : ((remainder * 100) + c - 'A' + 10) % 97;
        }

        return remainder;
    }
}
