using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>Formulas as they are written: no macro in them is expanded, for half of one is of no use to anybody. Only comments and labels are left out, and all stands on one line.</summary>
internal static class LatexFormulas
{
    private const int Longest = 20_000;

    /// <summary>What stands up to a mark (<c>$</c>, <c>$$</c>, <c>\]</c>) outside of braces; null where its paragraph, or what is too long for a formula, ends before.</summary>
    /// <param name="read">What was read in vain.</param>
    public static string? UpTo(string mark, LatexSource source, out string read)
    {
        var (found, depth, breaks) = (new StringBuilder(), 0, 0);
        read = "";
        while (!source.AtEnd && found.Length < Longest)
        {
            var c = source.Next();
            if (c == '%')
            {
                source.SkipLine();
                found.Append('\n');
                continue;
            }

            found.Append(c);
            var escaped = c == '\\' && !source.AtEnd;
            if (escaped) found.Append(source.Next());
            else if (c == '$' && mark == "$$" && source.Peek() == '$') found.Append(source.Next());
            if (depth <= 0 && escaped == (mark[0] == '\\') && EndsWith(found, mark)) return Plain(found.ToString(0, found.Length - mark.Length));
            depth += c switch { '{' => 1, '}' => -1, _ => 0 };
            breaks = c == '\n' ? breaks + 1 : c is ' ' or '\t' ? breaks : 0;
            if (breaks > 1) break;
        }

        read = found.ToString();
        return null;
    }

    /// <summary>What stands up to the end of an environment.</summary>
    /// <param name="behind">Of a command or <c>end{name}</c> that a file defined to end the environment what follows that end; null for all others.</param>
    public static string UpToEnd(string name, LatexSource source, Func<string, string?> behind)
    {
        var (found, depth) = (new StringBuilder(), 1);
        while (!source.AtEnd)
        {
            var c = source.Next();
            if (c == '%') source.SkipLine();
            if (c != '\\')
            {
                found.Append(c == '%' ? '\n' : c);
                continue;
            }

            var command = source.Command();
            if (command is "begin" or "end" && source.Peek() == '{') command = $"{command}{{{source.Argument()}}}";
            if (command == $"begin{{{name}}}") depth++;
            var (ends, rest) = command == $"end{{{name}}}" ? (true, "") : behind(command) is { } follows ? (true, follows) : (false, "");
            if (ends && --depth == 0)
            {
                if (rest.Length > 0) source.Insert(rest);
                break;
            }

            found.Append('\\').Append(command);
        }

        return Plain(found.ToString());
    }

    /// <summary>On one line and without labels.</summary>
    public static string Plain(string formula)
    {
        var text = new StringBuilder(formula.Length);
        for (var i = 0; i < formula.Length; i++)
        {
            if (formula.AsSpan(i).StartsWith("\\label{") && formula.IndexOf('}', i) is > 0 and var close) i = close;
            else if (!char.IsWhiteSpace(formula[i])) text.Append(formula[i]);
            else if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
        }

        return text.ToString().Trim();
    }

    private static bool EndsWith(StringBuilder text, string mark)
    {
        if (text.Length < mark.Length) return false;
        for (var i = 0; i < mark.Length; i++)
            if (text[text.Length - mark.Length + i] != mark[i]) return false;
        return true;
    }
}
