using System.Collections.Concurrent;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Storage;

/// <summary>A blob whose content is not what its name says, or that is gone. What is damaged has been moved to quarantine.</summary>
public sealed class DamagedBlobException(string digest, string message) : IOException(message)
{
    public string Digest { get; } = digest;
}

/// <summary>Content-addressed blobs in a local folder: immutable files, atomic creation, verified reads, no database.</summary>
public sealed class LocalStore
{
    private readonly string blobs;
    private readonly string quarantine;
    private readonly string incoming;
    private readonly ConcurrentDictionary<string, bool> verified = new();
    private readonly ConcurrentDictionary<string, bool> folders = new();

    public LocalStore(string root)
    {
        Root = Path.GetFullPath(root);
        blobs = Path.Combine(Root, "blobs");
        quarantine = Path.Combine(Root, "quarantine");
        incoming = Path.Combine(Root, "incoming");
    }

    public string Root { get; }

    /// <summary>True where a blob of this name and size exists; its content is verified when it is read.</summary>
    public bool Has(string digest, long size)
    {
        var info = new FileInfo(PathOf(digest));
        return info.Exists && info.Length == size;
    }

    public bool Has(ArtifactFile file) => Has(file.Sha256, file.Size);

    /// <summary>The path on disk of a blob, its content verified once in the life of this process.</summary>
    /// <exception cref="DamagedBlobException">The blob is gone or is not what its name says.</exception>
    public string Locate(ArtifactFile file)
    {
        var path = PathOf(file.Sha256);
        if (verified.ContainsKey(file.Sha256) && File.Exists(path)) return path;
        Verify(file, DigestOf(path) ?? throw Lost(file));
        return path;
    }

    /// <summary>The content of a blob, for a reader who acts at its end only: the end is not reached where the content is not what the blob's name says.</summary>
    /// <exception cref="DamagedBlobException">The blob is gone; reading throws it too.</exception>
    public Stream Open(ArtifactFile file)
    {
        try
        {
            return new VerifyingStream(PathOf(file.Sha256), digest => Verify(file, digest));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Lost(file);
        }
    }

    private void Verify(ArtifactFile file, string digest)
    {
        if (digest != file.Sha256)
        {
            Quarantine(file.Sha256);
            throw new DamagedBlobException(file.Sha256, $"The blob {file.Sha256} ('{file.Path}') was damaged on disk and is now in {quarantine}; run again: the step that made it will run again.");
        }

        verified.TryAdd(file.Sha256, true);
    }

    private static DamagedBlobException Lost(ArtifactFile file) => new(file.Sha256, $"The store has lost the blob {file.Sha256} ('{file.Path}'); run again: the step that made it will run again.");

    /// <summary>Null where there is no file, be it that another reader has just found it damaged.</summary>
    private static string? DigestOf(string path)
    {
        try
        {
            return Sha256.OfFile(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public string Put(ReadOnlySpan<byte> bytes)
    {
        var digest = Sha256.Of(bytes);
        if (Has(digest, bytes.Length)) return digest;
        AtomicFile.Write(Prepare(digest), bytes);
        return digest;
    }

    /// <summary>Takes every file under a folder into the store, moving it, and returns the manifest, which is stored too.</summary>
    /// <exception cref="StepFailedException">The folder holds something that is not a plain file.</exception>
    public Manifest TakeFolder(string folder)
    {
        var files = new List<ArtifactFile>();
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var name = Path.GetRelativePath(folder, entry.FullName).Replace('\\', '/');
            if (entry.LinkTarget is not null) throw new StepFailedException($"The output holds a link, '{name}' -> '{entry.LinkTarget}'; an artifact is made of plain files: copy what the link points to.");
            if (entry is not FileInfo file) continue;
            if ((file.UnixFileMode & UnixFileMode.UserRead) == 0) throw new StepFailedException($"The output file '{name}' cannot be read; make it readable.");
            files.Add(new ArtifactFile(name, file.Length, Take(file.FullName)));
        }

        var manifest = new Manifest(files);
        Put(manifest.Bytes);
        return manifest;
    }

    /// <summary>Where a blob may be written before it is known to be whole; see <see cref="TakeIfWhole"/>.</summary>
    public string PlaceForIncoming()
    {
        Directory.CreateDirectory(incoming);
        return Path.Combine(incoming, UniqueName.Next());
    }

    /// <summary>Moves a file that came from elsewhere into the store if it is what it should be; removes it otherwise.</summary>
    public bool TakeIfWhole(string file, string digest)
    {
        if (Sha256.OfFile(file) != digest)
        {
            File.Delete(file);
            return false;
        }

        AtomicFile.MoveInto(file, Prepare(digest));
        verified.TryAdd(digest, true);
        return true;
    }

    /// <exception cref="DamagedBlobException">The manifest is gone or damaged.</exception>
    public Manifest ReadManifest(string digest)
    {
        var path = PathOf(digest);
        if (!File.Exists(path)) throw new DamagedBlobException(digest, $"The store has no artifact {digest}.");
        var bytes = File.ReadAllBytes(path);
        if (Sha256.Of(bytes) == digest) return Manifest.Parse(bytes);
        Quarantine(digest);
        throw new DamagedBlobException(digest, $"The manifest {digest} was damaged on disk and is now in {quarantine}.");
    }

    /// <summary>Every blob: digest, size, time of last write.</summary>
    public IEnumerable<(string Digest, long Size, DateTime Written)> All() =>
        from file in Directory.Exists(blobs) ? new DirectoryInfo(blobs).EnumerateFiles("*", SearchOption.AllDirectories) : []
        where Sha256.IsDigest(file.Name)
        select (file.Name, file.Length, file.LastWriteTimeUtc);

    public void Delete(string digest)
    {
        verified.TryRemove(digest, out _);
        File.Delete(PathOf(digest));
    }

    /// <summary>Moves a file into the store.</summary>
    public string Take(string file)
    {
        // Out of the step's reach before it is hashed: a process that the step left behind must not write into a blob.
        var mine = PlaceForIncoming();
        File.Move(file, mine);
        var digest = Sha256.OfFile(mine);
        var size = new FileInfo(mine).Length;
        if (Has(digest, size)) File.Delete(mine);
        else AtomicFile.MoveInto(mine, Prepare(digest));
        return digest;
    }

    private void Quarantine(string digest)
    {
        Directory.CreateDirectory(quarantine);
        try
        {
            File.Move(PathOf(digest), Path.Combine(quarantine, digest), overwrite: true);
        }
        catch (FileNotFoundException)
        {
            // Another reader was first.
        }
    }

    private string Prepare(string digest)
    {
        var folder = Path.Combine(blobs, digest[..2]);
        // Known only once it is there: another thread may be about to write into it.
        if (!folders.ContainsKey(folder))
        {
            Directory.CreateDirectory(folder);
            folders.TryAdd(folder, true);
        }

        return Path.Combine(folder, digest);
    }

    private string PathOf(string digest) => Path.Combine(blobs, digest[..2], digest);
}
