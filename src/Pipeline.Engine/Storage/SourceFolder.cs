using System.IO.Enumeration;

namespace Pipeline.Engine.Storage;

/// <summary>A file as the file system tells of it; <paramref name="Changed"/> in ticks, UTC. Of a link both are those of the file that it leads to.</summary>
internal sealed record FoundFile(string Path, long Size, long Changed)
{
    /// <summary>Why it is not read, as it goes on after its name; null for what is.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Of what is left out: nobody knows what would be in it.</summary>
    public bool IsFolder { get; init; }
}

/// <summary>What lies under a folder: one look at each entry, and nothing is opened. Links to folders are not entered, so none can lead in a circle.</summary>
/// <param name="folder">Ends with a slash. It may itself be a link, or lie behind one.</param>
/// <param name="bounds">A folder that links to files may not lead out of: what others packed must not fetch what it likes.</param>
internal sealed class SourceFolder(string folder, string bounds)
{
    private const string NotRegular = "is no regular file but a pipe, a socket or a device, which are never opened; take it away, or write what it gives into a file";
    private const string NotUtf8 = "has a name that is not UTF-8 and so cannot be opened (what of it is not shows as \uFFFD); rename it, for example with convmv";
    private const string FolderLink = "is a link to a folder, which is not followed; name the folder that it leads to in the pipeline as well";
    private const string OutLink = "is a link that leads out of the folder that is read; name the file itself in the pipeline, or give a root (where the step has one) that holds both";

    private readonly Lazy<string> real = new(() => RealPath.Of(folder) ?? folder), realBounds = new(() => RealPath.Of(bounds) ?? bounds);
    private readonly HashSet<string> unnamed = new(StringComparer.Ordinal);

    /// <summary>Without links that lead nowhere, and without links to folders that are looked through anyway.</summary>
    public IEnumerable<FoundFile> Files() =>
        new FileSystemEnumerable<FoundFile?>(folder, Found, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsLink(ref entry) && IsNamed(ref entry),
            ShouldIncludePredicate = (ref FileSystemEntry entry) => entry.IsDirectory ? IsLink(ref entry) || !IsNamed(ref entry) : (entry.Attributes & FileAttributes.System) == 0,
        }.OfType<FoundFile>();

    /// <summary>A file that a pipeline names: a link is followed wherever it leads. Null where that is nowhere.</summary>
    public static FoundFile? Named(string path) => RealPath.Of(path) is { } real && new FileInfo(real) is { } file ? Checked(new(path, file.Length, file.LastWriteTimeUtc.Ticks)) : null;

    private FoundFile? Found(ref FileSystemEntry entry)
    {
        var path = entry.ToFullPath();
        if (!IsNamed(ref entry)) return new(Apart(path), 0, 0) { LeftOut = NotUtf8, IsFolder = entry.IsDirectory };
        return IsLink(ref entry) ? Linked(path) : Checked(new(path, entry.Length, entry.LastWriteTimeUtc.UtcTicks));
    }

    private FoundFile? Linked(string path)
    {
        if (RealPath.Of(path) is not { } target) return null;
        if (Directory.Exists(target)) return IsUnder(target, real.Value) ? null : new(path, 0, 0) { LeftOut = FolderLink, IsFolder = true };
        if (!IsUnder(target, realBounds.Value)) return new(path, 0, 0) { LeftOut = OutLink };
        var file = new FileInfo(target);
        return Checked(new(path, file.Length, file.LastWriteTimeUtc.Ticks));
    }

    /// <summary>Only what has no length can be something else than a file.</summary>
    private static FoundFile Checked(FoundFile file) => file.Size > 0 || FileKind.IsRegular(file.Path) ? file : file with { LeftOut = NotRegular };

    private static bool IsLink(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    /// <summary>Names are bytes, and what of them is not UTF-8 is lost on the way here: there is then nothing of that name.</summary>
    private static bool IsNamed(ref FileSystemEntry entry) => !entry.FileName.Contains('\uFFFD') || Path.Exists(entry.ToFullPath());

    /// <summary>Names that differ in what was lost of them stay several.</summary>
    private string Apart(string path)
    {
        for (var number = 1; ; number++)
            if ((number == 1 ? path : $"{path} ({number})") is var name && unnamed.Add(name)) return name;
    }

    private static bool IsUnder(string path, string folder) => path == Path.TrimEndingDirectorySeparator(folder) || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + "/", StringComparison.Ordinal);
}
