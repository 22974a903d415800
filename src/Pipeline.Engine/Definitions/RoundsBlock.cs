using System.Globalization;

namespace Pipeline.Engine.Definitions;

/// <summary>What a round takes from the one before: <paramref name="First"/> in round 1, and later <paramref name="Then"/> of the round before.</summary>
internal sealed record RoundFeed(ScalarNode Name, ScalarNode First, ScalarNode Then);

/// <summary>A <c>repeat</c> that was read: steps that are done over and over.</summary>
/// <param name="Name">What the file calls the block; of a step that is repeated alone, the step's name.</param>
/// <param name="At">Where it says repeat.</param>
/// <param name="Until">Where this holds after a round, it was the last; null where all rounds are done.</param>
internal sealed record RoundsBlock(ScalarNode Name, Place At, int Count, ScalarNode? Until, IReadOnlyList<RoundFeed> Feeds, MapNode Steps)
{
    public bool Has(string step) => Steps.Find(step) is not null;
}

/// <summary>Reads <c>repeat</c>: on a step, or in its place as a block with <c>steps</c> of its own.</summary>
internal sealed class RoundsReader(Expressions expressions, ProblemList problems)
{
    /// <summary>Each round is written out as steps: a slip in a number must not make a million of them.</summary>
    public const int MostRounds = 100;

    private static readonly string[] Keys = ["rounds", "until", "feed", "steps"];
    private static readonly string[] FeedKeys = ["first", "then"];

