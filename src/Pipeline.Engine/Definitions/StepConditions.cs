namespace Pipeline.Engine.Definitions;

/// <summary>Reads the <c>when</c> of steps, the <c>until</c> of rounds and the metrics that stand for options: works out params and variables, and makes a step wait for those whose metrics it asks about.</summary>
internal sealed class StepConditions(IReadOnlyList<StepDraft> steps, Expressions expressions, Baselines baselines, ProblemList problems)
{
    private readonly Dictionary<string, StepDraft> byId = steps.ToDictionary(s => s.Id, StringComparer.Ordinal);

    public void ReadAll()
    {
        foreach (var step in steps)
        {
            foreach (var (name, at) in step.Metrics) Borrow(step, name[..name.IndexOf('.', StringComparison.Ordinal)], at);
            if (step.WhenNode is { } node and not ScalarNode { IsNull: true }) step.When = Read(step, node);
            if (step.VariantNode is { Rung.From: { } from } variant) Borrow(step, from.Ranking, variant.Place);
            if (step.RoundNode is { } round) step.Round = new(round.Block, round.Number, round.Until is { } until ? Read(step, until) : null);
        }
    }

    private Condition? Read(StepDraft step, Node node)
    {
        if (node is not ScalarNode scalar)
        {
            problems.Add(ProblemCodes.WrongShape, node.Place, $"'when' is a condition, not {node.Words}", "write it as text: when: \"evaluate.test.perplexity < 60\"");
            return null;
        }

        var before = problems.Count;
        try
        {
            var values = new Dictionary<string, object?>(StringComparer.Ordinal);
            var condition = Condition.Parse(scalar.Text);
            foreach (var (name, _) in condition.Names.Where(n => !values.ContainsKey(n.Name))) values[name] = Known(step, name, scalar);
            if (problems.Count > before) return null;
            var bound = condition.Bind(name => values[name]);
            bound.Check(_ => typeof(double));
            return bound;
        }
        catch (FormatException e)
        {
            problems.Add(ProblemCodes.BadCondition, scalar.Place, e.Message, "a condition is made of params.NAME, env.NAME, STEP.METRIC, numbers, 'texts', comparisons, and, or, not");
            return null;
        }
    }

    /// <summary>The value of a param, a variable or a figure of another commit; null for a metric, which is known only while the pipeline runs.</summary>
    private object? Known(StepDraft step, string name, ScalarNode at)
    {
        if (name.StartsWith("params.", StringComparison.Ordinal) || name.StartsWith("env.", StringComparison.Ordinal))
        {
            switch (expressions.Resolve(new ScalarNode(at.Place, $"{Expressions.Opening} {name} }}}}", plain: false)))
            {
                case ScalarNode { IsNull: false } scalar:
                    return scalar.Plain && Scalars.Boolean(scalar.Text) is { } truth ? truth : scalar.Plain && Scalars.Number(scalar.Text) is { } number ? number : scalar.Text;
                case { } other:
                    problems.Add(ProblemCodes.BadCondition, at.Place, $"{name} is {other.Words}, which a condition cannot ask about", "use a param that is text, a number, true or false");
                    return null;
                case null:
                    return null;
            }
        }

        if (BaselineName.Parse(name) is { } baseline)
        {
            var (value, problem, _) = baselines.Find(baseline);
            if (value is null) problems.Add(ProblemCodes.BadGate, at.Place, problem, "compare with a commit that has it, or use a gate with no_baseline: pass or fail");
            return value;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || dot == name.Length - 1)
            problems.Add(ProblemCodes.BadCondition, at.Place, $"'{Excerpt.Short(name)}' is no metric of a step", "write STEP.METRIC, such as evaluate.test.perplexity; params.NAME; or 'text' in quotes");
        else if (!byId.TryGetValue(name[..dot], out var from))
            problems.Add(ProblemCodes.UnknownStep, at.Place, $"there is no step '{Excerpt.Short(name[..dot])}'", Nearest.Remedy(name[..dot], byId.Keys, "the steps are"));
        else
            After(step, from, at.Place);
        return null;
    }

    private void Borrow(StepDraft step, string name, Place at)
    {
        if (byId.TryGetValue(name, out var from)) After(step, from, at);
        else problems.Add(ProblemCodes.UnknownStep, at, $"there is no step '{Excerpt.Short(name)}'", Nearest.Remedy(name, byId.Keys, "the steps are"));
    }

    private static void After(StepDraft step, StepDraft from, Place at)
    {
        step.After.Add((from, at));
        if (!step.Needs.Contains(from.Id)) step.Needs.Add(from.Id);
    }
}
