using Pipeline.Engine.Caching;

namespace Pipeline.Engine.Execution;

/// <summary>Where the steps of one run write before their results are stored. What runs that died left is removed when the next one starts.</summary>
public sealed class AttemptFolder : IDisposable
{
    private const string Suffix = ".alive";

    private readonly FileLock alive;

    public AttemptFolder(StateFolder state, string run)
    {
        var root = System.IO.Path.Combine(state.Root, "attempts");
        Path = System.IO.Path.Combine(root, run);
        // Between a lock file's making and its locking another run would take it for that of a dead one: runs begin one after the other.
        using var beginning = FileLock.Take(System.IO.Path.Combine(state.Locks, "beginning"));
        // The lock before the folder: whoever sees the folder can tell that its run lives.
        alive = FileLock.TryTake(LockOf(Path)) ?? throw new IOException($"{Path} is in use by another run of the same name.");
        Directory.CreateDirectory(Path);
        // A run may have died between its lock and its folder, or the other way round at its end.
        var others = Directory.EnumerateDirectories(root).Concat(Directory.EnumerateFiles(root, "*" + Suffix).Select(f => f[..^Suffix.Length]));
        foreach (var other in others.Where(d => d != Path).Distinct().ToList()) RemoveIfDead(other);
    }

    public string Path { get; }

    /// <summary>The run is going on, on this machine or another that sees the folder.</summary>
    public static bool IsAlive(StateFolder state, string run)
    {
        var file = LockOf(System.IO.Path.Combine(state.Root, "attempts", run));
        if (!File.Exists(file)) return false;
        using var dead = FileLock.TryTake(file, shared: true);
        return dead is null;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            File.Delete(LockOf(Path));
        }
        catch (IOException)
        {
            // A step that did not stop when it was asked to may be writing still: the next run removes what is left.
        }

        alive.Dispose();
    }

    private static void RemoveIfDead(string folder)
    {
        using var dead = FileLock.TryTake(LockOf(folder));
        if (dead is null) return;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        File.Delete(LockOf(folder));
    }

    private static string LockOf(string folder) => folder + Suffix;
}
