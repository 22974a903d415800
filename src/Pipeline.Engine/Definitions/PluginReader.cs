using Pipeline.Engine.Authoring;
using Pipeline.Engine.Plugins;

namespace Pipeline.Engine.Definitions;

/// <summary>Reads <c>plugins</c>: assemblies with step types of the user's own, by paths relative to the file.</summary>
internal sealed class PluginReader(Expressions expressions, string folder, ProblemList problems)
{
    private const int Most = 50;

    /// <summary>The catalog with the step types of all plugins that are right.</summary>
    /// <param name="known">May have plugins of an earlier reading: those that are still listed and the same are not loaded again.</param>
    public StepCatalog Read(Node? given, StepCatalog known)
    {
        var loaded = known.All.Where(t => t.Plugin is not null).ToLookup(t => t.Plugin!.File, StringComparer.Ordinal);
        var catalog = loaded.Count == 0 ? known : new StepCatalog(known.All.Where(t => t.Plugin is null));
        if (given is null or ScalarNode { IsNull: true }) return catalog;
        if (given is not ListNode { Items: var items })
        {
            problems.Add(ProblemCodes.WrongShape, given.Place, $"'plugins' is a list of assemblies, not {given.Words}", "write plugins: [./MySteps.dll]");
            return catalog;
        }

        if (items.Count > Most) throw new RefusedException(ProblemCodes.TooDeepOrTooMany, given.Place, $"more than {Most} plugins", null);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (expressions.Resolve(item) is not { } node) continue;
            if (node is not ScalarNode { IsNull: false } path || !path.Text.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || path.Text.Contains('\0', StringComparison.Ordinal))
                Refuse(node.Place, $"a plugin is the path of a .dll, not {node.Words}", "write plugins: [./MySteps.dll]");
            else if (Path.GetFullPath(path.Text, folder) is var file && !seen.Add(file)) problems.Add(ProblemCodes.GivenTwice, path.Place, $"the plugin '{Excerpt.Short(path.Text)}' is named twice", "keep one");
            else if (loaded[file].FirstOrDefault() is { Plugin: { } before } && PluginLoader.IsCurrent(before)) catalog = catalog.With(loaded[file]);
            else catalog = Add(path, file, catalog);
        }

        return catalog;
    }

    private StepCatalog Add(ScalarNode path, string file, StepCatalog catalog)
    {
        try
        {
            return PluginLoader.AddTo(catalog, file);
        }
        catch (PluginException e)
        {
            Refuse(path.Place, $"the plugin '{Excerpt.Short(path.Text)}' {Excerpt.Short(e.Message, 300)}", e.Remedy);
            return catalog;
        }
    }

    private void Refuse(Place at, string message, string? remedy) => problems.Add(ProblemCodes.BadPlugin, at, message, remedy);
}
