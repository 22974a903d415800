using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.FileSystemGlobbing;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Storage;

/// <summary>A source pattern that names no file.</summary>
public sealed class SourceMissingException(string message) : Exception(message);

/// <summary>Finds the files outside the store that a step reads and hashes them.</summary>
public static class SourceFiles
{
    /// <summary>The files of all patterns, each once, sorted by name, with what <see cref="SourceFolder"/> leaves out.</summary>
    /// <exception cref="SourceMissingException">A pattern matches nothing that can be read, or two files would have the same name.</exception>
    public static IReadOnlyList<SourceFile> Resolve(IEnumerable<SourcePattern> patterns, string pipelineFolder, FileDigests digests)
    {
        var found = new Dictionary<string, (FoundFile File, string Alias)>(StringComparer.Ordinal);
        var missing = new List<string>();
        SourceRoot? root = null;
        foreach (var pattern in patterns)
        {
            var (any, leftOut) = (false, "");
            var (own, matched) = Expand(pattern.Pattern, pattern.Root?.Folder, pipelineFolder);
            var names = FullFolder(pattern.NamesFrom ?? ".", pipelineFolder);
            var aliases = pattern.Root is null ? names : pattern.Root.Folder is { } given ? FullFolder(given, pipelineFolder) : own;
            root ??= pattern.Root;
            foreach (var file in matched)
            {
                var (name, alias) = (Relative(names, file.Path), Relative(aliases, file.Path));
                any |= file.LeftOut is null;
                if (file.LeftOut is { } why) leftOut = $" that can be read: {name} {why}";
                // Of a file that several patterns find the outermost folder counts, in whatever order they stand.
                if (!found.TryGetValue(name, out var before) || alias.Length > before.Alias.Length) found[name] = (file, alias);
            }

            if (!any && !pattern.Optional) missing.Add($"'{pattern.Pattern}' matches no file{leftOut}{(pattern.Remedy.Length > 0 ? ": " + pattern.Remedy : "")}");
        }

        if (missing.Count > 0) throw new SourceMissingException($"{string.Join("; ", missing)} (looked from the folder of the pipeline file)");
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
                files[i] = new(sorted[i], file.Path, file.Size, file.LeftOut is { } why ? Sha256.Of(Encoding.UTF8.GetBytes(why)) : digests.Of(file)) { Alias = alias, LeftOut = file.LeftOut };
            });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return files;
    }

    /// <summary>The patterns among a step's options that match nothing that can be read, each with its place among them. Looks no further than the first file of each, and opens none.</summary>
    internal static IEnumerable<(string Option, string Message)> Missing(StepType type, JsonObject with, string pipelineFolder)
    {
        var root = type.Params.Members.FirstOrDefault(m => m.SourceRoot)?.Name;
        foreach (var option in type.Params.Members.Where(m => m.SourceFiles))
        {
            // A text stands for patterns that its step type makes of it.
            foreach (var pattern in with[option.Name] is JsonValue ? type.SourcesOf(with).Where(p => !p.Optional && !Found(p.Pattern, p.Root?.Folder)) : [])
                yield return (option.Name, $"'{pattern.Pattern}' matches no file that can be read{(pattern.Remedy.Length > 0 ? ": " + pattern.Remedy : "")}");
            var patterns = with[option.Name] as JsonArray ?? [];
            for (var i = 0; i < patterns.Count; i++)
            {
                if (!Found((string)patterns[i]!, root is null ? null : (string?)with[root]))
                    yield return ($"{option.Name}[{i}]", $"'{patterns[i]}' matches no file that can be read; expected a file, folder or glob, from the folder of the pipeline file");
            }
        }

        bool Found(string pattern, string? under) => Expand(pattern, under, pipelineFolder).Files.Any(f => f.LeftOut is null);
    }

    private static void RefuseSameAlias(Dictionary<string, (FoundFile File, string Alias)> found, SourceRoot root, string pipelineFolder)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, (file, alias)) in found)
        {
            if (file.LeftOut is not null || named.TryAdd(alias, name)) continue;
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
    private static (string Own, IEnumerable<FoundFile> Files) Expand(string pattern, string? root, string folder)
    {
        var full = Path.GetFullPath(pattern, folder).Replace('\\', '/');
        var wild = full.AsSpan().IndexOfAny('*', '?');
        if (wild < 0 && Directory.Exists(full)) return (Folder(full), Under(Folder(full)));
        var own = full[..(full.LastIndexOf('/', wild < 0 ? full.Length - 1 : wild) + 1)];
        if (wild < 0) return (own, File.Exists(full) && SourceFolder.Named(full) is { } file ? [file] : []);
        return (own, Directory.Exists(own) ? Under(own).Where(Matching(full[own.Length..], own.Length)) : []);

        IEnumerable<FoundFile> Under(string own) => new SourceFolder(own, root is null ? own : FullFolder(root, folder)).Files();
    }

    private static string Folder(string path) => Path.TrimEndingDirectorySeparator(path) + "/";

    /// <summary>Whether a file's path from <paramref name="start"/> on matches a glob.</summary>
    private static Func<FoundFile, bool> Matching(string glob, int start)
    {
        var matcher = new Matcher(StringComparison.Ordinal).AddInclude(glob);
        bool Matches(FoundFile file) => file.IsFolder ? Reaches(glob, file.Path.AsSpan(start)) : matcher.Match(file.Path[start..]).HasMatches;
        var last = glob[(glob.LastIndexOf('/') + 1)..];
        if (!last.StartsWith('*') || last.TrimStart('*').AsSpan().IndexOfAny('*', '?') >= 0 || last.EndsWith(".*", StringComparison.Ordinal)) return Matches;
        // All names of a folder with that ending match or none does, and the matcher takes its time.
        var ending = last.TrimStart('*');
        var folders = new Dictionary<string, bool>(StringComparer.Ordinal);
        return file =>
        {
            if (file.IsFolder) return Matches(file);
            if (!file.Path.EndsWith(ending, StringComparison.Ordinal)) return false;
            var folder = file.Path.LastIndexOf('/');
            var byFolder = folders.GetAlternateLookup<ReadOnlySpan<char>>();
            if (!byFolder.TryGetValue(file.Path.AsSpan(0, folder), out var matches)) folders[file.Path[..folder]] = matches = Matches(file);
            return matches;
        };
    }

    /// <summary>Whether a glob may match files in a folder.</summary>
    private static bool Reaches(string glob, ReadOnlySpan<char> folder) => glob.Contains("**", StringComparison.Ordinal) || glob.AsSpan().Count('/') > folder.Count('/');
}
