using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Joins steps: what each input names, and whether it is what the port takes.</summary>
internal sealed class Wiring
{
    private readonly IReadOnlyList<StepDraft> steps;
    private readonly Dictionary<string, StepDraft> byId;
    private readonly Expressions expressions;
    private readonly ProblemList problems;
    private readonly WiringAdvice advice;

    public Wiring(IReadOnlyList<StepDraft> steps, StepCatalog catalog, Expressions expressions, ProblemList problems)
    {
        this.steps = steps;
        byId = steps.ToDictionary(s => s.Id, StringComparer.Ordinal);
        this.expressions = expressions;
        this.problems = problems;
        advice = new(steps, byId, catalog);
    }

    public void JoinAll()
    {
        new PassedOutputs(steps, byId, expressions, problems).WorkOut();
        foreach (var step in steps)
        {
            Inputs(step);
            Needs(step);
        }
    }

    private void Inputs(StepDraft step)
    {
        var given = step.InputsNode switch
        {
            MapNode map => map,
            null or ScalarNode { IsNull: true } => null,
            var other => Wrong(other, "'inputs' is a mapping of inputs to steps"),
        };
        if (step.Type is not { } type)
        {
            foreach (var entry in given?.Entries ?? []) CheckNames(entry.Value);
            return;
        }

        var anyName = type.Inputs.FirstOrDefault(p => p.Arity == PortArity.AnyName);
        foreach (var port in type.Inputs)
        {
            if (port.Arity == PortArity.AnyName) continue;
            if (given?.Find(port.Name) is { } entry) Join(step, type, port, port.Name, entry);
            else if (port.Required) Missing(step, type, port);
        }

        foreach (var entry in given?.Entries ?? [])
        {
            var name = entry.Key.Text;
            if (type.Inputs.Any(p => p.Name == name && p.Arity != PortArity.AnyName)) continue;
            if (anyName is null) Unknown(type, entry.Key);
            else if (!Names.IsInput(name) || name == anyName.Name)
                problems.Add(ProblemCodes.BadName, entry.Key.Place, $"the input '{Excerpt.Short(name)}' has a bad name", name == anyName.Name ? $"'{name}' stands for all of them together: give each input a name of its own, as in {{ first: STEP, second: STEP }}" : "it becomes part of a variable's name: a lower-case letter, then letters, digits and '_'");
            else Join(step, type, anyName with { Arity = PortArity.One }, name, entry);
        }

        if (anyName is { Required: true } && given is null or { Entries.Count: 0 }) Missing(step, type, anyName!);
        Options(step, type, given);
    }

