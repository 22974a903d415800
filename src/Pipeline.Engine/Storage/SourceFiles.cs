using System.IO.Enumeration;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.FileSystemGlobbing;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Storage;

/// <summary>A source pattern that names no file.</summary>
public sealed class SourceMissingException(string message) : Exception(message);

/// <summary>A file as the file system tells of it; <paramref name="Changed"/> in ticks, UTC. Of a link both are those of the file that it leads to.</summary>
internal sealed record FoundFile(string Path, long Size, long Changed);

/// <summary>Finds the files outside the store that a step reads and hashes them.</summary>
public static class SourceFiles
{
    /// <summary>The files of all patterns, each once, sorted by name. Links to folders are not followed.</summary>
    /// <exception cref="SourceMissingException">A pattern matches nothing, or two files would have the same name.</exception>
    public static IReadOnlyList<SourceFile> Resolve(IEnumerable<SourcePattern> patterns, string pipelineFolder, FileDigests digests)
    {
        var found = new Dictionary<string, (FoundFile File, string Alias)>(StringComparer.Ordinal);
        var missing = new List<string>();
        SourceRoot? root = null;
        foreach (var pattern in patterns)
        {
            var any = false;
            var (own, matched) = Expand(pattern.Pattern, pipelineFolder);
            var names = FullFolder(pattern.NamesFrom ?? ".", pipelineFolder);
            var aliases = pattern.Root is null ? names : pattern.Root.Folder is { } given ? FullFolder(given, pipelineFolder) : own;
            root ??= pattern.Root;
            foreach (var file in matched)
            {
                any = true;
                var (name, alias) = (Relative(names, file.Path), Relative(aliases, file.Path));
                // Of a file that several patterns find the outermost folder counts, in whatever order they stand.
                if (!found.TryGetValue(name, out var before) || alias.Length > before.Alias.Length) found[name] = (file, alias);
            }

            if (!any && !pattern.Optional) missing.Add($"'{pattern.Pattern}'");
        }

        if (missing.Count > 0) throw new SourceMissingException($"{string.Join(" and ", missing)} {(missing.Count == 1 ? "matches" : "match")} no file (looked from the folder of the pipeline file)");
        if (root is not null) RefuseSameAlias(found, root, pipelineFolder);

        // Threads cost more than most steps have files, and many have none.
        if (found.Count == 0) return [];
        var sorted = found.Keys.ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        var files = new SourceFile[sorted.Length];
        try
        {
            Parallel.For(0, sorted.Length, i =>
            {
                var (file, alias) = found[sorted[i]];
                files[i] = new(sorted[i], file.Path, file.Size, digests.Of(file)) { Alias = alias };
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return files;
    }

    private static void RefuseSameAlias(Dictionary<string, (FoundFile File, string Alias)> found, SourceRoot root, string pipelineFolder)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, (file, alias)) in found)
        {
            if (named.TryAdd(alias, name)) continue;
            var (first, second) = string.CompareOrdinal(named[alias], name) < 0 ? (named[alias], name) : (name, named[alias]);
            var (one, other) = (found[first].File.Path, found[second].File.Path);
            var both = one[..(one.AsSpan(0, one.AsSpan().CommonPrefixLength(other)).LastIndexOf('/') + 1)];
            throw new SourceMissingException($"{first} and {second} would both be called {alias}; name all files from a folder that holds both, with {root.Option}: {Path.GetRelativePath(pipelineFolder, both).Replace('\\', '/')}");
        }
    }

    private static string Relative(string folder, string path) =>
        path.StartsWith(folder, StringComparison.Ordinal) ? path[folder.Length..] : Path.GetRelativePath(folder, path).Replace('\\', '/');

    private static string FullFolder(string folder, string pipelineFolder) => Folder(Path.GetFullPath(folder, pipelineFolder));

    /// <summary>What a pattern finds, and its own folder: what stands before its first wildcard, a folder itself, the folder that a file is in.</summary>
    private static (string Own, IEnumerable<FoundFile> Files) Expand(string pattern, string folder)
    {
        var full = Path.GetFullPath(pattern, folder).Replace('\\', '/');
        var wild = full.AsSpan().IndexOfAny('*', '?');
        if (wild < 0 && Directory.Exists(full)) return (Folder(full), Under(full));
        var own = full[..(full.LastIndexOf('/', wild < 0 ? full.Length - 1 : wild) + 1)];
        if (wild < 0) return (own, File.Exists(full) ? [Found(new FileInfo(full))] : []);
        return (own, Directory.Exists(own) ? Under(own).Where(Matching(full[own.Length..], own.Length)) : []);
    }

    private static string Folder(string path) => Path.TrimEndingDirectorySeparator(path) + "/";

    /// <summary>Whether a file's path from <paramref name="start"/> on matches a glob.</summary>
    private static Func<FoundFile, bool> Matching(string glob, int start)
    {
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(glob);
        bool Matches(FoundFile file) => matcher.Match(file.Path[start..]).HasMatches;
        var last = glob[(glob.LastIndexOf('/') + 1)..];
        if (!last.StartsWith('*') || last.TrimStart('*').AsSpan().IndexOfAny('*', '?') >= 0 || last.EndsWith(".*", StringComparison.Ordinal)) return Matches;
        // All names of a folder with that ending match or none does, and the matcher takes its time.
        var ending = last.TrimStart('*');
        var folders = new Dictionary<string, bool>(StringComparer.Ordinal);
        return file =>
        {
            if (!file.Path.EndsWith(ending, StringComparison.Ordinal)) return false;
            var folder = file.Path.LastIndexOf('/');
            var byFolder = folders.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!byFolder.TryGetValue(file.Path.AsSpan(0, folder), out var matches)) folders[file.Path[..folder]] = matches = Matches(file);
            return matches;
        };
    }

    /// <summary>One look at each entry; what a link to a folder holds is not entered, and a link that leads nowhere is no file.</summary>
    private static IEnumerable<FoundFile> Under(string folder) =>
        new FileSystemEnumerable<FoundFile?>(folder, Found, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && (entry.Attributes & FileAttributes.System) == 0,
        }.OfType<FoundFile>();

    private static FoundFile? Found(ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0
        ? Linked(entry.ToFullPath())
        : new(entry.ToFullPath(), entry.Length, entry.LastWriteTimeUtc.UtcTicks);

    private static FoundFile? Linked(string path)
    {
        try
        {
            return new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } real ? new(path, real.Length, real.LastWriteTimeUtc.Ticks) : null;
        }
        catch (IOException)
        {
            // It leads to itself.
            return null;
        }
    }

    internal static FoundFile Found(FileInfo file)
    {
        var real = file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
        return new(file.FullName, real.Exists ? real.Length : 0, real.LastWriteTimeUtc.Ticks);
    }
}
