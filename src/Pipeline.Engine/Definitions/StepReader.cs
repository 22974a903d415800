using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Definitions;

/// <summary>Reads the steps one by one: their keys, type, options and settings. <see cref="Wiring"/> then joins them.</summary>
/// <param name="folder">Where files that steps read are looked for; null where they are not.</param>
internal sealed class StepReader(StepCatalog catalog, Expressions expressions, StepSettings settings, ProblemList problems, string? folder)
{
    private static readonly string[] Keys = ["uses", "with", "inputs", "needs", "when", "matrix", "select", "halving", "repeat", "gates", "approve", "env", "resources", "executor", "timeout", "retry"];
    private static readonly OutputPort MetricsPort = new(Metrics.Port, typeof(Metrics), "Numbers that the step measured.");

    private readonly Dictionary<string, OptionBinder> binders = new(StringComparer.Ordinal);
    private readonly string[] typeNames = [.. catalog.All.Select(t => t.Name)];

    public List<StepDraft> Read(MapNode steps)
    {
        var drafts = new List<StepDraft>(steps.Entries.Count);
        var ids = steps.Entries.Select(e => e.Key.Text).ToList();
        foreach (var (id, body) in steps.Entries)
        {
            var draft = new StepDraft(id);
            drafts.Add(draft);
            if (!Names.IsValid(id.Text))
                problems.Add(ProblemCodes.BadName, id.Place, $"the step '{Excerpt.Short(id.Text)}' has a bad name", Names.Repaired(id.Text) is { } better ? $"{Names.Rule}: '{better}'" : Names.Rule);
            if (body is MapNode map) Read(draft, map, ids);
            else problems.Add(ProblemCodes.WrongShape, body is ScalarNode { Text: "" } ? id.Place : body.Place, $"the step '{Excerpt.Short(id.Text)}' is a mapping, not {body.Words}", "write at least uses: STEP-TYPE under it");
        }

        return drafts;
    }

    private void Read(StepDraft draft, MapNode body, List<string> ids)
    {
        draft.Type = TypeOf(draft, body, ids);
        foreach (var (key, _) in body.Entries.Where(e => !Keys.Contains(e.Key.Text) && e.Value is not (RoundNode or VariantNode))) Unknown(draft.Type, key);
        draft.InputsNode = body["inputs"];
        draft.NeedsNode = body["needs"];
        draft.WhenNode = body["when"];
        draft.RoundNode = body[RoundNode.Key] as RoundNode;
        draft.VariantNode = body[VariantNode.Key] as VariantNode;
        var with = body.Find("with");
        if (draft.Type is not { } type)
        {
            // What can be said without knowing the type is said now, and not when that is mended.
            settings.Check(body);
            if (with is { } options) expressions.Check(options.Value);
            return;
        }

        Bind(draft, type, with?.Value, with?.Key.Place ?? draft.Uses);
        if (folder is not null && draft.With is { } filled && draft.Metrics.Count == 0)
            foreach (var (option, message) in SourceFiles.Missing(type, filled, folder)) problems.Add(ProblemCodes.OptionsDisagree, draft.Written(option) ?? draft.Uses, $"'{option}' of {type.Name}: {message}");
        settings.Read(draft, type, body);
    }

    private StepType? TypeOf(StepDraft draft, MapNode body, List<string> ids)
    {
        switch (body["uses"])
        {
            case null:
                // A profile that misspells a step makes a new one by accident: that is the likeliest reason for a step without a type.
                var near = Nearest.Of(draft.Id, ids.Where(id => id != draft.Id));
                problems.Add(ProblemCodes.MissingKey, draft.Place, $"the step '{Excerpt.Short(draft.Id)}' has no 'uses'", near is null ? "add uses: STEP-TYPE" : $"add uses: STEP-TYPE; or did you mean the step '{near}'?");
                return null;
            case ScalarNode { IsNull: false } name:
                draft.Uses = name.Place;
                if (name.Text.Contains(Expressions.Opening, StringComparison.Ordinal)) Expressions.Refuse(name, "'uses'", problems);
                else if (catalog.Find(name.Text) is { } type) return type;
                else problems.Add(ProblemCodes.UnknownStepType, name.Place, $"there is no step type '{Excerpt.Short(name.Text)}'", TypeRemedy(name.Text));
                return null;
            case var other:
                problems.Add(ProblemCodes.WrongShape, other.Place, $"'uses' names a step type, not {other.Words}", "write uses: STEP-TYPE");
                return null;
        }
    }

    private string? TypeRemedy(string name)
    {
        if (Nearest.Of(name, typeNames) is { } near) return $"did you mean '{near}'?";
        var stage = name.Split('.')[0] + ".";
        var same = typeNames.Where(t => t.StartsWith(stage, StringComparison.Ordinal)).ToList();
        return same.Count > 0 ? $"of {stage}* there is {Excerpt.List(same)}" : "the step types are listed in docs/steps";
    }

