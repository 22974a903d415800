namespace Pipeline.Engine.Definitions;

/// <summary>What names in a pipeline file may look like: they become folder names, variables and addresses.</summary>
internal static class Names
{
    public const int Longest = 100;
    public const string Rule = "names are lower-case letters, digits, '_' and '-', at most 100 of them";

    private static readonly System.Buffers.SearchValues<char> Allowed = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Steps, params, profiles, outputs.</summary>
    public static bool IsValid(string name) => name.Length is > 0 and <= Longest && !name.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>Inputs that the file names itself: each becomes part of a variable's name.</summary>
    public static bool IsInput(string name) => IsValid(name) && char.IsAsciiLetter(name[0]) && !name.Contains('-', StringComparison.Ordinal);

    /// <summary>The pipeline: it becomes part of file names.</summary>
    public static bool IsPipeline(string name) =>
        name.Length is > 0 and <= Longest && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <summary>A valid name near an invalid one, for the remedy; null where nothing of it can be kept.</summary>
    public static string? Repaired(string name)
    {
        var kept = new string([.. name.Take(Longest).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? char.ToLowerInvariant(c) : '-')]).Trim('-');
        return kept.Length > 0 && kept != name ? kept : null;
    }
}
