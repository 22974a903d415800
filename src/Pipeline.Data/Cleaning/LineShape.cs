using System.Buffers;

namespace Pipeline.Data.Cleaning;

internal enum LineKind
{
    /// <summary>Nothing but blanks.</summary>
    Blank,

    /// <summary>A sentence or a part of one.</summary>
    Prose,

    /// <summary>Neither prose nor code can be told.</summary>
    Plain,

    /// <summary>What is a comment among lines of code, and may be a heading, a quotation or a signature elsewhere.</summary>
    Comment,

    /// <summary>A line with signs of code.</summary>
    Code,
}

/// <summary>What a line of text says by itself about being code.</summary>
/// <param name="Weight">How much speaks for code.</param>
/// <param name="Certain">It needs no line beside it.</param>
internal readonly record struct LineShape(LineKind Kind, CodeSigns Signs = CodeSigns.None, int Weight = 0, bool Certain = false)
{
    private const int Longest = 400;
    private const int CertainWeight = 4, ProseBlanks = 3, LongProseBlanks = 8;

    /// <summary>Without one of these a line has no sign of code but its first word.</summary>
    private static readonly SearchValues<char> Marks = SearchValues.Create("{}()[]<>=;+*/&|#$%^~\\_@:`");

    /// <summary>Those that sentences have seldom.</summary>
    private static readonly SearchValues<char> StrongMarks = SearchValues.Create("{}[]<>=+|#$%^~\\@`");

    private static readonly SearchValues<char> SignCharacters = SearchValues.Create("{}()[]=;+*&|#$%^~\\_@:");
    private static readonly SearchValues<char> StatementSigns = SearchValues.Create("=*(_;.");
    private static readonly SearchValues<char> WordCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private static readonly SearchValues<char> Brackets = SearchValues.Create("{}()[];, \t");

    /// <summary>A key whose value may be below it.</summary>
    public bool Nests { get; init; }

    /// <summary>The next line belongs to it.</summary>
    public bool Continues { get; init; }

    /// <summary>It does not end as a sentence does.</summary>
    public bool MayEndCode { get; init; }

    public static LineShape Of(ReadOnlySpan<char> line, bool markdown)
    {
        var body = line.Trim();
        if (body.IsEmpty) return new(LineKind.Blank);
        if (body.Length > Longest) return body is ['{' or '[', .., '}' or ']'] && body[..Longest].IndexOf("\":") > 0 ? new(LineKind.Code, CodeSigns.Key | CodeSigns.Value, CertainWeight, true) : new(LineKind.Prose);
        if (body is ['.', '.', ' ', ..]) return new(LineKind.Prose);
        if (IsLongProse(body)) return new(LineKind.Prose);
        if (IsTyped(body)) return new(LineKind.Code, CodeSigns.Word, 1);
        var word = char.IsAsciiLetter(body[0]) ? CodeWords.Of(FirstWord(body)) : CodeSigns.None;
        var marks = body.ContainsAny(Marks) || (word != CodeSigns.None && body.Contains(" -", StringComparison.Ordinal));
        if (IsComment(body)) return markdown && body[0] == '#' ? new(LineKind.Prose) : new(LineKind.Comment);
        if (!marks && word == CodeSigns.None) return new(body.Count(' ') >= ProseBlanks ? LineKind.Prose : LineKind.Plain);
        if (marks && CodeLine.IsCertain(line)) return new(LineKind.Code, CodeSigns.None, CertainWeight, true);
        var signs = SignsOf(body, word, marks);
        var nests = (signs & CodeSigns.Nest) != 0 || ((signs & CodeSigns.Word) != 0 && body[^1] == ':');
        signs &= ~CodeSigns.Nest;
        var weight = WeightOf(signs);
        if (weight == 0) return new(body.Count(' ') >= ProseBlanks ? LineKind.Prose : LineKind.Plain);
        // Words behind a key are its value where lines are nested.
        if (!((signs & CodeSigns.Key) != 0 && (line[0] is ' ' or '\t' || body[0] == '-')) && ProseLine.Is(body, weight, loose: signs & Loose)) return new(LineKind.Prose);
        return new(LineKind.Code, signs, weight) { Nests = nests, Continues = body[^1] == '\\', MayEndCode = body[^1] is not ('.' or '?' or '!' or ':') || nests };
    }

    /// <summary>Signs that sentences about programs have as well.</summary>
    public const CodeSigns Loose = CodeSigns.Call | CodeSigns.Name | CodeSigns.Option | CodeSigns.Dense;

    private static int WeightOf(CodeSigns signs)
    {
        var twice = signs & (CodeSigns.Assignment | CodeSigns.Query | CodeSigns.Directive | CodeSigns.Command);
        return System.Numerics.BitOperations.PopCount((uint)signs) + System.Numerics.BitOperations.PopCount((uint)twice);
    }

    private static ReadOnlySpan<char> FirstWord(ReadOnlySpan<char> body)
    {
        var end = 1;
        while (end < body.Length && (char.IsAsciiLetterOrDigit(body[end]) || body[end] is '_' or '!' || (body[end] == '-' && end + 1 < body.Length && char.IsAsciiLetter(body[end + 1])))) end++;
        return body[..end];
    }

    /// <summary>Most lines of prose are told by this alone: many blanks, no strong mark, nothing called, no word of SQL or of a shell in front.</summary>
    public static bool IsLongProse(ReadOnlySpan<char> body)
    {
        if (body.Length > Longest) return body is not ['{' or '[', .., '}' or ']'];
        if (body.Length < 2 * LongProseBlanks || !BeginsSentence(body) || char.IsAsciiLetterUpper(body[1]) || body[^1] == ':' || body.Count(' ') < LongProseBlanks || body.ContainsAny(StrongMarks) || body.IndexOf(" -") >= 0 || body.IndexOf("//") >= 0) return false;
        for (var at = 0; body[at..].IndexOf('(') is >= 0 and var found; at++)
        {
            at += found;
            if (at > 0 && char.IsAsciiLetterOrDigit(body[at - 1])) return false;
        }

        // Nor may it begin with a key.
        return body[..body.IndexOf(' ')] is not ([.., ':'] or "from" or "import");
    }

    /// <summary>A letter, perhaps behind a quotation mark; a key of JSON stands in such marks as well.</summary>
    private static bool BeginsSentence(ReadOnlySpan<char> body) => char.IsLetter(body[0]) || body[0] is '“' or '‘' || (body[0] == '"' && char.IsLetter(body[1]) && body[^1] != ',' && body.IndexOf("\":") < 0);

    /// <summary>Behind a prompt of Python, or below such a line. Mail is quoted so, too, and sentences are left out so.</summary>
    private static bool IsTyped(ReadOnlySpan<char> body) => body is "..." or ['>', '>', '>', ' ', _, ..] or ['.', '.', '.', ' ', _, ..] && !CodeLine.IsCertain(body) && !ProseLine.Is(body[3..], 1, CodeSigns.None);

    private static bool IsComment(ReadOnlySpan<char> body) => body switch
    {
        ['#', ' ' or '#', ..] or "#" or ['-', '-', ' ', ..] or "--" or [';', ';' or ' ', ..] or ['%', '%' or ' ', ..] or ['"', ' ', ..] or ['(', '*', ' ', ..] or ['{', '-', ' ' or '|', ..] => true,
        "\"\"\"" or "'''" => true,
        ['"', '"', '"', not '"', ..] => body.Count("\"\"\"") == 1,
        ['\'', '\'', '\'', not '\'', ..] => body.Count("'''") == 1,
        ['/', '*', not '*', ..] => body.IndexOf("*/") is var close && (close < 0 || close == body.Length - 2),
        _ => false,
    };

    private static CodeSigns SignsOf(ReadOnlySpan<char> body, CodeSigns word, bool marks)
    {
        var signs = Opening(body, word, marks);
        if (!marks || body is ['*' or '•', ' ', ..] or ['*', '*', ..]) return signs;
        if (!body.ContainsAnyExcept(Brackets)) return CodeSigns.Brackets;
        signs |= CodeKeys.Of(body);
        // What stands in a list of prose is told by its words alone.
        if (body is ['-', ' ', ..]) return signs & (CodeSigns.Key | CodeSigns.Value | CodeSigns.Nest | CodeSigns.Option);
        // What is named between backticks is named by prose.
        if (!body.Contains('`')) signs |= CodeNames.In(body) | (CodeLine.HasCall(body, out _) ? CodeSigns.Call : CodeSigns.None);
        if (CodeNames.Ends(body)) signs |= CodeSigns.End;
        if (CodeNames.Assigns(body, signs != 0)) signs |= CodeSigns.Assignment;
        if (IsDense(body)) signs |= CodeSigns.Dense;
        return signs;
    }

    /// <summary>What the first word tells. Words that prose has as well count where little or a sign follows; words of capitals where not all of the line is in capitals.</summary>
    private static CodeSigns Opening(ReadOnlySpan<char> body, CodeSigns word, bool marks)
    {
        if (body is ['.', '/', >= 'a' and <= 'z', ..]) return CodeSigns.Command | CodeSigns.Option;
        if (word == CodeSigns.None) return CodeSigns.None;
        if ((word & (CodeSigns.Query | CodeSigns.Clause | CodeSigns.Directive)) != 0)
        {
            if (!body.ContainsAnyInRange('a', 'z') && !body.ContainsAny(StatementSigns)) return CodeSigns.None;
            return (word & CodeSigns.Query) != 0 && SqlClause(body) ? word | CodeSigns.Clause : word;
        }

        if (Imports(body)) return word | CodeSigns.Name;
        if ((word & CodeSigns.Command) != 0 && CodeWords.IsSubcommand(body)) word |= CodeSigns.Option;
        // What a colon sets apart is a label, unless nothing follows.
        if (body.IndexOf(':') is > 0 and var colon && colon + 1 < body.Length && body[..colon].IndexOfAnyExcept(WordCharacters) < 0) return CodeSigns.None;
        return marks || body.Count(' ') < ProseBlanks ? word : CodeSigns.None;
    }

    /// <summary><c>from a.b import c</c> and <c>import a.b</c>.</summary>
    private static bool Imports(ReadOnlySpan<char> body) =>
        (body.StartsWith("from ") && body[5..].IndexOf(' ') is > 0 and var name && body[(5 + name)..].StartsWith(" import ")) || (body.StartsWith("import ") && !body[7..].Contains(' ') && body.Contains('.') && body[^1] != '.');

    private static bool SqlClause(ReadOnlySpan<char> body)
    {
        foreach (var clause in (ReadOnlySpan<string>)[" FROM ", " INTO ", " TABLE ", " SET ", " VALUES", " VIEW ", " INDEX ", " FUNCTION ", " ON ", " EXTENSION ", " TYPE "])
            if (body.IndexOf(clause) > 0) return true;
        return false;
    }

    private static bool IsDense(ReadOnlySpan<char> body)
    {
        var signs = 0;
        for (var at = 0; body[at..].IndexOfAny(SignCharacters) is >= 0 and var found; at += found + 1) signs++;
        return signs * 4 >= body.Length - body.Count(' ') - body.Count('\t') && !Columns.IsRule(body) && body.IndexOfAnyExcept(body[0]) >= 0;
    }
}