    /// <summary>Options that do not go with the inputs. Those that are metrics are not known yet, and what failed before has been said.</summary>
    private void Options(StepDraft step, StepType type, MapNode? given)
    {
        if (!type.ChecksInputs || step.With is not { } with || step.Metrics.Count > 0) return;
        var ports = (given?.Entries ?? []).Select(e => e.Key.Text).Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => Math.Max(1, step.Inputs.Count(i => i.Port == name)), StringComparer.Ordinal);
        try
        {
            foreach (var (option, message) in type.CheckInputs(SecretReference.Fill(with, _ => "***"), ports))
                problems.Add(ProblemCodes.OptionsDisagree, step.Written(option) ?? step.Uses, $"'{(option.Length > 0 ? option : "with")}' of {type.Name}: {message}");
        }
        catch (Exception e) when (type.Plugin is { } plugin)
        {
            // Its code is not ours: what it throws is said at its step.
            problems.Add(ProblemCodes.BadPlugin, step.Uses, $"{plugin.Name} failed when it was asked about the options of '{step.Id}': {Excerpt.Short($"{e.GetType().Name}: {e.Message}", 200)}", "this is a defect of the plugin: its Check");
        }
    }

    private MapNode? Wrong(Node node, string message)
    {
        problems.Add(ProblemCodes.WrongShape, node.Place, $"{message}, not {node.Words}");
        return null;
    }

    private void Missing(StepDraft step, StepType type, InputPort port) =>
        problems.Add(ProblemCodes.MissingInput, step.Uses, $"{type.Name} needs the input '{port.Name}' ({port.KindName})", advice.ForMissing(step, port));

    private void Unknown(StepType type, ScalarNode key)
    {
        var remedy = type.Params.Members.Any(m => m.Name == key.Text) ? $"'{key.Text}' is an option of {type.Name}: put it under with"
            : Nearest.Remedy(key.Text, [.. type.Inputs.Select(p => p.Name)], "it takes") ?? "it takes no inputs";
        problems.Add(ProblemCodes.UnknownInput, key.Place, $"{type.Name} has no input '{Excerpt.Short(key.Text)}'", remedy);
    }

    private void Join(StepDraft step, StepType type, InputPort port, string name, Entry entry)
    {
        if (port.Arity == PortArity.List)
        {
            IReadOnlyList<Node> items = expressions.Resolve(entry.Value) is not { } value ? [] : value is ListNode list ? list.Items : [value];
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var item in items)
            {
                foreach (var reference in Targets(step, type, port, name, item, item.Place))
                {
                    if (seen.Add(reference.Member)) step.Inputs.Add(reference);
                    else problems.Add(ProblemCodes.GivenTwice, item.Place, $"'{name}' of {type.Name} is given '{reference.Member}' twice", "keep one");
                }
            }

            return;
        }

        step.Inputs.AddRange(Targets(step, type, port, name, entry.Value, entry.Key.Place));
    }

    /// <summary>What one written reference stands for.</summary>
    private IEnumerable<InputReference> Targets(StepDraft step, StepType type, InputPort port, string name, Node written, Place mismatch)
    {
        if (expressions.Resolve(written) is not { } node) return [];
        if (node is not ScalarNode { IsNull: false } scalar)
        {
            problems.Add(ProblemCodes.WrongShape, node.Place, $"'{name}' of {type.Name} names a step, not {node.Words}", "write STEP or STEP.OUTPUT");
            return [];
        }

        var dot = scalar.Text.IndexOf('.', StringComparison.Ordinal);
        var (id, output) = dot < 0 ? (scalar.Text, null) : (scalar.Text[..dot], scalar.Text[(dot + 1)..]);
        if (Find(id, scalar) is not { } from) return [];
        step.After.Add((from, scalar.Place));
        if (from.Outputs is null || from.Type is null) return [];
        if (output is not null && from.Output(output) is null)
        {
            var names = from.Outputs.Select(o => o.Name).ToList();
            problems.Add(ProblemCodes.UnknownOutput, scalar.Place, $"'{from.Id}' has no output '{Excerpt.Short(output)}'", $"{(Nearest.Of(output, names) is { } near ? $"did you mean '{from.Id}.{near}'? " : "")}({from.Type.Name} gives {Excerpt.List(names)})");
            return [];
        }

        var resolved = PortMatch.Resolve(port, from, output);
        if (resolved.Outputs.Count > 0)
            return resolved.Outputs.Select(o => new InputReference(name, o.Member, from.Id, o.Output.Name, o.Output.Kind));
        var takes = $"'{name}' of {type.Name} takes {port.KindName}";
        if (resolved.Ambiguous.Count > 0)
            problems.Add(ProblemCodes.AmbiguousOutput, scalar.Place, $"{takes}, and '{from.Id}' gives several", $"name one: {Excerpt.List(resolved.Ambiguous.Select(o => $"{from.Id}.{o.Name}"))}");
        else
            problems.Add(ProblemCodes.WrongKind, mismatch, $"{takes}, but {Excerpt.Short(scalar.Text)} gives {PortMatch.Words(from, output)}", advice.ForMismatch(step, port, from, output));
        return [];
    }

    /// <summary>Where it is not known what a step takes: at least the steps that it names are to be there.</summary>
    private void CheckNames(Node given)
    {
        if (expressions.Resolve(given) is not { } node) return;
        foreach (var item in node is ListNode list ? list.Items : [node])
        {
            if (item is ScalarNode { IsNull: false } name) Find(name.Text.Split('.')[0], name);
        }
    }

    private StepDraft? Find(string id, ScalarNode written)
    {
        if (byId.TryGetValue(id, out var found)) return found;
        if (!problems.IsFull && !problems.HasOneAt(written.Place))
            problems.Add(ProblemCodes.UnknownStep, written.Place, $"there is no step '{Excerpt.Short(id)}'", Nearest.Remedy(id, byId.Keys, "the steps are"));
        return null;
    }

    private void Needs(StepDraft step)
    {
        if (step.NeedsNode is null or ScalarNode { IsNull: true }) return;
        foreach (var item in step.NeedsNode is ListNode list ? list.Items : [step.NeedsNode])
        {
            if (item is not ScalarNode { IsNull: false } id)
                problems.Add(ProblemCodes.WrongShape, item.Place, $"'needs' names steps, not {item.Words}", "write needs: [STEP]");
            else if (id.Text.Contains(Expressions.Opening, StringComparison.Ordinal))
                Expressions.Refuse(id, "'needs'", problems);
            else if (Find(id.Text, id) is { } found)
            {
                step.After.Add((found, id.Place));
                if (!step.Needs.Contains(found.Id)) step.Needs.Add(found.Id);
            }
        }
    }
}
