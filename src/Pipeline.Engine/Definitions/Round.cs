using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Engine.Definitions;

/// <summary>Writes out one round of a block: names of its steps become those of this round, what is fed becomes what it stands for, and <c>${{ round }}</c> the number.</summary>
internal sealed partial class Round(RoundsBlock block, int number, Expressions expressions, ProblemList problems)
{
    public const string Separator = VariantNames.Separator + "round-";
    private const string Feed = "feed";

    /// <summary>What of the block's feeds has been used.</summary>
    public HashSet<string> Used { get; } = new(StringComparer.Ordinal);

    public bool UsesNumber { get; private set; }

    public static string NameOf(string step, int round) => string.Create(CultureInfo.InvariantCulture, $"{step}{Separator}{round}");

    public List<Entry> Write()
    {
        var until = number > 1 && block.Until is { } text ? new ScalarNode(text.Place, InCondition(text.Text, number - 1), text.Plain, text.Origin) : null;
        var mark = new Entry(new ScalarNode(block.At, RoundNode.Key, plain: true), new RoundNode(block.At, block.Name.Text, number, until));
        var made = new List<Entry>();
        foreach (var (id, body) in block.Steps.Entries)
        {
            var step = (MapNode)body;
            // A user's own key of this name is for the reader to refuse.
            var entries = step.Entries.Select(Written).ToList();
            if (step.Find(RoundNode.Key) is null) entries.Add(mark);
            made.Add(new(new ScalarNode(id.Place, NameOf(id.Text, number), plain: true), new MapNode(step.Place, entries)));
        }

        return made;
    }

    private Entry Written(Entry entry)
    {
        var value = Number(entry.Value);
        return entry with
        {
            Value = entry.Key.Text switch
            {
                "inputs" when value is MapNode inputs => new MapNode(inputs.Place, [.. inputs.Entries.Select(e => e with { Value = References(e.Value) })]),
                "needs" => References(value),
                "when" or "gates" => Conditions(value),
                "matrix" when value is MapNode matrix => new MapNode(matrix.Place, [.. matrix.Entries.Select(e => e.Key.Text.StartsWith("inputs.", StringComparison.Ordinal) ? e with { Value = References(e.Value) } : e)]),
                _ => value,
            },
        };
    }

    private Node References(Node node) => node switch
    {
        ListNode list => new ListNode(list.Place, [.. list.Items.Select(References)]),
        ScalarNode { IsNull: false } scalar => Reference(scalar),
        _ => node,
    };

    private Node Reference(ScalarNode written)
    {
        var node = written.Text.Contains(Expressions.Opening, StringComparison.Ordinal) && !written.Text.Contains("matrix.", StringComparison.Ordinal) ? expressions.Resolve(written) : written;
        if (node is not ScalarNode reference) return node is null ? written : References(node);
        var dot = reference.Text.IndexOf('.', StringComparison.Ordinal);
        var (step, rest) = dot < 0 ? (reference.Text, "") : (reference.Text[..dot], reference.Text[dot..]);
        if (step == Feed && !block.Has(Feed)) return Fed(reference, rest.TrimStart('.'));
        return block.Has(step) ? Renamed(reference, NameOf(step, number) + rest) : reference;
    }

    private ScalarNode Fed(ScalarNode reference, string name)
    {
        if (block.Feeds.FirstOrDefault(f => f.Name.Text == name) is not { } feed)
        {
            // Wiring says no more about this place.
            problems.Add(ProblemCodes.BadRepeat, reference.Place, $"nothing is fed as '{Excerpt.Short(reference.Text)}'", Nearest.Remedy(name, [.. block.Feeds.Select(f => f.Name.Text)], "fed are") ?? $"add feed: {{ {(name.Length > 0 ? name : "NAME")}: {{ first: STEP, then: STEP }} }} under repeat");
            return reference;
        }

        Used.Add(name);
        if (number == 1) return Renamed(reference, feed.First.Text);
        var step = feed.Then.Text.Split('.')[0];
        return Renamed(reference, NameOf(step, number - 1) + feed.Then.Text[step.Length..]);
    }

    private static ScalarNode Renamed(ScalarNode reference, string text) => new(reference.Place, text, plain: true, reference.Origin);

    private Node Conditions(Node node) => node switch
    {
        MapNode map => new MapNode(map.Place, [.. map.Entries.Select(e => e.Key.Text == "require" ? e with { Value = Conditions(e.Value) } : e)]),
        ListNode list => new ListNode(list.Place, [.. list.Items.Select(Conditions)]),
        ScalarNode { IsNull: false } scalar => new ScalarNode(scalar.Place, InCondition(scalar.Text, number), scalar.Plain, scalar.Origin),
        _ => node,
    };

    /// <summary>The condition over the steps of a round; one that is none is left for its reader to refuse.</summary>
    private string InCondition(string text, int round)
    {
        try
        {
            foreach (var (name, column) in Condition.Parse(text).Names.OrderByDescending(n => n.Column))
            {
                var step = name.Split('.')[0];
                if (block.Has(step)) text = text[..column] + NameOf(step, round) + text[(column + step.Length)..];
            }
        }
        catch (FormatException)
        {
        }

        return text;
    }

    private Node Number(Node node) => node switch
    {
        MapNode map => new MapNode(map.Place, [.. map.Entries.Select(e => e with { Value = Number(e.Value) })]),
        ListNode list => new ListNode(list.Place, [.. list.Items.Select(Number)]),
        ScalarNode scalar when Expressions.MetricIn(scalar) is { } metric && metric.Split('.')[0] is var step && block.Has(step) => new ScalarNode(scalar.Place, $"{Expressions.Opening} steps.{NameOf(step, number)}{metric[step.Length..]} }}}}", scalar.Plain),
        ScalarNode scalar when scalar.Text.Contains("round", StringComparison.Ordinal) && Expression().IsMatch(scalar.Text) => Numbered(scalar),
        _ => node,
    };

    private ScalarNode Numbered(ScalarNode scalar)
    {
        UsesNumber = true;
        var filled = Expression().Replace(scalar.Text, number.ToString(CultureInfo.InvariantCulture));
        // Alone it is a number, whatever the quotes.
        return new(scalar.Place, filled, scalar.Plain || Expression().Match(scalar.Text).Length == scalar.Text.Length, "round");
    }

    [GeneratedRegex(@"\$\{\{\s*round\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Expression();
}
