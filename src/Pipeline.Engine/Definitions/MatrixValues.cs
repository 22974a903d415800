using System.Text.RegularExpressions;

namespace Pipeline.Engine.Definitions;

/// <summary>Puts the values of a variant into a step: at the paths that are its keys, and where <c>${{ matrix.NAME }}</c> stands.</summary>
internal sealed partial class MatrixValues(Variant variant, string step, ProblemList problems)
{
    /// <summary>The names that the step has used.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    public MapNode Into(MapNode body)
    {
        var filled = (MapNode)Replace(body);
        foreach (var (key, value, _) in variant.Values.Where(v => v.Key.Text.Contains('.', StringComparison.Ordinal)))
            filled = (MapNode)NodePaths.Set(filled, key.Text.Split('.'), value, key.Place);
        return filled;
    }

    private Node Replace(Node node) => node switch
    {
        MapNode map => new MapNode(map.Place, [.. map.Entries.Select(e => e with { Value = Replace(e.Value) })]),
        ListNode list => new ListNode(list.Place, [.. list.Items.Select(Replace)]),
        ScalarNode scalar when scalar.Text.Contains("matrix.", StringComparison.Ordinal) => Replace(scalar),
        _ => node,
    };

    private Node Replace(ScalarNode scalar)
    {
        if (Reference().Match(scalar.Text) is { Success: true } whole && whole.Length == scalar.Text.Length && Value(whole, scalar) is { } value)
            return value is ScalarNode { Plain: var plain, Text: var text } ? new ScalarNode(scalar.Place, text, plain, $"matrix.{whole.Groups[1].Value}") : value;
        var filled = Reference().Replace(scalar.Text, match => Value(match, scalar) switch
        {
            ScalarNode { IsNull: false } part => part.Text,
            null => "",
            var other => Wrong(scalar, $"matrix.{match.Groups[1].Value} is {other.Words}, which cannot stand inside text"),
        });
        return filled == scalar.Text ? scalar : new ScalarNode(scalar.Place, filled, scalar.Plain, scalar.Origin);
    }

    private Node? Value(Match match, ScalarNode at)
    {
        var name = match.Groups[1].Value;
        Used.Add(name);
        if (variant[name] is { } value) return value;
        Wrong(at, $"the matrix of '{step}' gives no '{name}'{(variant.Values.Count > 0 ? " in every variant" : "")}");
        return null;
    }

    private string Wrong(ScalarNode at, string message)
    {
        problems.Add(ProblemCodes.BadMatrix, at.Place, message, Nearest.Remedy("", [.. variant.Values.Select(v => v.Key.Text).Where(k => !k.Contains('.', StringComparison.Ordinal))], "it gives"));
        return "";
    }

    [GeneratedRegex(@"\$\{\{\s*matrix\.([A-Za-z0-9_-]+)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