    /// <summary>The block, or null where what is wrong with it has been said.</summary>
    public RoundsBlock? Read(ScalarNode name, MapNode body, Entry repeat)
    {
        var before = problems.Count;
        if (repeat.Value is not MapNode map) return Refuse(ProblemCodes.WrongShape, repeat.Value.Place, $"'repeat' is a mapping of {string.Join(", ", Keys)}, not {repeat.Value.Words}", "write repeat: { rounds: 3, feed: { NAME: { first: STEP, then: STEP } } }");
        foreach (var (key, _) in map.Entries.Where(e => !Keys.Contains(e.Key.Text))) problems.Add(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of repeat", Nearest.Remedy(key.Text, Keys, "repeat has"));
        var steps = Steps(name, body, map, repeat);
        var rounds = Rounds(map, repeat);
        var until = Until(map);
        if (steps is null) return null;
        var feeds = Feeds(map["feed"], steps);
        if (until is not null) CheckUntil(until, steps);
        return problems.Count > before ? null : new(name, repeat.Key.Place, rounds, until, feeds, steps);
    }

    private RoundsBlock? Refuse(string code, Place at, string message, string? remedy)
    {
        problems.Add(code, at, message, remedy);
        return null;
    }

    /// <summary>The steps of a round by name.</summary>
    private MapNode? Steps(ScalarNode name, MapNode body, MapNode repeat, Entry at)
    {
        if (body.Find("uses") is not null)
        {
            if (body.Find("matrix") is { } matrix) Refuse(ProblemCodes.BadRepeat, matrix.Key.Place, "a step has a matrix or rounds, not both", "put it under steps of a block of rounds, with select");
            if (repeat.Find("steps") is { } both) Refuse(ProblemCodes.BadRepeat, both.Key.Place, "a step is repeated alone, or a block of steps is, not both", "put this step under steps too, and leave only repeat here");
            return new MapNode(body.Place, [new(name, new MapNode(body.Place, [.. body.Entries.Where(e => e.Key.Text != "repeat")]))]);
        }

        foreach (var (key, _) in body.Entries.Where(e => e.Key.Text != "repeat"))
            Refuse(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of a block of rounds", "a block has only repeat: what each step says stands under repeat.steps");
        switch (repeat.Find("steps"))
        {
            case null:
                Refuse(ProblemCodes.BadRepeat, at.Key.Place, $"nothing is repeated: '{Excerpt.Short(name.Text)}' has neither 'uses' nor 'steps' under repeat", "add steps: with the steps of a round, or uses: beside repeat");
                return null;
            case { Value: MapNode { Entries.Count: > 0 } steps }:
                foreach (var (id, step) in steps.Entries)
                {
                    if (step is not MapNode inner) Refuse(ProblemCodes.WrongShape, step is ScalarNode { Text: "" } ? id.Place : step.Place, $"the step '{Excerpt.Short(id.Text)}' is a mapping, not {step.Words}", "write at least uses: STEP-TYPE under it");
                    else if (inner.Find("repeat") is { } nested) Refuse(ProblemCodes.BadRepeat, nested.Key.Place, "rounds cannot stand inside rounds", "give the inner block as many rounds as it needs outside of this one, or write its steps out");
                    else if (inner.Find("matrix") is { } matrix && inner.Find("select") is null) Refuse(ProblemCodes.BadRepeat, matrix.Key.Place, "a matrix inside rounds needs 'select'", "the next round takes from one step: add select: { metric: …, goal: min }");
                }

                return steps;
            case { } other:
                Refuse(ProblemCodes.WrongShape, other.Value is ScalarNode { Text: "" } ? other.Key.Place : other.Value.Place, $"'steps' of a block of rounds is a mapping of names to steps, not {other.Value.Words}", "write each step as NAME: with uses: STEP-TYPE under it");
                return null;
        }
    }

    private int Rounds(MapNode repeat, Entry at)
    {
        if (repeat.Find("rounds") is not { } given)
        {
            Refuse(ProblemCodes.BadRepeat, at.Key.Place, "repeat does not say how many rounds there are at most", $"add rounds: a number from 1 to {MostRounds}");
            return 0;
        }

        if (expressions.Resolve(given.Value) is not { } node) return 0;
        if (node is ScalarNode { Plain: true } number && Scalars.Integer(number.Text) is { } rounds && rounds is >= 1 and <= MostRounds) return (int)rounds;
        Refuse(ProblemCodes.BadRepeat, node.Place, $"'rounds' is a number from 1 to {MostRounds.ToString(CultureInfo.InvariantCulture)}, not {node.Words}", "each round is written out as steps of its own; for more, start another pipeline from the last model");
        return 0;
    }

    private ScalarNode? Until(MapNode repeat)
    {
        switch (repeat["until"] is { } given ? expressions.Resolve(given) : null)
        {
            case null or ScalarNode { IsNull: true }:
                return null;
            case ScalarNode text:
                return text;
            case var other:
                Refuse(ProblemCodes.WrongShape, other.Place, $"'until' is a condition, not {other.Words}", "write it as text: until: \"evaluate.preference.accuracy > 0.8\"");
                return null;
        }
    }

    private void CheckUntil(ScalarNode until, MapNode steps)
    {
        try
        {
            if (!Condition.Parse(until.Text).Names.Any(n => steps.Find(n.Name.Split('.')[0]) is not null))
                Refuse(ProblemCodes.BadRepeat, until.Place, "'until' asks about no step of the round, so every round would answer alike", $"compare a metric of {Excerpt.List(steps.Entries.Select(e => e.Key.Text), 4)}: STEP.METRIC");
        }
        catch (FormatException e)
        {
            Refuse(ProblemCodes.BadCondition, until.Place, e.Message, "a condition is made of params.NAME, env.NAME, STEP.METRIC, numbers, 'texts', comparisons, and, or, not");
        }
    }

    private List<RoundFeed> Feeds(Node? given, MapNode steps)
    {
        var feeds = new List<RoundFeed>();
        if (given is null or ScalarNode { IsNull: true }) return feeds;
        if (given is not MapNode map)
        {
            Refuse(ProblemCodes.WrongShape, given.Place, $"'feed' is a mapping of names to what they stand for, not {given.Words}", "write feed: { model: { first: STEP, then: STEP } }");
            return feeds;
        }

        foreach (var (name, value) in map.Entries)
        {
            if (!Names.IsValid(name.Text)) problems.Add(ProblemCodes.BadName, name.Place, $"the feed '{Excerpt.Short(name.Text)}' has a bad name", Names.Rule);
            if (value is not MapNode pair) Refuse(ProblemCodes.WrongShape, value.Place, $"'{Excerpt.Short(name.Text)}' says what round 1 takes and what the later ones do, and is not {value.Words}", "write { first: STEP, then: STEP-OF-THE-ROUND }");
            else if (Feed(name, pair, steps) is { } feed) feeds.Add(feed);
        }

        return feeds;
    }

    private RoundFeed? Feed(ScalarNode name, MapNode pair, MapNode steps)
    {
        foreach (var (key, _) in pair.Entries.Where(e => !FeedKeys.Contains(e.Key.Text))) problems.Add(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of a feed", Nearest.Remedy(key.Text, FeedKeys, "a feed has"));
        var inner = Excerpt.List(steps.Entries.Select(e => e.Key.Text), 4);
        var first = Reference(name, pair, "first", step => steps.Find(step) is null, "round 1 has no round before it, so 'first' names a step outside of the rounds");
        var then = Reference(name, pair, "then", step => steps.Find(step) is not null, $"'then' names a step of the round: {inner}");
        return first is null || then is null ? null : new(name, first, then);
    }

    private ScalarNode? Reference(ScalarNode name, MapNode pair, string key, Func<string, bool> fits, string rule)
    {
        switch (pair[key] is { } given ? expressions.Resolve(given) : null)
        {
            case null when pair.Find(key) is not null:
                return null;
            case null:
                Refuse(ProblemCodes.BadRepeat, name.Place, $"the feed '{Excerpt.Short(name.Text)}' has no '{key}'", rule);
                return null;
            case ScalarNode { IsNull: false } reference when fits(reference.Text.Split('.')[0]):
                return reference;
            case ScalarNode { IsNull: false } reference:
                Refuse(ProblemCodes.BadRepeat, reference.Place, $"'{key}' cannot be '{Excerpt.Short(reference.Text)}'", rule);
                return null;
            case var other:
                Refuse(ProblemCodes.WrongShape, other.Place, $"'{key}' names a step, not {other.Words}", "write STEP or STEP.OUTPUT");
                return null;
        }
    }
}
