namespace Pipeline.Data.Readers;

/// <summary>What is shown of a template, which is defined elsewhere: of most nothing, of those that only mark a piece of text that text.</summary>
internal static class WikiTemplates
{
    public static string Shown(string content)
    {
        var parts = content.Split('|');
        if (parts[0].IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) return OfFunction(parts[0][..colon].Trim().ToLowerInvariant(), parts[0][(colon + 1)..].Trim());
        var positional = parts.Skip(1).Where(p => !p.Contains('=', StringComparison.Ordinal)).Select(p => p.Trim()).ToList();
        return parts[0].Trim().Replace('_', ' ').ToLowerInvariant() switch
        {
            "lang" or "nihongo" or "transl" or "transliteration" when positional.Count > 0 => parts[0].Trim().StartsWith("nihongo", StringComparison.OrdinalIgnoreCase) ? positional[0] : positional[^1],
            "nowrap" or "nobr" or "em" or "strong" or "smallcaps" or "sc" or "small" or "big" or "quote" or "blockquote" or "cquote" or "quotation" or "math" or "mvar" or "var" or "code" or "tt" or "abbr" or "tooltip" or "sic" or "not a typo"
                or "visible anchor" or "vanchor" or "wikt-lang" or "'" or "linktext" or "plainlist" or "unbulleted list" or "ubl" or "hlist" => string.Join(", ", positional.Take(parts[0].Trim().ToLowerInvariant() is "abbr" or "tooltip" or "quote" or "cquote" ? 1 : int.MaxValue)),
            "convert" or "cvt" when positional.Count > 1 => Converted(positional),
            "as of" or "since" when positional.Count > 0 => $"As of {positional[0]}",
            "circa" or "c." or "ca" => positional.Count > 0 ? $"c. {positional[0]}" : "c.",
            "ndash" or "spaced ndash" or "snd" or "en dash" => " – ",
            "mdash" or "em dash" => "—",
            "=" => "=",
            "!" => "|",
            "frac" when positional.Count == 2 => $"{positional[0]}/{positional[1]}",
            "val" or "gaps" or "number" when positional.Count > 0 => positional[0],
            _ => "",
        };
    }

    /// <summary>Of parser functions and magic words what needs no page: forms of numbers and letters.</summary>
    private static string OfFunction(string name, string argument) => name switch
    {
        "formatnum" => argument,
        "lc" => argument.ToLowerInvariant(),
        "uc" => argument.ToUpperInvariant(),
        "lcfirst" when argument.Length > 0 => char.ToLowerInvariant(argument[0]) + argument[1..],
        "ucfirst" when argument.Length > 0 => char.ToUpperInvariant(argument[0]) + argument[1..],
        _ => "",
    };

    private static string Converted(List<string> values) => values.Count > 3 && values[1] is "-" or "–" or "to" or "and" or "by" or "x"
        ? $"{values[0]} {values[1]} {values[2]} {values[3]}"
        : $"{values[0]} {values[1]}";
}
