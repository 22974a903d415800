using System.Collections.Concurrent;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Execution;

/// <summary>The secrets of one run: their values for the steps that use them, and nothing of them for anyone else.</summary>
public sealed class Secrets(PipelineDefinition definition, SecretReader reader)
{
    private const string Mask = "***";

    private readonly ConcurrentDictionary<string, string> values = new(StringComparer.Ordinal);
    private volatile IReadOnlyList<string> hidden = [];

    /// <summary>Learns what costs nothing to know, so that no step can print it: what this process inherits is in the environment of its children too.</summary>
    public async Task PrepareAsync()
    {
        foreach (var source in definition.Secrets.Where(s => s.Kind != SecretKind.KeyVault))
        {
            try
            {
                await ReadAsync(source, CancellationToken.None);
            }
            catch (StepFailedException)
            {
                // The step that uses it says so; without one it is not needed.
            }
        }
    }

    /// <summary>The values that a step uses.</summary>
    /// <exception cref="StepFailedException">One is not to be had.</exception>
    public async Task<IReadOnlyDictionary<string, string>> OfAsync(StepDefinition step, CancellationToken cancellation)
    {
        var used = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in SecretReference.In(step.With).Concat(SecretReference.In(step.Env)).Distinct(StringComparer.Ordinal))
            used[name] = await ReadAsync(definition.Secrets.First(s => s.Name == name), cancellation);
        return used;
    }

    /// <summary>A text without secrets.</summary>
    public string Hide(string text)
    {
        foreach (var value in hidden) text = text.Replace(value, Mask, StringComparison.Ordinal);
        return text;
    }

    public TaskOutcome Hide(TaskOutcome outcome) => hidden.Count == 0 ? outcome : outcome with
    {
        Failure = outcome.Failure is { } failure ? failure with { Message = Hide(failure.Message) } : null,
        Summary = Hide(outcome.Summary),
        Metrics = Hide(outcome.Metrics),
        Measurements = Hide(outcome.Measurements),
    };

    public IStepListener Hide(IStepListener listener) => new Hiding(listener, this);

    /// <exception cref="StepFailedException">A file of the output tells a secret by its name, which would stay in manifests.</exception>
    public void RefuseInNames(string output, string folder)
    {
        if (hidden.Count == 0) return;
        foreach (var name in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(folder, p)))
        {
            if (Hide(name) is var safe && safe != name) throw new StepFailedException($"The output '{output}' has a file whose name holds a secret: {safe}.");
        }
    }

    private SortedDictionary<string, double> Hide(IReadOnlyDictionary<string, double> numbers)
    {
        var kept = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in numbers) kept[Hide(name)] = value;
        return kept;
    }

    private async Task<string> ReadAsync(SecretSource source, CancellationToken cancellation)
    {
        if (values.TryGetValue(source.Name, out var known)) return known;
        var value = await reader.ReadAsync(source, definition.Folder, cancellation);
        lock (values)
        {
            values[source.Name] = value;
            // Logs come in lines, so each line of a key is hidden alone; long ones first, for one may be part of another.
            hidden = [.. values.Values.SelectMany(v => v.Split('\n', StringSplitOptions.TrimEntries).Append(v)).Where(v => v.Length >= SecretReader.Shortest).Distinct().OrderByDescending(v => v.Length).ThenBy(v => v, StringComparer.Ordinal)];
        }

        return value;
    }

    private sealed class Hiding(IStepListener inner, Secrets secrets) : IStepListener
    {
        public void Logged(string line) => inner.Logged(secrets.Hide(line));

        public void Waits(string reason) => inner.Waits(secrets.Hide(reason));

        public void Progressed(StepProgress progress) => inner.Progressed(progress with { Unit = secrets.Hide(progress.Unit), Note = secrets.Hide(progress.Note) });
    }
}
