using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Engine.Registry;

/// <summary><c>NAME</c>, <c>NAME@ALIAS</c> or <c>NAME@7</c>; <c>models/NAME/ALIAS</c> is the same as the second.</summary>
/// <param name="Alias">Null where none or a version is named.</param>
public sealed partial record ModelReference(string Name, string? Alias, int? Version)
{
    public const string Rule = "names of models and aliases are lower-case letters, digits, '_', '-' and '.', begin with a letter or digit, and have at most 64 of them; an alias is no number and not 'versions'";

    /// <summary>The folder of versions stands among those of the aliases.</summary>
    public const string VersionsFolder = "versions";

    private const string Prefix = "models/";

    /// <exception cref="FormatException">It is none of these; the message says what was expected.</exception>
    public static ModelReference Parse(string text)
    {
        var parts = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Split('/') : text.Split('@');
        if (parts.Length > 2 || !parts.All(IsName)) throw new FormatException($"'{Shown(text)}' names no model: write NAME, NAME@ALIAS or NAME@VERSION; {Rule}");
        if (parts.Length == 1) return new(parts[0], null, null);
        if (!parts[1].All(char.IsAsciiDigit)) return parts[1] != VersionsFolder ? new(parts[0], parts[1], null) : throw new FormatException($"'{VersionsFolder}' is no alias; {Rule}");
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? new(parts[0], null, version) : throw new FormatException($"'{Shown(parts[1])}' is no version: they count from 1");
    }

    public override string ToString() => Version is { } version ? $"{Name}@{version}" : Alias is null ? Name : $"{Name}@{Alias}";

    private static bool IsName(string part) => Form().IsMatch(part);

    private static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "…";

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex Form();
}
