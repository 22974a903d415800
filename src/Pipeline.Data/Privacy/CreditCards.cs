namespace Pipeline.Data.Privacy;

/// <summary>Card numbers (ISO/IEC 7812): a network's prefix and length, the usual groups, and Luhn's check digit.</summary>
internal static class CreditCards
{
    /// <summary>The place after a card number that begins at a digit; 0 where there is none.</summary>
    public static int EndAt(ReadOnlySpan<char> text, int at)
    {
        if (text.Length - at < 13 || text[at] is < '2' or > '6' || !Bounds.Begins(text, at)) return 0;
        var groups = new DigitGroups(text, at, " -");
        var count = (groups.Count, groups[0]) switch
        {
            (_, >= 13 and <= 19) => 1,
            ( >= 3, 4) when groups[1] == 6 && groups[2] is 4 or 5 => 3,
            ( >= 5, 4) when groups[1] == 4 && groups[2] == 4 && groups[3] == 4 && groups[4] == 3 => 5,
            ( >= 4, 4) when groups[1] == 4 && groups[2] == 4 && groups[3] is >= 1 and <= 4 => 4,
            _ => 0,
        };
        if (count == 0 || (count > 1 && (groups.Brackets || groups.Separator == 'x'))) return 0;
        var end = groups.EndOf(count - 1);
        if (!(Bounds.Ends(text, end) || (end < text.Length && text[end] == ' '))) return 0;
        Span<int> digits = stackalloc int[19];
        var length = 0;
        foreach (var c in text[at..end])
        {
            if (!char.IsAsciiDigit(c)) continue;
            if (length == digits.Length) return 0;
            digits[length++] = c - '0';
        }

        return IsIssued(digits, length) && Luhn(digits[..length]) ? end : 0;
    }

    private static bool IsIssued(ReadOnlySpan<int> digits, int length)
    {
        var four = (((digits[0] * 10) + digits[1]) * 10 + digits[2]) * 10 + digits[3];
        return four switch
        {
            >= 4000 and <= 4999 => length is 13 or 16 or 19,
            (>= 5100 and <= 5599) or (>= 2221 and <= 2720) => length == 16,
            (>= 3400 and <= 3499) or (>= 3700 and <= 3799) => length == 15,
            6011 or (>= 6440 and <= 6599) or (>= 6200 and <= 6299) or (>= 3528 and <= 3589) => length is >= 16 and <= 19,
            (>= 3000 and <= 3059) or (>= 3600 and <= 3699) or (>= 3800 and <= 3999) => length is >= 14 and <= 19,
            (>= 5000 and <= 5099) or (>= 5600 and <= 6999) => length is >= 12 and <= 19,
            _ => false,
        };
    }

    private static bool Luhn(ReadOnlySpan<int> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)];
            if (i % 2 == 1) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }
}
