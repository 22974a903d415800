using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;

namespace Pipeline.Cli;

/// <summary>What gates compare with: the metrics of a pipeline's lock file at another commit.</summary>
internal static class Baselines
{
    public static LockedMetrics At(string file, string reference)
    {
        var path = LockFile.PathFor(file);
        var (succeeded, text, error) = GitState.FileAt(path, reference);
        var name = $"{Path.GetFileName(path)} at '{reference}'";
        if (!succeeded) return new(null, $"there is no {name}: {error.ReplaceLineEndings(" ").Trim()}");
        try
        {
            return new(LockFile.Parse(text, name).Steps.ToDictionary(s => s.Key, s => s.Value.Metrics, StringComparer.Ordinal));
        }
        catch (InvalidDataException e)
        {
            return new(null, e.Message, Damaged: true);
        }
    }
}
