using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Engine.Definitions;

/// <summary>What plain scalars mean: the core schema of YAML 1.2, with <c>true</c> and <c>false</c> in lower case only and no infinities.</summary>
internal static partial class Scalars
{
    public static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    public static bool? Boolean(string text) => text switch { "true" => true, "false" => false, _ => null };

    /// <summary>Decimal, <c>0x</c>, <c>0o</c>, and a whole number in scientific notation such as <c>1e6</c>.</summary>
    public static long? Integer(string text)
    {
        if (text.Length is 0 or > 40) return null;
        if (text.StartsWith("0x", StringComparison.Ordinal)) return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) && hex >= 0 ? hex : null;
        if (text.StartsWith("0o", StringComparison.Ordinal)) return Octal(text.AsSpan(2));
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)) return value;
        const double exact = 1L << 53;
        return Number(text) is { } number && Math.Abs(number) <= exact && Math.Truncate(number) == number ? (long)number : null;
    }

    public static double? Number(string text)
    {
        if (text.Length is 0 or > 400) return null;
        if (text[0] == '0' && text.Length > 1 && text[1] is 'x' or 'o') return Integer(text);
        return NumberShape().IsMatch(text)
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value) ? value : null;
    }

    private static long? Octal(ReadOnlySpan<char> digits)
    {
        if (digits.Length is 0 or > 20) return null;
        long value = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7') return null;
            value = (value * 8) + (digit - '0');
        }

        return value;
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberShape();
}
