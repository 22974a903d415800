using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Execution;

/// <summary>What steps had last: as this machine remembers, else as the lock file says and the shared store still has it. A fresh clone, as in CI, then knows reasons and times too.</summary>
internal sealed class LockedHistory(PipelineDefinition definition, History history, ResultStore results, SharedCache cache)
{
    private readonly Lazy<IReadOnlyDictionary<string, LockedStep>> locked = new(() => Steps(definition.File));

    public HistoryEntry? Last(string step) =>
        history.Last(step) ?? (cache.IsShared && locked.Value.GetValueOrDefault(step) is { } entry && Read(entry.Key) is { } result ? new(step, result.Key, result.Run, result.Seconds) : null);

    public StepResult? Read(string key) => results.Read(key) ?? (cache.IsShared && locked.IsValueCreated ? cache.Find(key) : null);

    private static IReadOnlyDictionary<string, LockedStep> Steps(string pipelineFile)
    {
        var path = LockFile.PathFor(pipelineFile);
        try
        {
            return File.Exists(path) ? LockFile.Parse(File.ReadAllText(path), path).Steps : new Dictionary<string, LockedStep>();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Only reasons come from it here; a run that is held to it says what is wrong with it.
            return new Dictionary<string, LockedStep>();
        }
    }
}
