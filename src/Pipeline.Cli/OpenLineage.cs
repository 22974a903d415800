using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Lineage;
using Pipeline.Steps.Origins;

namespace Pipeline.Cli;

/// <summary>How this program speaks OpenLineage: its names, and where it sends what it says.</summary>
internal static class OpenLineage
{
    public const string UrlVariable = "OPENLINEAGE_URL";
    private const string NamespaceVariable = "OPENLINEAGE_NAMESPACE";
    private const string KeyVariable = "OPENLINEAGE_API_KEY";
    private const string DisabledVariable = "OPENLINEAGE_DISABLED";
    private const string DefaultNamespace = "pipelines";

    /// <param name="commit">Of the run.</param>
    public static OpenLineageSetting Setting(EngineState state, StepCatalog catalog, string file, string? commit)
    {
        var space = Environment.GetEnvironmentVariable(NamespaceVariable) is { Length: > 0 } chosen ? chosen : DefaultNamespace;
        // Without a remote the file itself is the only address there is.
        var code = GitState.PlaceOf(file) is { } place ? new CodePlace(place.Remote ?? new Uri(Path.GetFullPath(file)).AbsoluteUri, place.Remote, place.Path) : null;
        return new(space, state.Cache.Address ?? "file", code, commit, state.Cache, new StepNames(state.Folder))
        {
            Describe = (uses, output, made) => DatasetDescription.Of(catalog, state.Store, uses, output, made),
        };
    }

    /// <summary>The export of a run, or null where nobody asked for one.</summary>
    /// <param name="given">A file or an address; the variable otherwise.</param>
    /// <exception cref="WrongInputException">It is neither.</exception>
    public static Exporting? Export(string? given, OpenedPipeline opened)
    {
        if (string.Equals(Environment.GetEnvironmentVariable(DisabledVariable), "true", StringComparison.OrdinalIgnoreCase)) return null;
        var target = given ?? Environment.GetEnvironmentVariable(UrlVariable);
        if (string.IsNullOrEmpty(target)) return null;
        try
        {
            if (given is null || target.Contains("://", StringComparison.Ordinal))
            {
                var endpoint = new OpenLineageEndpoint(target, Environment.GetEnvironmentVariable(KeyVariable), TimeProvider.System);
                return new(Observe(endpoint.SendAsync), endpoint);
            }

            var writer = new StreamWriter(target, append: true) { AutoFlush = true };
            return new(Observe((told, stop) => writer.WriteLineAsync(RunEventJson.CanonicalOrder(told).AsMemory(), stop)), writer);
        }
        catch (Exception e) when (e is OpenLineageException or IOException or UnauthorizedAccessException)
        {
            throw new WrongInputException($"{(given is null ? UrlVariable : "--openlineage")}: {e.Message}");
        }

        OpenLineageExport Observe(Func<JsonObject, CancellationToken, Task> send) =>
            new(definition => Setting(opened.State, opened.Catalog, definition.File, GitState.Of(definition.Folder)?.Commit), send, TimeProvider.System, Console.Error.WriteLine);
    }

    /// <summary>An export with what it writes to, which is closed after it.</summary>
    internal sealed class Exporting(OpenLineageExport export, IDisposable target) : IAsyncDisposable
    {
        public IRunObserver Observer => export;

        public async ValueTask DisposeAsync()
        {
            await export.DisposeAsync();
            target.Dispose();
        }
    }
}
