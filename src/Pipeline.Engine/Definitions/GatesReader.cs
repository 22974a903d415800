using System.Globalization;

namespace Pipeline.Engine.Definitions;

/// <summary>A gate that the file asks for with <c>gates</c>.</summary>
/// <param name="Steps">Those whose metrics it reads.</param>
/// <param name="Before">Those that wait for it, beside what takes from the step that it belongs to.</param>
internal sealed record GateBlock(ScalarNode Id, MapNode Node, IReadOnlyList<string> Steps, IReadOnlyList<ScalarNode> Before);

/// <summary>Reads <c>gates</c>, of the file and of steps, into steps that use <c>gate</c>; looks up the figures of other commits that they compare with.</summary>
internal sealed class GatesReader(MapNode steps, Expressions expressions, Baselines baselines, ProblemList problems)
{
    public const string Type = "gate";

    private static readonly string[] OfStep = ["require", "otherwise", "no_baseline"];
    private static readonly string[] OfFile = [.. OfStep, "before"];

    /// <summary>The gate, or null where what is wrong with it has been said.</summary>
    /// <param name="given">A condition, a list of them, or a mapping.</param>
    public GateBlock? Read(ScalarNode id, Place at, Node given, bool ofFile)
    {
        var before = problems.Count;
        var map = given as MapNode;
        var keys = ofFile ? OfFile : OfStep;
        foreach (var (key, _) in map?.Entries.Where(e => !keys.Contains(e.Key.Text)) ?? []) problems.Add(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of a gate", Nearest.Remedy(key.Text, keys, "a gate has"));
        var named = new List<string>();
        var require = Conditions(map is null ? given : map["require"], map?.Find("require")?.Key.Place ?? at, named);
        if (map is not null && map.Find("require") is null) Refuse(at, "the gate requires nothing", "add require: with a condition, such as \"evaluate.test.perplexity < 60\"");
        if (require.Count > 0 && named.Count == 0 && problems.Count == before) Refuse(require[0].Place, "the gate asks about no step", "write STEP.METRIC, such as evaluate.test.perplexity");
        var held = Held(map?["before"]);
        if (ofFile && map?.Find("before") is null && (map?["otherwise"] as ScalarNode)?.Text == "stop") Refuse(at, "a gate that stops holds nothing back here", "add before: with the steps that wait for it");
        if (problems.Count > before) return null;
        var with = new List<Entry> { new(Text("require", at), new ListNode(at, [.. require])) };
        foreach (var key in new[] { "otherwise", "no_baseline" })
        {
            if (map?.Find(key) is { } entry) with.Add(entry);
        }

        var node = new MapNode(at, [new(Text("uses", at), Text(Type, at)), new(Text("inputs", at), new MapNode(at, [new(Text("metrics", at), new ListNode(at, [.. named.Select(n => Text(n, at))]))])), new(Text("with", at), WithBaselines(new MapNode(at, with), at))]);
        return problems.Count > before ? null : new(id, node, named, held);
    }

    /// <summary>The options of a gate with the figures that its conditions ask for.</summary>
    public MapNode WithBaselines(MapNode with, Place at)
    {
        var found = new List<Entry>();
        var missing = new List<Node>();
        foreach (var condition in with["require"] is ListNode list ? list.Items : [])
        {
            if (condition is not ScalarNode text || Parse(text, say: false) is not { } parsed) continue;
            foreach (var name in parsed.Names.Select(n => BaselineName.Parse(n.Name)).OfType<BaselineName>())
            {
                var key = name.ToString();
                if (found.Any(e => e.Key.Text == key) || missing.Any(m => ((ScalarNode)m).Text == key)) continue;
                var (value, problem, damaged) = baselines.Find(name);
                if (value is { } number) found.Add(new(Text(key, text.Place), Text(number.ToString("R", CultureInfo.InvariantCulture), text.Place)));
                else if (damaged || with.Find("no_baseline") is null) Refuse(text.Place, problem, damaged ? "restore that file" : "a gate without a baseline decides nothing: write no_baseline: pass or no_baseline: fail beside require, or name another commit");
                else missing.Add(Text(key, text.Place));
            }
        }

        if (found.Count > 0) with = with.With(new(Text("baselines", at), new MapNode(at, found)));
        return missing.Count > 0 ? with.With(new(Text("missing", at), new ListNode(at, missing))) : with;
    }

    private List<ScalarNode> Conditions(Node? given, Place at, List<string> named)
    {
        var conditions = new List<ScalarNode>();
        foreach (var item in given switch { null => [], ListNode list => list.Items, _ => [given] })
        {
            switch (expressions.Resolve(item))
            {
                case null:
                    break;
                case ScalarNode { IsNull: false } text when Parse(text, say: true) is { } condition:
                    conditions.Add(Bound(text, condition, named));
                    break;
                case ScalarNode { IsNull: false }:
                    break;
                case var other:
                    problems.Add(ProblemCodes.WrongShape, other.Place, $"a gate requires conditions, not {other.Words}", "write them as texts: [\"evaluate.test.perplexity < 60\"]");
                    break;
            }
        }

        if (given is ListNode { Items.Count: 0 }) Refuse(at, "the gate requires nothing", "write at least one condition");
        return conditions;
    }

    private Condition? Parse(ScalarNode text, bool say)
    {
        try
        {
            return Condition.Parse(text.Text);
        }
        catch (FormatException e)
        {
            if (say) problems.Add(ProblemCodes.BadCondition, text.Place, e.Message, "a condition is made of STEP.METRIC, lock('REF').STEP.METRIC, params.NAME, env.NAME, numbers, comparisons, and, or, not");
            return null;
        }
    }

    /// <summary>The condition with params and variables as their values: a gate knows metrics only.</summary>
    private ScalarNode Bound(ScalarNode written, Condition condition, List<string> named)
    {
        var text = written.Text;
        foreach (var (name, column) in condition.Names.OrderByDescending(n => n.Column))
        {
            if (BaselineName.Parse(name) is not null) continue;
            if (name.StartsWith("params.", StringComparison.Ordinal) || name.StartsWith("env.", StringComparison.Ordinal))
            {
                if (Value(name, written) is { } value) text = text[..column] + value + text[(column + name.Length)..];
                continue;
            }

            var dot = name.IndexOf('.', StringComparison.Ordinal);
            if (dot <= 0 || dot == name.Length - 1) problems.Add(ProblemCodes.BadCondition, written.Place, $"'{Excerpt.Short(name)}' is no metric of a step", "write STEP.METRIC, such as evaluate.test.perplexity");
            else if (steps.Find(name[..dot]) is null) problems.Add(ProblemCodes.UnknownStep, written.Place, $"there is no step '{Excerpt.Short(name[..dot])}'", Nearest.Remedy(name[..dot], [.. steps.Entries.Select(e => e.Key.Text)], "the steps are"));
            else if (!named.Contains(name[..dot])) named.Add(name[..dot]);
        }

        named.Sort(StringComparer.Ordinal);
        return new(written.Place, text, plain: false, written.Origin);
    }

    private string? Value(string name, ScalarNode at)
    {
        switch (expressions.Resolve(new ScalarNode(at.Place, $"{Expressions.Opening} {name} }}}}", plain: false)))
        {
            case ScalarNode { IsNull: false, Plain: true } scalar when Scalars.Boolean(scalar.Text) is not null:
                return scalar.Text;
            case ScalarNode { IsNull: false, Plain: true } scalar when Scalars.Number(scalar.Text) is { } number:
                return number.ToString("R", CultureInfo.InvariantCulture);
            case ScalarNode { IsNull: false } scalar when !scalar.Text.Contains('\'', StringComparison.Ordinal):
                return $"'{scalar.Text}'";
            case { } other:
                problems.Add(ProblemCodes.BadCondition, at.Place, $"{name} is {other.Words}, which a condition cannot ask about", "use a param that is text, a number, true or false");
                return null;
            case null:
                return null;
        }
    }

    private List<ScalarNode> Held(Node? given)
    {
        var held = new List<ScalarNode>();
        foreach (var item in given switch { null or ScalarNode { IsNull: true } => [], ListNode list => list.Items, _ => [given] })
        {
            if (item is not ScalarNode { IsNull: false } id) problems.Add(ProblemCodes.WrongShape, item.Place, $"'before' names steps, not {item.Words}", "write before: [STEP]");
            else if (steps.Find(id.Text) is null) problems.Add(ProblemCodes.UnknownStep, id.Place, $"there is no step '{Excerpt.Short(id.Text)}'", Nearest.Remedy(id.Text, [.. steps.Entries.Select(e => e.Key.Text)], "the steps are"));
            else held.Add(id);
        }

        return held;
    }

    private void Refuse(Place at, string message, string remedy) => problems.Add(ProblemCodes.BadGate, at, message, remedy);

    private static ScalarNode Text(string text, Place at) => new(at, text, plain: true);
}
