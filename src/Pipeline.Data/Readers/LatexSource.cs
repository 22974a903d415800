using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>The characters of a LaTeX file with what macros put in their place. How much they may put in is bounded, as a few lines of macros can double themselves into gigabytes.</summary>
internal sealed class LatexSource(string text)
{
    private const int MostDepth = 64;
    private const int LongestArgument = 100_000;

    private readonly Stack<(string Text, int At)> outer = new();
    private long budget = 4L * text.Length + 65536;
    private string text = text;
    private int at;

    public bool AtEnd => Peek() == '\0';

    /// <summary>The next character, NUL at the end.</summary>
    public char Peek()
    {
        while (at >= text.Length && outer.TryPop(out var before)) (text, at) = before;
        return at < text.Length ? text[at] is '\0' ? ' ' : text[at] : '\0';
    }

    public char Next()
    {
        var c = Peek();
        if (at < text.Length) at++;
        return c;
    }

    /// <summary>False where too much was put in already.</summary>
    public bool Insert(string expansion)
    {
        Peek();
        if (outer.Count >= MostDepth || (budget -= expansion.Length + 16) < 0) return false;
        if (at < text.Length) outer.Push((text, at));
        (text, at) = (expansion, 0);
        return true;
    }

    /// <summary>Skips blanks and at most one line break.</summary>
    public void SkipBlanks()
    {
        var breaks = 0;
        while (Peek() is ' ' or '\t' or '\n' && !(Peek() == '\n' && ++breaks > 1)) Next();
    }

    /// <summary>Letters after a backslash, or the one other character.</summary>
    public string Command()
    {
        var name = new StringBuilder();
        while (char.IsAsciiLetter(Peek()) || Peek() == '@') name.Append(Next());
        if (name.Length == 0) return AtEnd ? "" : Next().ToString();
        if (Peek() == '*') name.Append(Next());
        return name.ToString();
    }

    /// <summary>What stands between a bracket that comes next and the one that ends it; null where none comes next. An argument without an end goes as far as the limit.</summary>
    public string? Argument(char open = '{', char close = '}')
    {
        SkipBlanks();
        if (Peek() != open) return null;
        Next();
        var (argument, depth) = (new StringBuilder(), 1);
        while (!AtEnd && argument.Length < LongestArgument)
        {
            var c = Next();
            if (c == '\\')
            {
                argument.Append(c).Append(Next());
                continue;
            }

            if (c == '%')
            {
                SkipLine();
                continue;
            }

            if (c == open || open != '{' && c == '{') depth++;
            else if ((c == close || open != '{' && c == '}') && --depth == 0) break;
            argument.Append(c);
        }

        return argument.ToString();
    }

    /// <summary>What macros take as an argument: a group, else one character or command.</summary>
    public string MacroArgument()
    {
        if (Argument() is { } group) return group;
        if (Peek() != '\\') return AtEnd ? "" : Next().ToString();
        Next();
        return "\\" + Command() + " ";
    }

    /// <summary>Everything up to a mark, which is passed over; to the end where it never comes.</summary>
    public string Until(string mark)
    {
        var found = new StringBuilder();
        while (!AtEnd)
        {
            found.Append(Next());
            if (found[^1] == mark[^1] && EndsWith(found, mark))
            {
                found.Length -= mark.Length;
                break;
            }
        }

        return found.ToString();
    }

    public void SkipLine()
    {
        while (!AtEnd && Next() != '\n')
        {
        }

        while (Peek() is ' ' or '\t') Next();
    }

    private static bool EndsWith(StringBuilder text, string mark)
    {
        if (text.Length < mark.Length) return false;
        for (var i = 0; i < mark.Length; i++)
            if (text[text.Length - mark.Length + i] != mark[i]) return false;
        return true;
    }
}
