namespace Pipeline.Engine.Definitions;

/// <summary>Writes out the rounds of every <c>repeat</c>, a step each; under the old name a step passes on what the last round made that ran.</summary>
internal sealed class RoundsExpansion(Expressions expressions, ProblemList problems)
{
    /// <summary>The step type that passes on the outputs of one of its candidates.</summary>
    private const string Selecting = "select";

    private long nodes;

    public MapNode Apply(MapNode steps)
    {
        if (steps.Entries.All(e => e.Value is not MapNode step || step.Find("repeat") is null)) return steps;
        var made = new List<Entry>();
        var names = new Dictionary<string, ScalarNode>(StringComparer.Ordinal);
        var blocks = new Dictionary<string, RoundsBlock>(StringComparer.Ordinal);
        foreach (var entry in steps.Entries.Where(e => e.Value is not MapNode step || step.Find("repeat") is null)) names[entry.Key.Text] = entry.Key;
        foreach (var entry in steps.Entries)
        {
            if (entry.Value is not MapNode step || step.Find("repeat") is not { } repeat) made.Add(entry);
            else if (new RoundsReader(expressions, problems).Read(entry.Key, step, repeat) is { } block && Named(block, names))
            {
                if (step.Find("uses") is null) blocks[entry.Key.Text] = block;
                made.AddRange(Written(block));
            }

            // What is wrong with the rounds has been said; the step itself is still looked at.
            else if (step.Find("uses") is not null) made.Add(new(entry.Key, new MapNode(step.Place, [.. step.Entries.Where(e => e.Key.Text != "repeat")])));
        }

        return new MapNode(steps.Place, blocks.Count == 0 ? made : [.. made.Select(e => e.Value is MapNode step ? e with { Value = WithBlocks(step, blocks) } : e)]);
    }

    /// <summary>Whether none of the block's names is taken, by a step outside or by one of another block.</summary>
    private bool Named(RoundsBlock block, Dictionary<string, ScalarNode> names)
    {
        var before = problems.Count;
        foreach (var (id, _) in block.Steps.Entries)
        {
            var longest = Round.NameOf(id.Text, RoundsReader.MostRounds);
            if (!Names.IsValid(id.Text)) problems.Add(ProblemCodes.BadName, id.Place, $"the step '{Excerpt.Short(id.Text)}' has a bad name", Names.Repaired(id.Text) is { } better ? $"{Names.Rule}: '{better}'" : Names.Rule);
            else if (longest.Length > Names.Longest) problems.Add(ProblemCodes.BadName, id.Place, $"the name '{Excerpt.Short(id.Text)}' is too long for a step of rounds", $"with '{Round.Separator}{RoundsReader.MostRounds}' it has at most {Names.Longest} characters");
            var taken = Enumerable.Range(1, block.Count).Select(r => Round.NameOf(id.Text, r)).Prepend(id.Text).FirstOrDefault(n => names.ContainsKey(n) || (n == block.Name.Text && id.Place != block.Name.Place));
            if (taken is not null) problems.Add(ProblemCodes.BadRepeat, id.Place, $"'{Excerpt.Short(taken)}' would be two steps", "steps of rounds share the names of the whole file, and a block has a name of its own: choose another");
        }

        if (problems.Count > before) return false;
        foreach (var (id, _) in block.Steps.Entries)
        {
            names[id.Text] = id;
            for (var round = 1; round <= block.Count; round++) names[Round.NameOf(id.Text, round)] = id;
        }

        return true;
    }

    private List<Entry> Written(RoundsBlock block)
    {
        var made = new List<Entry>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var numbered = false;
        for (var number = 1; number <= block.Count; number++)
        {
            var round = new Round(block, number, expressions, problems);
            foreach (var entry in round.Write())
            {
                made.Add(entry);
                nodes += entry.Value.Size;
            }

            used.UnionWith(round.Used);
            numbered |= round.UsesNumber;
            if (nodes > NodeReader.MaximumNodes) throw new RefusedException(ProblemCodes.TooDeepOrTooMany, block.At, $"the rounds of this file make more than {NodeReader.MaximumNodes:N0} values", "repeat fewer steps, or fewer times");
        }

        foreach (var feed in block.Feeds.Where(f => !used.Contains(f.Name.Text)))
            problems.Add(ProblemCodes.BadRepeat, feed.Name.Place, $"no step of the round takes feed.{feed.Name.Text}", $"write it where it belongs: inputs: {{ INPUT: feed.{feed.Name.Text} }}");
        if (used.Count == 0 && block.Feeds.Count == 0 && !numbered)
            problems.Add(ProblemCodes.BadRepeat, block.At, $"every round of '{Excerpt.Short(block.Name.Text)}' would do the same", "let it take from the one before (feed: { NAME: { first: STEP, then: STEP } }), or use its number: ${{ round }}");
        made.AddRange(block.Steps.Entries.Select(e => new Entry(e.Key, Last(block, e.Key))));
        return made;
    }

    private static MapNode Last(RoundsBlock block, ScalarNode id)
    {
        ScalarNode Text(string text) => new(id.Place, text, plain: true);
        var rounds = Enumerable.Range(1, block.Count).Select(r => (Node)Text(Round.NameOf(id.Text, r))).ToList();
        return new(id.Place,
        [
            new(Text("uses"), Text(Selecting)),
            new(Text("inputs"), new MapNode(id.Place, [new(Text("candidates"), new ListNode(id.Place, rounds))])),
            new(Text("with"), new MapNode(id.Place, [new(Text("goal"), Text("last"))])),
        ]);
    }

    /// <summary>A block stands for all of its steps in <c>needs</c>, and for none in an input.</summary>
    private MapNode WithBlocks(MapNode step, Dictionary<string, RoundsBlock> blocks)
    {
        foreach (var node in (step["inputs"] as MapNode)?.Entries.SelectMany(e => e.Value is ListNode list ? list.Items : [e.Value]) ?? [])
        {
            if (node is ScalarNode reference && blocks.TryGetValue(reference.Text.Split('.')[0], out var block))
                problems.Add(ProblemCodes.BadRepeat, reference.Place, $"'{block.Name.Text}' is a block of rounds, and a step is wanted here", $"name one of its steps, which stands for that of the last round: {Excerpt.List(block.Steps.Entries.Select(e => e.Key.Text), 4)}");
        }

        if (step.Find("needs") is not { } needs) return step;
        IReadOnlyList<Node> items = needs.Value is ListNode several ? several.Items : [needs.Value];
        if (!items.Any(i => i is ScalarNode s && blocks.ContainsKey(s.Text))) return step;
        return step.With(needs with { Value = new ListNode(needs.Value.Place, [.. items.SelectMany(i => i is ScalarNode s && blocks.TryGetValue(s.Text, out var block) ? block.Steps.Entries.Select(e => (Node)new ScalarNode(s.Place, e.Key.Text, plain: true)) : [i])]) });
    }
}
