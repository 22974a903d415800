using System.Buffers;

namespace Pipeline.Data.Cleaning;

/// <summary>What a single line of plain text says about being code. Lines longer than a screen is wide several times over are never judged to be.</summary>
internal static class CodeLine
{
    private const int Longest = 400;
    private const int MostWordsBeforeCall = 3, MostWordsBeforeBrace = 8;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");
    private static readonly SearchValues<string> Operators = SearchValues.Create([" = ", "==", "!=", "<=", ">=", "+=", "-=", "*=", "|=", "=>", "->", "::", "&&", "||", "++", " << ", " >> ", ":="], StringComparison.Ordinal);
    private static readonly string[] Directives = ["include", "define", "undef", "ifdef", "ifndef", "if", "elif", "else", "endif", "pragma", "import"];
    private static readonly string[] Compounds = ["def ", "class ", "if ", "for ", "while ", "with ", "elif ", "except ", "async ", "switch ", "catch "];
    private static readonly string[] Types = ["int ", "char ", "bool ", "const ", "unsigned ", "static ", "struct ", "var ", "let ", "auto ", "size_t ", "String "];

    /// <summary>No line of prose looks like this.</summary>
    public static bool IsCertain(ReadOnlySpan<char> line)
    {
        var body = line.Trim();
        if (body.Length is < 2 or > Longest) return false;
        return body[0] switch
        {
            '/' => IsComment(body),
            '#' => IsDirective(body),
            '$' or '>' => IsPrompted(body),
            _ => false,
        } || (body[^1] switch
        {
            ';' => IsStatement(body),
            '{' => Opens(body[..^1].TrimEnd()),
            '}' => Holds(body),
            ':' => IsCompound(body[..^1]),
            _ => false,
        }) || IsShell(body);
    }

    /// <summary>Two slashes alone are an ornament, and <c>//host.example/path</c> an address without its scheme.</summary>
    private static bool IsComment(ReadOnlySpan<char> body)
    {
        if (body.StartsWith("/*")) return body.Length == 2 || body[2] is ' ' or '*';
        if (!body.StartsWith("//") || body.TrimStart('/') is not [_, ..] rest) return false;
        if (rest[0] is ' ' or '\t') return true;
        var word = rest.IndexOf(' ') is >= 0 and var end ? rest[..end] : rest;
        return char.IsAsciiLetter(rest[0]) && !word.ContainsAny('.', '/');
    }

    /// <summary>Of the preprocessor of C and its like; a hash and a word may also be a tag of a network.</summary>
    private static bool IsDirective(ReadOnlySpan<char> body)
    {
        var rest = body[1..].TrimStart();
        var length = rest.IndexOfAnyExcept(NameCharacters) is >= 0 and var stop ? stop : rest.Length;
        var word = rest[..length];
        foreach (var directive in Directives)
        {
            if (!word.SequenceEqual(directive)) continue;
            // Blanks behind the hash make a remark or a heading.
            if (rest.Length != body.Length - 1 && directive is not ("include" or "define" or "endif" or "ifdef" or "ifndef")) return false;
            var argument = rest[length..].Trim();
            return directive switch
            {
                "include" or "import" => argument is ['<', .., '>'] or ['"', .., '"'],
                "else" or "endif" => argument.IsEmpty || argument.StartsWith("//") || argument.StartsWith("/*"),
                "if" or "elif" => argument.ContainsAny("(_!&|") || !argument.Contains(' '),
                "define" or "undef" or "ifdef" or "ifndef" => !argument.IsEmpty && (argument.Contains('_') || argument.Contains('(') || !argument[..(argument.IndexOf(' ') is > 0 and var blank ? blank : argument.Length)].ContainsAnyInRange('a', 'z')),
                _ => !argument.IsEmpty,
            };
        }

        return body.StartsWith("#!/") || body.StartsWith("#[") && body.EndsWith("]");
    }

    /// <summary>What was typed at a shell or at Python; signs of quotation before mail are none of the latter.</summary>
    private static bool IsPrompted(ReadOnlySpan<char> body)
    {
        if (body.StartsWith(">>> "))
        {
            var typed = body[4..].TrimStart();
            return typed.ContainsAny(Operators) || HasCall(typed, out _) || ((typed.StartsWith("import ") || typed.StartsWith("from ")) && typed.Count(' ') is 1 or 3 && typed[^1] != '.');
        }

        return body.StartsWith("$ ") && body[2..].TrimStart() is [(>= 'a' and <= 'z') or '.' or '/' or '~', _, ..] command && (command[^1] is not ('.' or ',' or ';' or ':' or '?') || command.EndsWith(" ."));
    }

