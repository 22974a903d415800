using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>What steps with a horizon leave for longer runs, from the folder of one to the task of another.</summary>
internal static class KeptStates
{
    /// <summary>Takes what a step left into the store; null where it left nothing or has no horizon.</summary>
    public static KeptState? Take(LocalStore store, StepType type, Recipe recipe, string folder)
    {
        if (!Directory.Exists(folder) || Horizon.Of(type, recipe.Json) is not { } horizon) return null;
        var manifest = store.TakeFolder(folder);
        return new(horizon.Line, horizon.Value, manifest.Digest, manifest.Files);
    }

    /// <summary>The state of a shorter run, fetched; null where there is none any more. Whether it is whole is seen when the step reads it.</summary>
    public static async Task<TaskState?> FetchAsync(SharedCache cache, StepResult? from, CancellationToken cancellation)
    {
        if (from is not { State: { } kept }) return null;
        try
        {
            await cache.FetchAsync(kept.Files, cancellation);
            return new(new(from.Key, kept.Horizon, from.Run), kept.Digest, kept.Files);
        }
        catch (DamagedBlobException)
        {
            return null;
        }
    }
}
