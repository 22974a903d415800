using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Registry;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>What a collection removes or would remove.</summary>
/// <param name="Bytes">Of blobs and pieces.</param>
/// <param name="Leftovers">Workspaces of steps that never ended, or claims of machines that died.</param>
/// <param name="HalfWritten">Files that somebody was writing when he was killed.</param>
public sealed record GarbageFound(int Results, int Blobs, int Pieces, long Bytes, int Leftovers, int HalfWritten = 0);

/// <summary>Removes results that no pipeline used lately, pieces that no run did, and the blobs that only they named.</summary>
public static class GarbageCollection
{
    /// <summary>Keeps the latest result of every step of every pipeline, what <paramref name="locks"/> (texts of lock files) and the registry name, and all younger than <paramref name="age"/>.</summary>
    /// <exception cref="StepFailedException">A run is using the state folder.</exception>
    public static GarbageFound Collect(EngineState state, IEnumerable<string> locks, TimeSpan age, bool dryRun)
    {
        using var alone = FileLock.TryTake(Path.Combine(state.Folder.Root, "in-use"))
            ?? throw new StepFailedException("A run is using this state folder; collect when it has ended.");
        var before = state.Clock.GetUtcNow().UtcDateTime - age;
        using var registry = RemoteStores.Open("file:" + state.Folder.Registry, state.Folder.Root, _ => null);
        var (promoted, blobs) = RegisteredBlobs.OfAsync(registry, CancellationToken.None).GetAwaiter().GetResult();
        var roots = KeysOfHistory(state.Folder).Concat(locks.SelectMany(KeysOfLock)).Concat(promoted).ToHashSet(StringComparer.Ordinal);
        var dead = new List<string>();
        foreach (var (key, written) in state.Results.All())
        {
            if (!roots.Contains(key) && written < before) dead.Add(key);
            else if (state.Results.Read(key) is { } result) Mark(result, blobs);
        }

        var pieces = new List<FileInfo>();
        foreach (var piece in state.Pieces.All())
        {
            if (piece.LastWriteTimeUtc < before) pieces.Add(piece);
            else if (Sha256.IsDigest(piece.Name) && state.Pieces.Find(piece.Name, isUse: false)?.File is { } file) blobs.Add(file.Sha256);
        }

        var orphans = state.Store.All().Where(b => !blobs.Contains(b.Digest) && b.Written < before).ToList();
        var workspaces = Directory.Exists(state.Folder.Workspaces) ? Directory.EnumerateDirectories(state.Folder.Workspaces).Where(w => Directory.GetLastWriteTimeUtc(w) < before).ToList() : [];
        var halfWritten = state.Folder.HalfWritten();
        var bytes = orphans.Sum(b => b.Size) + pieces.Sum(p => p.Length);
        if (!dryRun)
        {
            dead.ForEach(state.Results.Delete);
            pieces.ForEach(p => p.Delete());
            state.Horizons.Prune(key => state.Results.Read(key) is not null);
            orphans.ForEach(b => state.Store.Delete(b.Digest));
            workspaces.ForEach(w => Directory.Delete(w, recursive: true));
            foreach (var file in halfWritten) file.Delete();
        }

        return new(dead.Count, orphans.Count, pieces.Count, bytes, workspaces.Count, halfWritten.Count);
    }

    internal static void Mark(StepResult result, HashSet<string> blobs)
    {
        foreach (var output in result.Outputs.Values)
        {
            blobs.Add(output.Digest);
            blobs.UnionWith(output.Files.Select(f => f.Sha256));
        }

        if (result.State is { } state)
        {
            blobs.Add(state.Digest);
            blobs.UnionWith(state.Files.Select(f => f.Sha256));
        }

        if (Recipe.SourcesOf(result.Recipe) is { } sources) blobs.Add(sources);
    }

    internal static IEnumerable<string> KeysOfHistory(StateFolder state) =>
        from folder in Directory.Exists(state.History) ? Directory.EnumerateDirectories(state.History) : []
        from last in History.Read(folder).GroupBy(e => e.Step).Select(g => g.Last())
        select last.Key;

    internal static IEnumerable<string> KeysOfLock(string text) =>
        from step in JsonNode.Parse(text)?["steps"]?.AsObject() ?? []
        let key = (string?)step.Value?["key"]
        where key is not null
        select key;
}
