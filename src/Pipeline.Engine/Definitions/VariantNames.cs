namespace Pipeline.Engine.Definitions;

/// <summary>Names the variants of a step: <c>pretrain--learning_rate-3e-4--width-128</c>. They are valid ids, so they work as file names, in <c>--set</c> and as references.</summary>
internal static class VariantNames
{
    public const string Separator = "--";
    private const int LongestValue = 24;

    /// <summary>A name for each variant of a matrix. Where values make no short name of their own, their place in the matrix does.</summary>
    /// <param name="room">How many characters more a name must have room for.</param>
    public static List<string> Of(string step, IReadOnlyList<Variant> variants, int room = 0)
    {
        var keys = Keys(variants);
        var names = variants.Select(v => string.Join(Separator, v.Values.Select(value => $"{keys[value.Key.Text]}-{Value(value.Value) ?? $"{value.Position}"}").Prepend(step))).ToList();
        var twice = names.GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (twice.Contains(names[i]) || !Names.IsValid(names[i]) || names[i].Length + room > Names.Longest) names[i] = $"{step}{Separator}{i + 1}";
        }

        return names;
    }

    /// <summary>The last part of each key's path, or all of it where two keys end alike.</summary>
    private static Dictionary<string, string> Keys(IReadOnlyList<Variant> variants)
    {
        var paths = variants.SelectMany(v => v.Values).Select(v => v.Key.Text).Distinct(StringComparer.Ordinal).ToList();
        var ends = paths.ToLookup(End, StringComparer.Ordinal);
        return paths.ToDictionary(p => p, p => ends[End(p)].Count() == 1 ? End(p) : p.Replace('.', '_'), StringComparer.Ordinal);
    }

    private static string End(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static string? Value(Node node)
    {
        if (node is not ScalarNode { Text.Length: > 0 and <= LongestValue } scalar) return null;
        var name = new string([.. scalar.Text.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? char.ToLowerInvariant(c) : '_')]);
        return name.Contains(Separator, StringComparison.Ordinal) ? null : name;
    }
}
