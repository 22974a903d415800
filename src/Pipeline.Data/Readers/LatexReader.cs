using System.Globalization;
using System.Text;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>One pass over the source; what a group or an environment has still to do at its end waits on a stack, so nothing recurses.</summary>
internal sealed class LatexReader(string latex)
{
    private const int MostMacros = 10_000;
    private const int MostNesting = 10_000;

    private readonly record struct Macro(int Arguments, string? Default, string Body);

    private readonly LatexSource source = new(latex);
    private readonly BlockWriter writer = new();
    private readonly Dictionary<string, Macro> macros = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Macro Begin, string End)> environmentsOfFile = new(StringComparer.Ordinal);
    private readonly Stack<Action?> groups = new();
    private readonly Stack<LatexEnvironment> environments = new();
    private bool silent = latex.Contains("\\begin{document}", StringComparison.Ordinal);

    /// <summary>title, author, date.</summary>
    public Dictionary<string, string> Facts { get; } = new(StringComparer.Ordinal);

    public string Read()
    {
        while (!source.AtEnd) One();
        while (environments.TryPop(out var left)) left.End(writer);
        return writer.ToString();
    }

    private void One()
    {
        var c = source.Next();
        switch (c)
        {
            case '\\': Command(source.Command()); break;
            case '%': source.SkipLine(); break;
            case '{': Open(null); break;
            case '}': if (groups.TryPop(out var close)) close?.Invoke(); break;
            case '$' when source.Peek() == '$': source.Next(); Formula("$$", "$$"); break;
            case '$': Formula("$", "$"); break;
            case '~': Text(" "); break;
            case '&' when environments.TryPeek(out var table) && table.IsTable: Text(" | "); break;
            case '-' when source.Peek() == '-': Dash(); break;
            case '`' when source.Peek() == '`': source.Next(); Text("“"); break;
            case '\'' when source.Peek() == '\'': source.Next(); Text("”"); break;
            case '`': Text("‘"); break;
            case '\n': Newline(); break;
            default: Run(c); break;
        }
    }

    private void Run(char first)
    {
        var run = new StringBuilder().Append(first);
        while (source.Peek() is not ('\\' or '%' or '{' or '}' or '$' or '~' or '&' or '-' or '`' or '\'' or '\n' or '\0')) run.Append(source.Next());
        Text(run.ToString());
    }

    private void Dash()
    {
        source.Next();
        if (source.Peek() != '-')
        {
            Text("–");
            return;
        }

        source.Next();
        Text("—");
    }

    private void Newline()
    {
        Text(" ");
        while (source.Peek() is ' ' or '\t') source.Next();
        if (source.Peek() == '\n' && !silent) writer.Block();
    }

    private void Text(string text)
    {
        if (!silent) writer.Inline(text);
    }

    private void Open(Action? atEnd)
    {
        if (groups.Count < MostNesting) groups.Push(atEnd);
    }

    /// <summary>Goes on with the argument as text, and then does what is left to do.</summary>
    private void Into(Action? atEnd)
    {
        source.SkipBlanks();
        if (source.Peek() != '{')
        {
            atEnd?.Invoke();
            return;
        }

        source.Next();
        Open(atEnd);
    }

    private void Command(string command)
    {
        var name = command.TrimEnd('*');
        if (macros.TryGetValue(name, out var macro)) Expand(macro);
        else if (LatexAccents.Symbol(name) is { } symbol) Symbol(name, symbol);
        else if (LatexAccents.Mark(name) is not '\0' and var mark) Text(LatexAccents.Compose(source.MacroArgument(), mark));
        else if (name is "title" or "author" or "date") Fact(name);
        else Structure(name);
    }

    private void Symbol(string name, string symbol)
    {
        Text(symbol);
        // Blanks after a word of a command belong to it, and an empty group ends it.
        if (!char.IsAsciiLetter(name[0])) return;
        while (source.Peek() is ' ') source.Next();
    }

    private void Structure(string name)
    {
        switch (name)
        {
            case "newcommand" or "renewcommand" or "providecommand" or "DeclareRobustCommand" or "def" or "DeclareMathOperator": Define(name); break;
            case "part" or "chapter" or "section" or "subsection" or "subsubsection" or "paragraph" or "subparagraph" or "caption":
                source.Argument('[', ']');
                Block();
                Into(Block);
                break;
            case "begin": Begin(source.Argument() ?? ""); break;
            case "end": End(source.Argument() ?? ""); break;
            case "item": Item(source.Argument('[', ']')); break;
            case "\\" or "newline" or "cr" or "tabularnewline": source.Argument('[', ']'); if (!silent) writer.Line(); break;
            case "par" or "bigskip" or "medskip" or "smallskip" or "newpage" or "clearpage": Block(); break;
            case "(": Formula("\\(", "\\)"); break;
            case "[": Formula("\\[", "\\]"); break;
            case "ensuremath": if (source.Argument() is { } formula) Text($"${LatexFormulas.Plain(formula)}$"); break;
            case "newenvironment" or "renewenvironment": DefineEnvironment(); break;
            case "ref" or "eqref" or "pageref" or "autoref" or "cref" or "Cref" or "cite" or "citep" or "citet" or "autocite" or "parencite" or "textcite":
                source.Argument('[', ']');
                source.Argument('[', ']');
                if (source.Argument() is { } key) Text($"[{key}]");
                break;
            case "input" or "include" or "subfile": Block(); Text($"[{name}: {source.Argument()}]"); Block(); break;
            case "footnote" or "thanks": source.Argument('[', ']'); Text(" ("); Into(() => Text(")")); break;
            case "href" or "textcolor" or "colorbox" or "hyperlink" or "hypertarget" or "raisebox" or "scalebox" or "texorpdfstring": source.Argument('[', ']'); source.Argument(); Into(null); break;
            case "multicolumn" or "multirow" or "parbox": source.Argument('[', ']'); source.Argument(); if (name != "parbox") source.Argument(); Into(null); break;
            case "url" or "path" or "nolinkurl": Text(source.Argument() ?? ""); break;
            case "verb" or "lstinline": Verbatim(); break;
            default: if (LatexWords.TakesNothingShown(name)) Drop(); else if (source.Peek() == '[') source.Argument('[', ']'); break;
        }
    }

    private void Verbatim()
    {
        var mark = source.Next();
        Text(source.Until((mark == '{' ? '}' : mark).ToString()));
    }

    private void Drop()
    {
        while (source.Argument('[', ']') is not null || source.Argument() is not null)
        {
        }
    }

    private void Block()
    {
        if (!silent) writer.Block();
    }

    private void Fact(string name)
    {
        source.Argument('[', ']');
        if (source.Argument() is { } latexFact && latexFact.Length < 2000 && latexFact.Trim() != "\\today" && new LatexReader(latexFact).Read() is { Length: > 0 } text) Facts.TryAdd(name, text.ReplaceLineEndings(" "));
    }

    private void Define(string kind)
    {
        source.SkipBlanks();
        string name;
        if (source.Peek() == '\\')
        {
            source.Next();
            name = source.Command();
        }
        else
        {
            name = (source.Argument() ?? "").Trim().TrimStart('\\');
        }

        if (kind == "DeclareMathOperator")
        {
            source.Argument();
            return;
        }

        var (count, otherwise) = (0, (string?)null);
        if (kind == "def")
        {
            while (source.Peek() is not ('{' or '\0' or '\n')) count += source.Next() == '#' ? 1 : 0;
        }
        else
        {
            _ = int.TryParse(source.Argument('[', ']'), NumberStyles.None, CultureInfo.InvariantCulture, out count);
            otherwise = source.Argument('[', ']');
        }

        if (source.Argument() is { } body && name.Length > 0 && count <= 9 && macros.Count < MostMacros && LatexWords.MayBeDefined(name)) macros[name] = new(count, otherwise, body);
    }

    private void DefineEnvironment()
    {
        var name = source.Argument() ?? "";
        _ = int.TryParse(source.Argument('[', ']'), NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        var otherwise = source.Argument('[', ']');
        // Those that are known are laid out as they are everywhere.
        if (source.Argument() is { } begin && source.Argument() is { } end && name.Length > 0 && count <= 9 && environmentsOfFile.Count < MostMacros && LatexEnvironment.Of(name) is { Content: LatexContent.Text, Title: null })
            environmentsOfFile[name] = (new(count, otherwise, begin), end);
    }

    private void Expand(Macro macro)
    {
        var arguments = new string[macro.Arguments];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = i == 0 && macro.Default is not null ? source.Argument('[', ']') ?? macro.Default : source.MacroArgument();
        var body = new StringBuilder(macro.Body.Length);
        for (var i = 0; i < macro.Body.Length && body.Length < MostMacros * 10; i++)
        {
            var c = macro.Body[i];
            if (c == '#' && i + 1 < macro.Body.Length && char.IsAsciiDigit(macro.Body[i + 1]) && macro.Body[i + 1] - '1' is var index && index >= 0 && index < arguments.Length)
            {
                body.Append(arguments[index]);
                i++;
            }
            else
            {
                body.Append(c);
            }
        }

        source.Insert(body.ToString());
    }

    private void Begin(string name)
    {
        if (name == "document")
        {
            silent = false;
            return;
        }

        if (silent) return;
        if (environmentsOfFile.TryGetValue(name, out var own))
        {
            Expand(own.Begin);
            return;
        }

        var kind = LatexEnvironment.Of(name);
        switch (kind.Content)
        {
            case LatexContent.Code:
                source.Argument('[', ']');
                if (name.StartsWith("minted", StringComparison.Ordinal)) source.Argument();
                writer.Code(source.Until($"\\end{{{name}}}"));
                return;
            case LatexContent.Math:
                if (name.TrimEnd('*') is "alignat" or "alignedat" or "IEEEeqnarray" or "array" or "subarray") source.Argument();
                Display(LatexFormulas.UpToEnd(name, source, command => Behind(command, name)));
                return;
            case LatexContent.Dropped:
                source.Until($"\\end{{{name}}}");
                return;
            case LatexContent.Table:
                source.Argument('[', ']');
                source.Argument();
                if (name is "tabularx" or "tabular*") source.Argument();
                break;
        }

        var note = kind.Content == LatexContent.Table ? null : source.Argument('[', ']');
        if (kind.Content == LatexContent.Minipage) source.Argument();
        kind.Begin(writer, kind.Title is not null ? note : null, environments.TryPeek(out var around) ? around : null);
        if (environments.Count < MostNesting) environments.Push(kind);
    }

    private void End(string name)
    {
        if (name == "document" && !silent)
        {
            silent = true;
            return;
        }

        if (!silent && environmentsOfFile.TryGetValue(name, out var own)) source.Insert(own.End);
        else if (environments.TryPeek(out var open) && open.Name == name) environments.Pop().End(writer);
    }

    private void Item(string? term)
    {
        if (silent) return;
        if (!environments.TryPeek(out var list) || !list.Item(writer)) writer.Line();
        if (term is not null) source.Insert(term + (list?.Name == "description" ? ": " : " "));
    }

    /// <summary>What has no end is no formula, and its mark a sign like others.</summary>
    private void Formula(string begin, string end)
    {
        if (LatexFormulas.UpTo(end, source, out var read) is { } formula)
        {
            if (begin is "$$" or "\\[") Display(formula);
            else Text($"${formula}$");
            return;
        }

        if (begin[0] == '$') Text(begin);
        if (!source.Insert(read)) Text(read);
    }

    private void Display(string formula)
    {
        if (silent) return;
        writer.Block();
        writer.Inline($"$${formula}$$");
        writer.Block();
    }

    /// <summary>Of a command or the end of an environment of the file that ends an environment of mathematics: what follows that end in it.</summary>
    private string? Behind(string command, string name)
    {
        var body = command.StartsWith("end{", StringComparison.Ordinal) && environmentsOfFile.TryGetValue(command[4..^1], out var environment) ? environment.End
            : macros.TryGetValue(command, out var macro) && macro.Arguments == 0 ? macro.Body : "";
        body = body.TrimStart();
        var end = $"\\end{{{name}}}";
        return body.StartsWith(end, StringComparison.Ordinal) ? body[end.Length..] : null;
    }
}
