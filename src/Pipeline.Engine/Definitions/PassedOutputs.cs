using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Works out the outputs of steps that pass on those of others: what all of the others have.</summary>
internal sealed class PassedOutputs(IReadOnlyList<StepDraft> steps, IReadOnlyDictionary<string, StepDraft> byId, Expressions expressions, ProblemList problems)
{
    private const int Deepest = 64;

    private readonly HashSet<StepDraft> open = [];
    private readonly HashSet<StepDraft> done = [];

    public void WorkOut()
    {
        foreach (var step in steps) WorkOut(step);
    }

    private void WorkOut(StepDraft step)
    {
        // One inside itself is a circle, which is found later.
        if (step.Type?.PassesOn is not { } port || step.Outputs is null || done.Contains(step) || !open.Add(step)) return;
        var given = (step.InputsNode as MapNode)?[port] is { } node ? expressions.Resolve(node) : null;
        IReadOnlyList<OutputPort>? common = null;
        foreach (var item in given is ListNode list ? list.Items : given is null ? [] : [given])
        {
            if (item is not ScalarNode reference) continue;
            if (reference.Text.Contains('.', StringComparison.Ordinal))
            {
                problems.Add(ProblemCodes.WrongKind, reference.Place, $"'{port}' of {step.Type.Name} takes whole steps, not {Excerpt.Short(reference.Text)}", $"name the step alone: {Excerpt.Short(reference.Text.Split('.')[0])}");
                continue;
            }

            if (!byId.TryGetValue(reference.Text, out var from)) continue;
            if (open.Count > Deepest) throw new RefusedException(ProblemCodes.TooDeepOrTooMany, reference.Place, $"steps pass on outputs of each other more than {Deepest} deep", null);
            WorkOut(from);
            if (from.Outputs is null)
            {
                // What it has could not be made out; neither can what is passed on.
                common = null;
                step.Outputs = null;
                break;
            }

            common = common is null ? [.. from.Declared] : [.. common.Where(o => from.Output(o.Name)?.Kind == o.Kind)];
        }

        if (step.Outputs is not null && common is not null) step.Outputs = [.. common, step.Outputs[^1]];
        open.Remove(step);
        done.Add(step);
    }
}
