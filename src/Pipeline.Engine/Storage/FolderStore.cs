using System.Runtime.CompilerServices;

namespace Pipeline.Engine.Storage;

/// <summary>A folder that several machines see, or another disk.</summary>
internal sealed class FolderStore(string address, string root) : IRemoteStore
{
    private const string Incoming = ".incoming";

    public string Address => address;

    public Task<byte[]?> ReadAsync(string name, CancellationToken cancellation) => Guarded(async () =>
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(name), cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    });

    public Task<bool> DownloadAsync(string name, string file, CancellationToken cancellation) => Guarded(async () =>
    {
        try
        {
            await using var source = File.OpenRead(PathOf(name));
            await using var target = new FileStream(file, FileMode.Create, FileAccess.Write);
            await source.CopyToAsync(target, 1 << 20, cancellation);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    });

    public Task<bool> UploadAsync(string name, long size, Func<Stream> open, bool replace, CancellationToken cancellation) => Guarded(async () =>
    {
        if (!replace && File.Exists(PathOf(name))) return false;
        await using var source = open();
        return await Write(name, replace, target => source.CopyToAsync(target, 1 << 20, cancellation));
    });

    public Task<bool> PutAsync(string name, ReadOnlyMemory<byte> bytes, bool replace, CancellationToken cancellation) =>
        Guarded(() => Write(name, replace, async target => await target.WriteAsync(bytes, cancellation)));

    public async IAsyncEnumerable<RemoteObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var found in await Guarded(() => Task.FromResult(List(prefix))))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return found;
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancellation) => Guarded(() =>
    {
        try
        {
            File.Delete(PathOf(name));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing of it is there.
        }

        return Task.FromResult(true);
    });

    public void Dispose()
    {
    }

    private List<RemoteObject> List(string prefix)
    {
        // A prefix may end inside a name: its folder is listed and filtered.
        var folder = new DirectoryInfo(Path.Combine(root, Path.GetDirectoryName(prefix) ?? ""));
        var found = new List<RemoteObject>();
        try
        {
            foreach (var file in folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
            {
                var name = Path.GetRelativePath(root, file.FullName).Replace('\\', '/');
                if (!name.StartsWith(prefix, StringComparison.Ordinal) || name.StartsWith(Incoming, StringComparison.Ordinal)) continue;
                file.Refresh();
                if (file.Exists) found.Add(new(name, file.Length, $"{file.LastWriteTimeUtc.Ticks}-{file.Length}", file.LastWriteTimeUtc));
            }
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // Removed while we looked.
        }

        found.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return found;
    }

    private async Task<bool> Write(string name, bool replace, Func<Stream, Task> content)
    {
        var temporary = Path.Combine(Directory.CreateDirectory(Path.Combine(root, Incoming)).FullName, UniqueName.Next());
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await content(stream);
                stream.Flush(flushToDisk: true);
            }

            var path = PathOf(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!replace) return AtomicFile.TryMoveNew(temporary, path);
            File.Move(temporary, path, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<T> Guarded<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is (IOException and not DamagedBlobException) or UnauthorizedAccessException)
        {
            throw new RemoteStoreException($"The store {Address} failed: {e.Message}", e) { IsTransient = e is IOException };
        }
    }

    private string PathOf(string name) => Manifest.IsInside(name) ? Path.Combine(root, name) : throw new ArgumentException($"'{name}' leaves the store", nameof(name));
}
