using System.Buffers;

namespace Pipeline.Data.Cleaning;

/// <summary>Keys and values of JSON, YAML and files of settings. Keys of prose begin with a capital or have blanks.</summary>
internal static class CodeKeys
{
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./$");
    private static readonly SearchValues<char> SectionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:\"[]*@");
    private static readonly SearchValues<char> TokenSigns = SearchValues.Create("0123456789._/-:@$%");

    public static CodeSigns Of(ReadOnlySpan<char> body)
    {
        if (body is ['[', _, .., ']'] && !body.ContainsAnyExcept(SectionCharacters)) return CodeSigns.Section;
        var item = body is ['-', ' ', ..] ? body[1..].TrimStart() : body;
        int end;
        if (item is ['"', ..])
        {
            end = item[1..].IndexOf('"') + 2;
            if (end < 3 || end >= item.Length || item[end..].TrimStart() is not [':', ..]) return CodeSigns.None;
            end = item.Length - item[end..].TrimStart().Length;
        }
        else
        {
            end = item.IndexOfAnyExcept(KeyCharacters);
            if (end < 2 || item[end] != ':' || !(char.IsAsciiLetterLower(item[0]) || item[0] is '_' or '.')) return CodeSigns.None;
        }

        var value = item[(end + 1)..];
        if (value.IsEmpty) return item[..end].Contains('/') ? CodeSigns.None : CodeSigns.Key | CodeSigns.Nest;
        if (item[0] != '"' && value[0] is not (' ' or '\t')) return CodeSigns.None;
        value = value.TrimStart();
        return IsValue(value.TrimEnd(',')) ? CodeSigns.Key | CodeSigns.Value : CodeSigns.Key;
    }

    private static bool IsValue(ReadOnlySpan<char> value) => value switch
    {
        [] => false,
        ['"', .., '"'] or ['\'', .., '\''] or ['[', .., ']'] or ['{', .., '}'] or "{" or "[" or "|" or ">" or "|-" or ">-" or "|+" or ">+" or "true" or "false" or "null" or "yes" or "no" or "~" => true,
        // Addresses stand in lists of contacts as well.
        _ => !value.Contains(' ') && !value.Contains('@') && value.IndexOf("://") < 0 && value.ContainsAny(TokenSigns) && value[^1] is not ('.' or ':'),
    };
}
