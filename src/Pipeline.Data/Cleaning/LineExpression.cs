using System.Text.RegularExpressions;

namespace Pipeline.Data.Cleaning;

/// <summary>Regular expressions that run in linear time, and what is wrong with those that are none.</summary>
internal static class LineExpression
{
    /// <summary>What needs to look back or ahead, as it is written.</summary>
    private static readonly (string Sign, string Name)[] Unbounded =
        [("(?=", "a look ahead"), ("(?!", "a look ahead"), ("(?<=", "a look behind"), ("(?<!", "a look behind"), ("(?>", "an atomic group"), ("(?(", "a condition"), ("\\k", "a reference back"), ("\\G", "an anchor to the last match")];

    /// <exception cref="ArgumentException">It does not parse, or cannot run in linear time; the message says where and why.</exception>
    public static Regex Parse(string pattern)
    {
        try
        {
            return new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);
        }
        catch (RegexParseException e)
        {
            throw new ArgumentException($"'{pattern}' is no regular expression: {Reason(e.Error)} at character {Math.Min(e.Offset, pattern.Length)}; mend it, or write \\ before a sign that is meant as itself", e);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ArgumentException($"'{pattern}' has {Unsupported(pattern)}, which cannot run in linear time; write it without", e);
        }
    }

    private static string Reason(RegexParseError error) => error switch
    {
        RegexParseError.InsufficientClosingParentheses => "a bracket is opened and not closed",
        RegexParseError.InsufficientOpeningParentheses => "a bracket is closed that was not opened",
        RegexParseError.UnterminatedBracket => "a set of characters ([) is not closed",
        RegexParseError.QuantifierAfterNothing => "there is nothing to repeat",
        RegexParseError.NestedQuantifiersNotParenthesized => "a repetition is repeated",
        RegexParseError.ReversedQuantifierRange => "a repetition ends below where it begins ({3,1})",
        RegexParseError.QuantifierOrCaptureGroupOutOfRange => "a number is too large",
        RegexParseError.ReversedCharacterRange => "a range of characters ends before it begins ([z-a])",
        RegexParseError.UnescapedEndingBackslash => "a backslash is the last character",
        RegexParseError.UnrecognizedEscape or RegexParseError.UnrecognizedControlCharacter or RegexParseError.MissingControlCharacter => "there is no such escape",
        RegexParseError.InsufficientOrInvalidHexDigits => "hexadecimal digits are missing",
        RegexParseError.InvalidUnicodePropertyEscape or RegexParseError.MalformedUnicodePropertyEscape => "there is no such class of characters",
        RegexParseError.UndefinedNamedReference or RegexParseError.UndefinedNumberedReference => "there is no such group",
        RegexParseError.InvalidGroupingConstruct or RegexParseError.CaptureGroupNameInvalid or RegexParseError.MalformedNamedReference => "there is no such kind of group",
        _ => "it does not parse",
    };

    private static string Unsupported(string pattern)
    {
        var (at, name) = (-1, "a part");
        for (var i = 0; i < pattern.Length && at < 0; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length && pattern[i + 1] is >= '1' and <= '9') (at, name) = (i, "a reference back");
            foreach (var (sign, what) in Unbounded)
                if (at < 0 && string.CompareOrdinal(pattern, i, sign, 0, sign.Length) == 0) (at, name) = (i, what);
            // What follows a backslash is no sign.
            if (at < 0 && pattern[i] == '\\') i++;
        }

        return at < 0 ? name : $"{name} at character {at + 1}";
    }
}
