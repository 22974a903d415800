using Microsoft.Extensions.FileSystemGlobbing;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Storage;

/// <summary>A source pattern that names no file.</summary>
public sealed class SourceMissingException(string message) : Exception(message);

/// <summary>Finds the files outside the store that a step reads and hashes them.</summary>
public static class SourceFiles
{
    /// <summary>The files of all patterns, each once, sorted by name. Links to folders are not followed.</summary>
    /// <exception cref="SourceMissingException">A pattern matches nothing.</exception>
    public static IReadOnlyList<SourceFile> Resolve(IEnumerable<SourcePattern> patterns, string pipelineFolder, FileDigests digests)
    {
        var found = new Dictionary<string, FileInfo>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            var any = false;
            foreach (var file in Expand(pattern.Pattern, pipelineFolder))
            {
                any = true;
                found.TryAdd(Path.GetRelativePath(pattern.NamesFrom ?? pipelineFolder, file.FullName).Replace('\\', '/'), file);
            }

            if (!any) throw new SourceMissingException($"'{pattern.Pattern}' matches no file (looked from the folder of the pipeline file)");
        }

        // A query in parallel costs a hundred thread switches, and most steps read no files at all.
        if (found.Count == 0) return [];
        return [.. found.AsParallel().Select(f => new SourceFile(f.Key, f.Value.FullName, f.Value.Length, digests.Of(f.Value))).AsSequential().OrderBy(f => f.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<FileInfo> Expand(string pattern, string folder)
    {
        var full = Path.GetFullPath(pattern, folder).Replace('\\', '/');
        var wild = full.AsSpan().IndexOfAny('*', '?');
        if (wild < 0)
        {
            if (Directory.Exists(full)) return Under(full);
            return File.Exists(full) ? [new FileInfo(full)] : [];
        }

        var root = full[..(full.LastIndexOf('/', wild) + 1)];
        if (!Directory.Exists(root)) return [];
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(full[root.Length..]);
        return Under(root).Where(f => matcher.Match(f.FullName[root.Length..]).HasMatches);
    }

    private static IEnumerable<FileInfo> Under(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.System, IgnoreInaccessible = false })
            .Where(f => !CrossesLink(f, folder));

    private static bool CrossesLink(FileInfo file, string root)
    {
        for (var parent = file.Directory; parent is not null && parent.FullName.Length > root.TrimEnd('/').Length; parent = parent.Parent)
        {
            if (parent.LinkTarget is not null) return true;
        }

        return false;
    }
}
