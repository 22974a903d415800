using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Reads <c>env</c>, of the file and of steps: variables for commands and processes, part of their recipes.</summary>
internal sealed class Variables(Expressions expressions, ProblemList problems)
{
    private static readonly string[] Reserved = ["OUT", "CUDA_VISIBLE_DEVICES"];

    private static readonly Option Tree = new() { Name = "", Kind = OptionKind.Map, Element = new Option { Name = "", Kind = OptionKind.Text, Secret = true } };
    private static readonly Option PlainTree = Tree with { Element = Tree.Element! with { Secret = false } };

    /// <summary>The variables of the file, for every step that can have any.</summary>
    public JsonObject OfFile(Node? given) => given is null or ScalarNode { IsNull: true } ? [] : Read(given, given.Place, PlainTree);

    public JsonObject OfStep(Entry given) => given.Value is ScalarNode { IsNull: true } ? [] : Read(given.Value, given.Key.Place, Tree);

    public static bool Takes(StepType type) => type.NeedsWorker || type.ReadsEnvironment;

    private JsonObject Read(Node given, Place at, Option tree)
    {
        if (given is MapNode map)
        {
            foreach (var name in map.Entries.Select(e => e.Key))
            {
                if (!SecretDeclarations.Variable().IsMatch(name.Text)) problems.Add(ProblemCodes.BadVariable, name.Place, $"'{Excerpt.Short(name.Text)}' is no name of a variable", "variables are letters, digits and '_', and do not start with a digit");
                else if (Reserved.Contains(name.Text) || name.Text.StartsWith("IN_", StringComparison.Ordinal) || name.Text.StartsWith("PIPELINE_", StringComparison.Ordinal)) problems.Add(ProblemCodes.BadVariable, name.Place, $"'{name.Text}' belongs to the engine", "choose another name");
            }
        }

        return new OptionBinder("env", tree, expressions, problems).BindMap(given, at) is { } bound ? new(bound.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => KeyValuePair.Create(v.Key, v.Value?.DeepClone()))) : [];
    }
}
