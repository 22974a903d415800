using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>What to do about an input that does not fit: which step types make what is wanted, and which steps of the file have it.</summary>
internal sealed class WiringAdvice(IReadOnlyList<StepDraft> steps, IReadOnlyDictionary<string, StepDraft> byId, StepCatalog catalog)
{
    private const int Few = 3;

    public string? ForMissing(StepDraft step, InputPort port) => Having(step, port) switch
    {
        { Length: > 0 } having => $"add inputs.{port.Name}; {having}",
        _ when Makers(port, null) is { Length: > 0 } makers => $"add inputs.{port.Name}; {makers} {port.KindName}",
        _ => $"add inputs.{port.Name}",
    };

    public string? ForMismatch(StepDraft step, InputPort port, StepDraft from, string? output)
    {
        if (port.Arity == PortArity.Group && output is not null && PortMatch.Fits(port, from)) return $"name the whole step: {from.Id}";
        var given = output is null ? from.Declared.Select(o => o.Kind).Distinct().ToList() : [from.Output(output)!.Kind];
        var makers = given.Select(kind => Makers(port, kind) is { Length: > 0 } m ? $"{m} {kind.Name} into {port.KindName}" : "").FirstOrDefault(m => m.Length > 0) ?? "";
        var remedy = string.Join("; ", new[] { makers, Having(step, port) }.Where(s => s.Length > 0));
        return remedy.Length > 0 ? remedy : null;
    }

    /// <summary>Steps that have what the port takes and do not come after the step themselves.</summary>
    private string Having(StepDraft step, InputPort port)
    {
        if (port.Kind == typeof(ArtifactKind)) return "";
        var after = Below(step);
        var names = steps.Where(s => !after.Contains(s) && PortMatch.Fits(port, s)).Take(Few).Select(s => $"'{s.Id}'").ToList();
        return names.Count switch { 0 => "", 1 => $"the step {names[0]} has {Pronoun(port)}", _ => $"the steps {string.Join(", ", names)} have {Pronoun(port)}" };
    }

    private static string Pronoun(InputPort port) => port.Arity == PortArity.One ? "one" : "them";

    /// <summary>Step types that make what the port takes, out of <paramref name="given"/> where that is known.</summary>
    private string Makers(InputPort port, Type? given)
    {
        var names = catalog.All.Where(t => (given is null || t.Inputs.Any(i => Takes(i, given))) && Makes(t, port)).Take(Few).Select(t => t.Name).ToList();
        var verb = given is null ? "make" : "turn";
        return names.Count switch { 0 => "", 1 => $"{names[0]} {verb}s", _ => $"{string.Join(", ", names)} {verb}" };
    }

    /// <summary>A group needs a step that has all of its members.</summary>
    private static bool Makes(StepType type, InputPort port) =>
        port.Arity == PortArity.Group
            ? port.Members.All(m => type.Outputs.Any(o => o.Name == m && ArtifactKind.Fits(o.Kind, port.Kind)))
            : type.Outputs.Any(o => ArtifactKind.Fits(o.Kind, port.Kind));

    /// <summary>A port that takes just any files says nothing about turning these into something.</summary>
    private static bool Takes(InputPort port, Type given) =>
        port.Kind == given || (ArtifactKind.Fits(given, port.Kind) && port.Kind != typeof(ArtifactKind) && port.Kind != typeof(Files));

    private HashSet<StepDraft> Below(StepDraft step)
    {
        var below = new HashSet<StepDraft> { step };
        var users = steps.SelectMany(s => Written(s).Select(id => (Used: id, By: s))).ToLookup(e => e.Used, e => e.By, StringComparer.Ordinal);
        var open = new Queue<StepDraft>([step]);
        while (open.TryDequeue(out var next))
        {
            foreach (var user in users[next.Id].Where(below.Add)) open.Enqueue(user);
        }

        return below;
    }

    /// <summary>The steps a step names, read straight off its nodes: it may not be joined yet.</summary>
    private IEnumerable<string> Written(StepDraft step) =>
        from node in (step.InputsNode is MapNode map ? map.Entries.Select(e => e.Value) : []).Append(step.NeedsNode)
        from item in node is ListNode list ? list.Items : [node]
        where item is ScalarNode
        let id = ((ScalarNode)item).Text.Split('.')[0]
        where byId.ContainsKey(id)
        select id;
}
