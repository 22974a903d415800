using System.Text;

namespace Pipeline.Data.Cleaning;

/// <summary>One way to write bullets, headings and blanks beside marks. Lines that look like code are left alone; so are numbers, for 1.234 and 1,234 mean different things in different places.</summary>
internal static class Formatting
{
    private const string Bullets = "•‣◦▪▫●○■□⁃∙·*+–";

    public static string Clean(string text)
    {
        StringBuilder? cleaned = null;
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at) is >= 0 and var feed ? feed + 1 : text.Length;
            var line = text.AsSpan(at, end - at);
            var own = LooksLikeCode(line) ? null : Line(line);
            if (own is not null) cleaned ??= new StringBuilder(text, 0, at, text.Length);
            if (own is not null) cleaned!.Append(own);
            else cleaned?.Append(line);
            at = end;
        }

        return cleaned?.ToString() ?? text;
    }

    private static bool LooksLikeCode(ReadOnlySpan<char> line) => line.StartsWith("    ") || line.StartsWith("\t") || line.ContainsAny("{}`;|") || line.IndexOf("()") >= 0 || line.IndexOf("==") >= 0 || line.IndexOf("=>") >= 0;

    /// <summary>Null where it stays as it is.</summary>
    private static string? Line(ReadOnlySpan<char> line)
    {
        var made = new StringBuilder(line.Length);
        var body = line.TrimStart(' ');
        made.Append(line[..(line.Length - body.Length)]);
        if (body.Length > 2 && Bullets.Contains(body[0]) && body[1] is ' ' or '\t' or '\u00a0')
        {
            made.Append("- ");
            body = body[1..].TrimStart(" \t\u00a0");
        }
        else if (body.StartsWith("#") && body.TrimStart('#') is [' ', ..] heading && body.Length - heading.Length <= 6)
        {
            made.Append(body[..(body.Length - heading.Length)]).Append(' ');
            var title = heading.TrimStart(' ');
            // A heading that is closed as it was opened.
            var bare = title.TrimEnd().TrimEnd('#');
            body = bare.Length > 0 && bare[^1] == ' ' ? $"{bare.TrimEnd()}{(title is [.., '\n'] ? "\n" : "")}" : title;
        }

        Marks(body, made);
        return made.Length == line.Length && made.Equals(line) ? null : made.ToString();
    }

    /// <summary>No blank between a word and the comma or full stop after it, none inside round brackets.</summary>
    private static void Marks(ReadOnlySpan<char> body, StringBuilder made)
    {
        for (var i = 0; i < body.Length; i++)
        {
            var c = body[i];
            if (c == ' ' && i + 1 < body.Length && i > 0 && body[i - 1] is not (' ' or '-'))
            {
                var stray = body[i + 1] is ',' or '.' && (i + 2 == body.Length || char.IsWhiteSpace(body[i + 2])) && (char.IsLetterOrDigit(body[i - 1]) || body[i - 1] is ')' or '"');
                if (stray || (body[i + 1] == ')' && body[i - 1] != '(') || body[i - 1] == '(') continue;
            }

            made.Append(c);
        }
    }
}
