using Pipeline.Engine.Caching;

namespace Pipeline.Engine.Lineage;

/// <summary>What the pipelines of a state folder called the steps whose results have a key: from their histories, so that the files need not be there any more.</summary>
public sealed class StepNames
{
    private readonly Dictionary<string, List<string>> names = new(StringComparer.Ordinal);

    /// <param name="first">The pipeline whose names come first; null for none.</param>
    public StepNames(StateFolder state, string? first = null)
    {
        if (!Directory.Exists(state.History)) return;
        foreach (var folder in Directory.EnumerateDirectories(state.History).OrderBy(f => NameOf(f) == first ? 0 : 1).ThenBy(f => f, StringComparer.Ordinal))
        {
            foreach (var entry in History.Read(folder))
            {
                if (!names.TryGetValue(entry.Key, out var list)) names[entry.Key] = list = [];
                var name = $"{NameOf(folder)}.{entry.Step}";
                if (!list.Contains(name)) list.Add(name);
            }
        }
    }

    public IReadOnlyList<string> Of(string key) => names.TryGetValue(key, out var found) ? found : [];

    /// <summary>A history folder is <c>NAME-HASH</c>.</summary>
    private static string NameOf(string folder)
    {
        var name = Path.GetFileName(folder);
        return name.LastIndexOf('-') is > 0 and var dash ? name[..dash] : name;
    }
}
