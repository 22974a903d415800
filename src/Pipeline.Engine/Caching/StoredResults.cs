using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Caching;

/// <summary>The results of a state folder by step type, read when somebody first asks.</summary>
public sealed class StoredResults(ResultStore results, SharedCache cache)
{
    /// <summary>A plan is not to wait for a look through more files than this.</summary>
    private const int MostRead = 5000;

    /// <summary>From how many results on a second processor pays.</summary>
    private const int WorthThreads = 100;

    private readonly Lazy<ILookup<string, StepResult>?> byType = new(() => ReadAll(results));

    /// <summary>Of any version; null where there may be others, in a shared store or among too many to look through.</summary>
    public IReadOnlyList<StepResult>? Of(StepType type) => cache.IsShared || byType.Value is not { } all ? null : [.. all[type.Name]];

    private static ILookup<string, StepResult>? ReadAll(ResultStore results)
    {
        var keys = results.All().Select(r => r.Key).Take(MostRead + 1).ToList();
        if (keys.Count > MostRead) return null;
        return (keys.Count < WorthThreads ? keys.Select(results.Read) : keys.AsParallel().AsOrdered().Select(results.Read)).OfType<StepResult>().ToLookup(r => Recipe.TextOf(r.Recipe["step"]), StringComparer.Ordinal);
    }
}
