using System.Globalization;
using System.Text;

namespace Pipeline.Data.Readers;

/// <summary>The commands and environments that a file defines, and the source with them written out.</summary>
internal sealed class LatexDefinitions
{
    private const int Most = 10_000;
    private const int MostArguments = 9;
    private const int LongestBody = 100_000;

    private readonly record struct Macro(int Arguments, string? Default, string Body);

    private readonly Dictionary<string, Macro> macros = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Macro Begin, string End)> environments = new(StringComparer.Ordinal);

    /// <param name="kind">The command that defines, behind which the source is.</param>
    public void AddMacro(string kind, LatexSource source)
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

        if (source.Argument() is { } body && name.Length > 0 && count <= MostArguments && macros.Count < Most && LatexWords.MayBeDefined(name)) macros[name] = new(count, otherwise, body);
    }

    public void AddEnvironment(LatexSource source)
    {
        var name = source.Argument() ?? "";
        _ = int.TryParse(source.Argument('[', ']'), NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        var otherwise = source.Argument('[', ']');
        // Those that are known are laid out as they are everywhere.
        if (source.Argument() is { } begin && source.Argument() is { } end && name.Length > 0 && count <= MostArguments && environments.Count < Most && LatexEnvironment.Of(name) is { Content: LatexContent.Text, Title: null })
            environments[name] = (new(count, otherwise, begin), end);
    }

    /// <summary>Whether it is a command of the file, with whose body the source then goes on.</summary>
    public bool Expand(string command, LatexSource source) => macros.TryGetValue(command, out var macro) && Expand(macro, source);

    /// <summary>Whether it is an environment of the file, with whose beginning the source then goes on.</summary>
    public bool Begin(string environment, LatexSource source) => environments.TryGetValue(environment, out var own) && Expand(own.Begin, source);

    /// <summary>Whether it is an environment of the file, with whose end the source then goes on.</summary>
    public bool End(string environment, LatexSource source)
    {
        if (!environments.TryGetValue(environment, out var own)) return false;
        source.Insert(own.End);
        return true;
    }

    /// <summary>Of a command or the end of an environment of the file that ends an environment of mathematics: what follows that end in it.</summary>
    public string? Behind(string command, string name)
    {
        var body = command.StartsWith("end{", StringComparison.Ordinal) && environments.TryGetValue(command[4..^1], out var environment) ? environment.End
            : macros.TryGetValue(command, out var macro) && macro.Arguments == 0 ? macro.Body : "";
        body = body.TrimStart();
        var end = $"\\end{{{name}}}";
        return body.StartsWith(end, StringComparison.Ordinal) ? body[end.Length..] : null;
    }

    private static bool Expand(Macro macro, LatexSource source)
    {
        var arguments = new string[macro.Arguments];
        for (var i = 0; i < arguments.Length; i++) arguments[i] = i == 0 && macro.Default is not null ? source.Argument('[', ']') ?? macro.Default : source.MacroArgument();
        var body = new StringBuilder(macro.Body.Length);
        for (var i = 0; i < macro.Body.Length && body.Length < LongestBody; i++)
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
        return true;
    }
}
