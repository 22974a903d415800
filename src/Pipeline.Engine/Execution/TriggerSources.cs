using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>What the triggers of a pipeline see: for each, names with versions. A trigger fires when they are others.</summary>
/// <param name="openStore">Opens a store by its URI.</param>
public sealed class TriggerSources(FileDigests digests, Func<string, IRemoteStore> openStore)
{
    public const string FilesTrigger = "files";

    /// <exception cref="RemoteStoreException">A store cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> LookAsync(PipelineDefinition definition, CancellationToken cancellation)
    {
        var on = definition.On;
        var seen = new SortedDictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        if (on.Files.Count > 0 || on.Sources) seen[FilesTrigger] = Files(definition);
        foreach (var branch in on.Commits)
            seen[$"commits {branch}"] = GitState.CommitOf(definition.Folder, branch) is { } commit ? new Dictionary<string, string> { [branch] = commit } : new Dictionary<string, string>();
        foreach (var uri in on.Blobs)
        {
            using var store = openStore(uri);
            var objects = new SortedDictionary<string, string>(StringComparer.Ordinal);
            await foreach (var found in store.ListAsync("", cancellation)) objects[found.Name] = found.Version;
            seen[$"blobs {uri}"] = objects;
        }

        return seen;
    }

    private SortedDictionary<string, string> Files(PipelineDefinition definition)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        IEnumerable<SourcePattern> patterns = definition.On.Files.Select(f => new SourcePattern(f));
        if (definition.On.Sources) patterns = [.. patterns, new SourcePattern(definition.File), .. definition.Steps.SelectMany(s => s.Type.SourcesOf(s.With))];
        foreach (var pattern in patterns.Distinct())
        {
            try
            {
                // A file that goes while it is read was there, and is another set of files at the next look.
                foreach (var file in SourceFiles.Resolve([pattern with { NamesFrom = null, Root = null }], definition.Folder, digests)) files[file.Name] = file.Sha256;
            }
            catch (Exception e) when (e is SourceMissingException or FileNotFoundException or DirectoryNotFoundException)
            {
                // None yet: its first file will be a change.
            }
        }

        return files;
    }
}
