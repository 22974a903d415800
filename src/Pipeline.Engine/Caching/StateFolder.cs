using System.Security.Cryptography;
using System.Text;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>Where everything that a pipeline leaves behind lives: <c>.pipeline/</c> at the root of its repository.</summary>
public sealed class StateFolder(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    public string Store => Path.Combine(Root, "store");
    public string Results => Path.Combine(Root, "results");
    public string Horizons => Path.Combine(Root, "horizons");
    public string Workspaces => Path.Combine(Root, "workspaces");
    public string Pieces => Path.Combine(Root, "pieces");
    public string Locks => Path.Combine(Root, "locks");
    public string Runs => Path.Combine(Root, "runs");
    /// <summary>What people answered to steps that ask first, by cache key.</summary>
    public string Approvals => Path.Combine(Root, "approvals");
    /// <summary>What trials failed by their recipe alone, by cache key.</summary>
    public string Divergences => Path.Combine(Root, "divergences");
    public string History => Path.Combine(Root, "history");
    public string Lineage => Path.Combine(Root, "lineage.tsv");
    /// <summary>Models under names, where there is no shared store.</summary>
    public string Registry => Path.Combine(Root, "registry");
    public string FileDigests => Path.Combine(Root, "files.tsv");

    /// <summary>The state folder of a pipeline file: at the root of the git repository that holds it, else beside it.</summary>
    public static StateFolder For(string pipelineFile)
    {
        var beside = Path.GetDirectoryName(Path.GetFullPath(pipelineFile))!;
        for (var folder = beside; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var git = Path.Combine(folder, ".git");
            if (Directory.Exists(git) || File.Exists(git)) return new(Path.Combine(folder, ".pipeline"));
        }

        return new(Path.Combine(beside, ".pipeline"));
    }

    /// <summary>A name for this folder on this machine, the same for as long as it lives there.</summary>
    public string Identity()
    {
        Create();
        var file = Path.Combine(Root, "id");
        for (var tries = 0; tries < 3; tries++)
        {
            if (File.Exists(file))
            {
                if (File.ReadAllText(file).Trim() is { Length: 32 } id) return $"{id[..16]}-{Sha256.Of(Encoding.UTF8.GetBytes(Environment.MachineName))[..8]}";
                // Torn by a power cut: a new name costs no more than a wait for claims under the old one.
                File.Delete(file);
            }

            // Two at once: the first one's name stays, and the other reads it.
            AtomicFile.WriteNew(file, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        }

        throw new InvalidDataException($"{file} does not keep the 32 characters that are written into it; is its disk sound?");
    }

    /// <summary>Whether a step that was stopped kept something in its workspace.</summary>
    public bool HasWorkspace(string key) => Path.Combine(Workspaces, key) is var folder && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();

    /// <summary>Creates the folder, with a note to git that nothing in it is to be committed.</summary>
    public void Create()
    {
        const string Everything = "*\n";
        var ignore = new FileInfo(Path.Combine(Root, ".gitignore"));
        // Written anew where a run was killed between the two, or while it wrote.
        if (ignore.Exists && ignore.Length == Everything.Length) return;
        Prepared(() =>
        {
            Directory.CreateDirectory(Root);
            File.WriteAllText(ignore.FullName, Everything);
            return true;
        });
    }

    /// <summary>Does the first things of a run in the folder.</summary>
    /// <exception cref="StateFolderException">It cannot be made or written.</exception>
    public T Prepared<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateFolderException($"The state folder {Root} cannot be written: {e.Message.Trim()} Make it writable, make room on its disk, or choose another with --state FOLDER.", e);
        }
    }

    /// <summary>What those that were killed left of files that they were writing. Only for who is alone in the folder.</summary>
    public IReadOnlyList<FileInfo> HalfWritten() =>
    [
        .. from place in new[] { Root, Results, Path.Combine(Store, "blobs") }
           where Directory.Exists(place)
           from file in new DirectoryInfo(place).EnumerateFiles("*.tmp", place == Root ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories)
           select file,
        .. Directory.Exists(Path.Combine(Store, "incoming")) ? new DirectoryInfo(Path.Combine(Store, "incoming")).EnumerateFiles() : [],
    ];
}

/// <summary>The folder for everything that a pipeline leaves behind cannot be used. The message stands alone.</summary>
public sealed class StateFolderException(string message, Exception inner) : Exception(message, inner);
