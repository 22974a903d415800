using System.Text;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Readers;

internal static class CueTags
{
    private const int LongestPosition = 200;

    /// <summary>A line without its tags, positions (<c>{\an8}</c>) and times, in parts by who says them according to voice tags, with who goes on in the next line.</summary>
    /// <param name="speaker">Who said the line before.</param>
    public static (List<(string? Speaker, string Text)> Parts, string? Speaker) Strip(string line, string? speaker)
    {
        var (parts, text) = (new List<(string?, string)>(), new StringBuilder(line.Length));
        for (var i = 0; i < line.Length; i++)
        {
            var close = line[i] switch { '<' => line.IndexOf('>', i), '{' when i + 1 < line.Length && line[i + 1] == '\\' => line.IndexOf('}', i, Math.Min(LongestPosition, line.Length - i)), _ => -1 };
            if (close < 0)
            {
                text.Append(line[i]);
                // Without a closing mark after this one there is none after any later one.
                if (line[i] == '<')
                {
                    text.Append(line.AsSpan(i + 1));
                    break;
                }

                continue;
            }

            var tag = line.AsSpan(i + 1, close - i - 1);
            if (tag.Length > 1 && tag[0] == 'v' && tag[1] is ' ' or '.' && tag.IndexOf(' ') is > 0 and var name) Says(Entities.Decode(tag[(name + 1)..].Trim().ToString()));
            else if (tag is "/v") Says(null);
            i = close;
        }

        var next = speaker;
        Says(null);
        return (parts, next);

        void Says(string? who)
        {
            var said = Entities.Decode(text.ToString()).Trim();
            if (said.Length > 0) parts.Add((speaker, said));
            text.Clear();
            speaker = who;
        }
    }
}
