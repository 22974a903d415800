using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Storage;

namespace Pipeline.Steps.Origins;

/// <summary>The options of a recipe that are not what they are by default.</summary>
public static class ChosenOptions
{
    /// <summary>By path, <c>model.layers</c>; all of them where this program does not know the step type.</summary>
    public static IReadOnlyList<(string Path, string Value)> Of(StepCatalog catalog, string uses, JsonObject recipe)
    {
        var found = new List<(string, string)>();
        if (recipe["with"] is JsonObject with) Compare("", with, catalog.Find(uses)?.Params, found);
        return found;
    }

    private static void Compare(string path, JsonObject given, Option? options, List<(string, string)> found)
    {
        foreach (var (name, value) in given)
        {
            var option = options?.Members.FirstOrDefault(m => m.Name == name);
            if (option?.Kind == OptionKind.Group && value is JsonObject group) Compare($"{path}{name}.", group, option, found);
            else if (option is null || option.Required || CanonicalJson.Text(value) != CanonicalJson.Text(option.Default)) found.Add(($"{path}{name}", CanonicalJson.Text(value)));
        }
    }
}
