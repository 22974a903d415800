using System.Buffers;

namespace Pipeline.Data.Cleaning;

/// <summary>Names, assignments, options and endings as only code has them.</summary>
internal static class CodeNames
{
    private const int LongestTarget = 80;
    private const int MostTargets = 4;

    private static readonly SearchValues<char> Telling = SearchValues.Create("_:-$&>/ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private static readonly SearchValues<char> StatementSigns = SearchValues.Create("()[]{}=<>_*&|");
    private static readonly SearchValues<char> TargetCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.[]$@*&<>:'\"-,{}()/% ");

    /// <summary>What sentences do not end in. A semicolon alone ends verse as well.</summary>
    public static bool Ends(ReadOnlySpan<char> body) => body[^1] switch
    {
        '{' or '[' => true,
        '(' => body.Length > 1 && body[^2] != ' ',
        '\\' => body is not [.., '\\', '\\'],
        ')' => body is ['(', .., ')'] && body.EndsWith("))"),
        '}' => body.Contains('{') || body.Length == 1,
        ';' => !body.Contains(' ') || body.ContainsAny(StatementSigns),
        ',' => body.Length > 1 && body[^2] is ')' or ']' or '}' or '"' or '\'' && body[0] is not '"',
        '&' or '|' => body.Length > 2 && body[^2] == body[^1],
        ':' => body.Length > 1 && (body[^2] == ']' || (body[^2] == ')' && CodeLine.HasCall(body, out _))),
        _ => false,
    };

    /// <summary>One name, or several with commas or a word of a language before them, a sign of assignment and something behind it.</summary>
    /// <param name="other">Whether the line has another sign of code: then a type may stand before the name.</param>
    public static bool Assigns(ReadOnlySpan<char> body, bool other)
    {
        var sign = body.IndexOf('=');
        if (sign < 0) return body.IndexOf(" <- ") is > 0 and var arrow && IsTarget(body[..arrow], other);
        if (sign == 0 || sign + 1 >= body.Length || body[sign + 1] is '=' or '>' or '~' || body[sign - 1] is '<' or '>' or '!' or '=') return false;
        var left = body[..sign].TrimEnd("+-*/|&%^:?.~ \t");
        return IsTarget(left, other);
    }

    private static bool IsTarget(ReadOnlySpan<char> left, bool other)
    {
        if (left.IsEmpty || left.Length > LongestTarget || left.ContainsAnyExcept(TargetCharacters)) return false;
        if (!(char.IsLetter(left[0]) || left[0] is '_' or '$' or '@' or '*' or '&' or '"' or '\'' or '.' or '-' or '%')) return false;
        if (left.IndexOf("://") >= 0) return false;
        var words = left.Count(' ') + 1;
        if (words == 1) return true;
        return words <= MostTargets && (other || left.Count(',') == words - 1);
    }

    /// <summary>Names with signs in them, options and paths.</summary>
    public static CodeSigns In(ReadOnlySpan<char> body)
    {
        var signs = IsForm(body) ? CodeSigns.Call : CodeSigns.None;
        for (var at = 0; body[at..].IndexOfAny(Telling) is >= 0 and var found; at++)
        {
            at += found;
            var (c, before, after) = (body[at], at > 0 ? body[at - 1] : ' ', at + 1 < body.Length ? body[at + 1] : ' ');
            if (IsInName(c, before, after) && !((c == '_' || char.IsAsciiLetterUpper(c)) && IsInPath(body[..at], c))) signs |= CodeSigns.Name;
            else if (IsInCommand(c, before, after, body, at)) signs |= CodeSigns.Option;
        }

        return signs;
    }

    private static bool IsInName(char c, char before, char after) => c switch
    {
        '_' => char.IsAsciiLetterOrDigit(before) && char.IsAsciiLetterOrDigit(after),
        ':' => after == ':' && (char.IsAsciiLetterOrDigit(before) || before is '>' or ' '),
        '-' => after == '>' && before != '-',
        '$' => char.IsAsciiLetter(after) || after is '{' or '(' or '_',
        _ => char.IsAsciiLetterUpper(c) && char.IsAsciiLetterLower(before),
    };

    private static bool IsInCommand(char c, char before, char after, ReadOnlySpan<char> body, int at) => c switch
    {
        '-' => before is ' ' or '[' && IsOption(body[at..]),
        '&' => after == '&',
        '>' => before == ' ' && after is ' ' or '&' or '/' && at > 1,
        '/' => char.IsAsciiLetterLower(after) && (before is ' ' or '"' or ':' or '=' || (before is '.' or '~' && (at == 1 || body[at - 2] is ' ' or '.' or '"' or '='))),
        _ => false,
    };

    /// <summary>Whether the word so far has a slash; of a hump in a word also whether it begins with a capital, or right before it (<c>McDonald</c>, <c>iPhone</c>).</summary>
    private static bool IsInPath(ReadOnlySpan<char> head, char c)
    {
        var word = head[(head.LastIndexOf(' ') + 1)..];
        if (word.Contains('/')) return true;
        if (c == '_') return false;
        var length = 0;
        while (length < word.Length && char.IsAsciiLetterOrDigit(word[^(length + 1)])) length++;
        return length < 2 || !char.IsAsciiLetterLower(word[^length]);
    }

    /// <summary>Of Lisp: a bracket and a name that has signs or defines something.</summary>
    private static bool IsForm(ReadOnlySpan<char> body)
    {
        if (body is not ['(', (>= 'a' and <= 'z'), _, ..]) return false;
        var name = body[1..];
        name = name[..(name.IndexOfAny(' ', ')') is >= 0 and var end ? end : name.Length)];
        return name is "define" or "let" or "let*" or "lambda" or "if" or "cond" or "when" or "unless" or "setq" or "setf" or "require" or "provide" or "format" || name.StartsWith("def") || (name.Contains('-') && body[^1] is ')' or '(' && !body.Contains(','));
    }

    private static bool IsOption(ReadOnlySpan<char> rest)
    {
        if (rest is ['-', '-', (>= 'a' and <= 'z'), (>= 'a' and <= 'z'), ..]) return true;
        if (rest is not ['-', (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), ..]) return false;
        return rest.Length == 2 || rest[2] is ' ' or '=' || (rest.Length > 3 && char.IsAsciiLetter(rest[2]) && rest[3] == ' ');
    }
}