    /// <summary><c>user@host:~$ ls</c> and <c>C:\&gt; dir</c>.</summary>
    private static bool IsShell(ReadOnlySpan<char> body)
    {
        if (body.Length > 4 && char.IsAsciiLetter(body[0]) && body[1] == ':' && body[2] == '\\') return body.IndexOf('>') is > 2 and var sign && sign + 1 < body.Length && !body[..sign].Contains(' ');
        if (body.StartsWith("PS ") && body.Length > 6 && body[4] == ':') return body.IndexOf("> ") > 0;
        var at = body.IndexOfAnyExcept(NameCharacters);
        if (at <= 0 || body[at] != '@') return false;
        var prompt = body.IndexOfAny("$#") is > 0 and var end && end + 1 < body.Length && body[end + 1] == ' ' ? body[..end] : [];
        return !prompt.IsEmpty && prompt.Contains(':') && !prompt.Contains(' ');
    }

    /// <summary>What ends in a semicolon and assigns, calls or declares. Verse and statutes end in semicolons as well.</summary>
    private static bool IsStatement(ReadOnlySpan<char> body)
    {
        if (body.ContainsAny(Operators)) return true;
        if (body[^2] is ')' && HasCall(body, out var words) && words <= MostWordsBeforeCall) return true;
        if (body.EndsWith("++;") || (body.EndsWith("];") && body[0] != '[')) return true;
        foreach (var type in Types)
            if (body.StartsWith(type) && body.ContainsAny("=*[(_")) return true;
        if (body.IndexOf(' ') is > 0 and var blank && !body[blank..].TrimStart().Contains(' ') && body[..blank] is "int" or "char" or "bool" or "unsigned" or "size_t") return true;
        return (body.IndexOf('=') > 0 && !body.Contains(' ') && body.IndexOf("://") < 0) || body is "break;" or "continue;" or "return;" or "return 0;" or "};"
            || ((body.StartsWith("import ") || body.StartsWith("using ") || body.StartsWith("package ") || body.StartsWith("namespace ")) && body.Count(' ') == 1 && body.ContainsAny(".:*"));
    }

    /// <summary><c>{ return x; }</c> and <c>{"a": 1}</c>, but no argument of TeX.</summary>
    private static bool Holds(ReadOnlySpan<char> body)
    {
        if (body.IndexOf('{') is not (>= 0 and var open) || body.Contains('\\')) return false;
        var inside = body[(open + 1)..];
        return inside.Contains(';') || ((open == 0 || !char.IsLetter(body[open - 1])) && inside.ContainsAny(":=") && inside.ContainsAny("=\"("));
    }

    private static bool Opens(ReadOnlySpan<char> head)
    {
        if (head.IsEmpty || head.Contains('\\')) return false;
        var last = head[^1];
        return last is ')' or '=' or '>' or ':' or ',' or ']' or '}' or '*' or '"' || (NameCharacters.Contains(last) && head.Count(' ') < MostWordsBeforeBrace);
    }

    /// <summary>A block of Python: a word that begins one, and something that is called or declared.</summary>
    private static bool IsCompound(ReadOnlySpan<char> head)
    {
        foreach (var word in Compounds)
        {
            if (!head.StartsWith(word)) continue;
            return word is "def " or "class " ? head[^1] == ')' && head[word.Length..].IndexOfAnyExcept(NameCharacters) is > 0 and var at && head[word.Length + at] == '('
                : head[^1] is ')' or ']' && HasCall(head, out _) && (!head.Contains(',') || head.ContainsAny("=_."));
        }

        return false;
    }

    /// <summary>A name with a bracket right behind it that is closed; the endings of <c>person(s)</c> are none.</summary>
    /// <param name="words">Before the name, outside brackets.</param>
    public static bool HasCall(ReadOnlySpan<char> body, out int words)
    {
        words = 0;
        for (var at = 0; body[at..].IndexOf('(') is >= 0 and var found; at++)
        {
            at += found;
            if (at == 0 || !NameCharacters.Contains(body[at - 1]) || char.IsAsciiDigit(body[at - 1])) continue;
            var close = body[at..].IndexOf(')');
            if (close < 0) return false;
            var inside = body.Slice(at + 1, close - 1);
            if (inside is "s" or "es" or "ies" or "n" or "en" or "e") continue;
            for (var i = 1; i < at; i++)
                if (body[i] == ' ' && body[i - 1] != ' ') words++;
            return true;
        }

        return false;
    }
}
