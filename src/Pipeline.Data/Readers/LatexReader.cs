using System.Text;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

/// <summary>One pass over the source; what a group or an environment has still to do at its end waits on a stack, so nothing recurses.</summary>
internal sealed class LatexReader(string latex)
{
    private const int MostNesting = 10_000;

    private readonly LatexSource source = new(latex);
    private readonly LatexDefinitions definitions = new();
    private readonly BlockWriter writer = new();
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
        if (definitions.Expand(name, source)) return;
        if (LatexAccents.Symbol(name) is { } symbol) Symbol(name, symbol);
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
            case "newcommand" or "renewcommand" or "providecommand" or "DeclareRobustCommand" or "def" or "DeclareMathOperator": definitions.AddMacro(name, source); break;
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
            case "newenvironment" or "renewenvironment": definitions.AddEnvironment(source); break;
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

    private void Begin(string name)
    {
        if (name == "document")
        {
            silent = false;
            return;
        }

        if (silent) return;
        if (definitions.Begin(name, source)) return;
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
                Display(LatexFormulas.UpToEnd(name, source, command => definitions.Behind(command, name)));
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

        if (!silent && definitions.End(name, source)) return;
        if (environments.TryPeek(out var open) && open.Name == name) environments.Pop().End(writer);
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
}
