using System.Buffers;
using System.Globalization;

namespace Pipeline.Data.Readers;

/// <summary>What is asked of a PDF's dictionary as it is written.</summary>
internal static class PdfDictionary
{
    private static readonly SearchValues<char> Delimiters = SearchValues.Create(" \t\r\n\f\0/<>[]()%");

    /// <summary>What stands behind a name of a dictionary itself, not of one within it: a reference, a name, an array or a dictionary; null where the name is absent.</summary>
    public static string? Value(string dictionary, string name)
    {
        var rest = Inside(dictionary);
        while (Entry(ref rest, out var key, out var value))
            if (key.SequenceEqual(name)) return value.ToString();
        return null;
    }

    /// <summary>The number of the object that a name of a dictionary refers to.</summary>
    public static int? Reference(string dictionary, string name) => Referred(Value(dictionary, name));

    /// <summary>The numbers of all objects that a dictionary itself refers to.</summary>
    public static List<int> References(string dictionary)
    {
        var numbers = new List<int>();
        var rest = Inside(dictionary);
        while (Entry(ref rest, out _, out var value))
            if (Referred(value) is { } number) numbers.Add(number);
        return numbers;
    }

    private static int? Referred(ReadOnlySpan<char> value) => value.EndsWith("R") && value.IndexOf(' ') is > 0 and var end && int.TryParse(value[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ReadOnlySpan<char> Inside(string dictionary) => Next(dictionary) is var rest && rest.StartsWith("<<") ? Next(rest[2..]) : [];

    /// <summary>Takes a name and what stands behind it off the beginning. False at the end of the dictionary.</summary>
    private static bool Entry(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> key, out ReadOnlySpan<char> value)
    {
        key = value = default;
        while (!rest.IsEmpty && !rest.StartsWith(">>"))
        {
            key = rest[..LengthOf(rest)];
            rest = Next(rest[key.Length..]);
            if (key[0] != '/' || rest.IsEmpty) continue;
            value = rest[..LengthOf(rest)];
            rest = Next(rest[value.Length..]);
            return true;
        }

        return false;
    }

    /// <summary>Without the white space and the comments before it.</summary>
    private static ReadOnlySpan<char> Next(ReadOnlySpan<char> rest)
    {
        while ((rest = rest.TrimStart(" \t\r\n\f\0")) is ['%', ..]) rest = rest[LengthOf(rest)..];
        return rest;
    }

    private static int LengthOf(ReadOnlySpan<char> value) => value[0] switch
    {
        '[' or '<' => LengthOfNested(value),
        '(' => LengthOfText(value),
        '%' => value.IndexOfAny('\r', '\n') is >= 0 and var end ? end : value.Length,
        _ => LengthOfWord(value),
    };

    private static int LengthOfNested(ReadOnlySpan<char> value)
    {
        for (var (at, depth) = (0, 0); at < value.Length;)
        {
            depth += value[at] switch { '[' or '<' => 1, ']' or '>' => -1, _ => 0 };
            // Brackets in texts and comments are none.
            at += value[at] is '(' or '%' ? LengthOf(value[at..]) : 1;
            if (depth == 0) return at;
        }

        return value.Length;
    }

    private static int LengthOfText(ReadOnlySpan<char> value)
    {
        for (var (at, depth) = (0, 0); at < value.Length; at++)
        {
            if (value[at] == '\\') at++;
            else if (value[at] == '(') depth++;
            else if (value[at] == ')' && --depth == 0) return at + 1;
        }

        return value.Length;
    }

    private static int LengthOfWord(ReadOnlySpan<char> value)
    {
        var end = value[1..].IndexOfAny(Delimiters);
        var first = end < 0 ? value.Length : end + 1;
        // 12 0 R
        var rest = value[first..];
        return char.IsAsciiDigit(value[0]) && rest.Length > 3 && rest[0] == ' ' && rest[1..Math.Min(rest.Length, 8)].IndexOf(" R") is > 0 and < 6 and var more && rest.Slice(1, more).IndexOfAnyExceptInRange('0', '9') < 0 ? first + 1 + more + 2 : first;
    }
}
