namespace Pipeline.Engine.Caching;

/// <summary>A lock that ends with the process that holds it, however that ends (flock on Linux).</summary>
public sealed class FileLock : IDisposable
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int WouldBlock = 11;

    private readonly FileStream stream;

    private FileLock(FileStream stream) => this.stream = stream;

    public static FileLock? TryTake(string path, bool shared = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, shared ? FileAccess.Read : FileAccess.ReadWrite, shared ? FileShare.Read : FileShare.None, bufferSize: 1));
        }
        catch (IOException e) when (e.HResult is SharingViolation or WouldBlock)
        {
            return null;
        }
    }

    /// <summary>Waits until the lock is free; <paramref name="waiting"/> is called once when it has to.</summary>
    public static async Task<FileLock> TakeAsync(string path, Action waiting, CancellationToken cancellation)
    {
        var told = false;
        while (true)
        {
            if (TryTake(path) is { } taken) return taken;
            if (!told) waiting();
            told = true;
            await Task.Delay(50, cancellation);
        }
    }

    /// <summary>Waits until the lock is free, for what is held for a moment only.</summary>
    public static FileLock Take(string path)
    {
        while (true)
        {
            if (TryTake(path) is { } taken) return taken;
            Thread.Sleep(10);
        }
    }

    public void Dispose() => stream.Dispose();
}