    private void Unknown(StepType? type, ScalarNode key)
    {
        var remedy = Nearest.Of(key.Text, Keys) is { } near ? $"did you mean '{near}'?"
            : type?.Params.Members.Any(m => m.Name == key.Text) == true ? $"'{key.Text}' is an option of {type.Name}: put it under with"
            : type?.Inputs.Any(p => p.Name == key.Text) == true ? $"'{key.Text}' is an input of {type.Name}: put it under inputs"
            : $"a step has {string.Join(", ", Keys)}";
        problems.Add(ProblemCodes.UnknownKey, key.Place, $"unknown key '{Excerpt.Short(key.Text)}' of a step", remedy);
    }

    private void Bind(StepDraft draft, StepType type, Node? given, Place at)
    {
        if (!binders.TryGetValue(type.Name, out var binder)) binders[type.Name] = binder = new OptionBinder(type.Name, type.Params, expressions, problems, takesMetrics: true);
        draft.With = binder.Bind(given, at);
        draft.Metrics = binder.Metrics;
        draft.Written = option => binder.Locate(given, option)?.Place;
        if (draft.With is null)
        {
            draft.Outputs = type.Outputs.Count > 0 ? [.. type.Outputs, MetricsPort] : null;
            return;
        }

        List<(string Option, string Message)> disagreements;
        try
        {
            disagreements = Disagreements(type, draft);
            _ = type.OutputsOf(draft.With);
        }
        catch (Exception e) when (type.Plugin is { } plugin)
        {
            // Its code is not ours: what it throws is said at its step.
            problems.Add(ProblemCodes.BadPlugin, draft.Uses, $"{plugin.Name} failed when it was asked about the options of '{draft.Id}': {Excerpt.Short($"{e.GetType().Name}: {e.Message}", 200)}", "this is a defect of the plugin: its Check or OutputsOf");
            draft.With = null;
            draft.Outputs = type.Outputs.Count > 0 ? [.. type.Outputs, MetricsPort] : null;
            return;
        }

        foreach (var (option, message) in disagreements)
        {
            draft.With = null;
            problems.Add(ProblemCodes.OptionsDisagree, draft.Written(option) ?? at, $"'{(option.Length > 0 ? option : "with")}' of {type.Name}: {message}");
        }

        draft.Outputs = draft.With is null ? type.Outputs.Count > 0 ? [.. type.Outputs, MetricsPort] : null : OutputsOf(draft, type, at);
        if (draft.With is { } whole && draft.VariantNode is { Rung: { } rung, Variant: var variant }) draft.With = AtRung(draft, whole, type, rung, variant, binder.Locate(given, type.Horizon!.Name)?.Place ?? at);
    }

    /// <summary>The options with which a variant goes as far as its rung.</summary>
    private JsonObject AtRung(StepDraft draft, JsonObject whole, StepType type, RungOf rung, VariantOf variant, Place at)
    {
        var horizon = type.Horizon!.Name;
        if (!JsonNode.DeepEquals(whole[horizon], rung.Whole)) problems.Add(ProblemCodes.BadMatrix, at, $"how far '{draft.Id}' goes is for its rung to say, so '{horizon}' cannot be set", $"set steps.{variant.Step}.with.{horizon}, which is how far the last ones go, or first_rung");
        return rung.Horizon < rung.Whole ? type.Shortened(whole, rung.Horizon) : whole;
    }

    private static List<(string Option, string Message)> Disagreements(StepType type, StepDraft draft)
    {
        // Options that are metrics are checked when those are known.
        if (draft.Metrics.Count > 0) return [];
        try
        {
            return [.. type.CheckParams(SecretReference.Fill(draft.With!, _ => "***"))];
        }
        catch (JsonException e)
        {
            // Only a number that the record's own type cannot hold gets here.
            return [((e.Path ?? "").TrimStart('$', '.'), "this is more than its type can hold")];
        }
    }

    private OutputPort[]? OutputsOf(StepDraft draft, StepType type, Place at)
    {
        var outputs = type.OutputsOf(draft.Metrics.Count == 0 ? draft.With! : MetricReference.Fill(type.Params, draft.With!, (_, _, _) => 1));
        var seen = new HashSet<string>(StringComparer.Ordinal) { Metrics.Port };
        foreach (var output in outputs)
        {
            if (!Names.IsValid(output.Name)) problems.Add(ProblemCodes.BadName, at, $"the output '{Excerpt.Short(output.Name)}' of '{draft.Id}' has a bad name", Names.Rule);
            else if (!seen.Add(output.Name)) problems.Add(ProblemCodes.GivenTwice, at, $"the output '{output.Name}' of '{draft.Id}' is declared twice", output.Name == Metrics.Port ? "every step has 'metrics' already: choose another name" : "keep one");
        }

        return [.. outputs, MetricsPort];
    }
}
