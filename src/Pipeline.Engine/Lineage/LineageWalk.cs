using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Lineage;

/// <summary>Walks from artifacts to what they came from, or to what was made from them, over stored results.</summary>
/// <param name="sharing">Told before all results of the shared store are read.</param>
public sealed class LineageWalk(ResultIndex index, SharedCache cache, StepNames names, Action sharing)
{
    private const string Gone = "the result that made it is neither here nor in a shared store (removed by gc, or made elsewhere)";

    private readonly Dictionary<string, StepResult?> read = new(StringComparer.Ordinal);
    private bool askedAll;

    /// <summary>An artifact by its digest: made by the last result that made it.</summary>
    public async Task<LineageArtifact> TargetAsync(string digest, CancellationToken cancellation)
    {
        if (index.MakersOf(digest).Count == 0) await AskAllAsync(cancellation);
        var makers = index.MakersOf(digest).Select(m => m.Key).ToList();
        return Found(digest[..12], digest, makers.FirstOrDefault(k => ResultOf(k) is not null), makers);
    }

    /// <summary>The outputs of a result; the numbers that every step has only where it has nothing else.</summary>
    public IReadOnlyList<LineageArtifact> TargetsOf(StepResult result, string name)
    {
        read[result.Key] = result;
        var outputs = result.Outputs.Where(o => o.Key != Metrics.Port || result.Outputs.Count == 1);
        return [.. outputs.Select(o => new LineageArtifact($"{name}.{o.Key}", o.Value.Digest, result.Key, o.Key, Others(o.Value.Digest, result.Key), ""))];
    }

    public async Task<LineageGraph> UpAsync(IReadOnlyList<LineageArtifact> targets, CancellationToken cancellation)
    {
        var steps = new List<LineageStep>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(targets.Select(t => t.MadeBy).OfType<string>().Reverse());
        while (open.TryPop(out var key))
        {
            if (!seen.Add(key) || ResultOf(key) is not { } result) continue;
            var step = await StepAsync(result, cancellation);
            steps.Add(step);
            foreach (var input in step.Inputs.Reverse())
            {
                if (input.MadeBy is { } above) open.Push(above);
            }
        }

        return new(targets, steps);
    }

    /// <summary>What was made from the targets, by content: also what read the same bytes of another maker. Numbers are the exception, for many steps have the same few.</summary>
    public async Task<LineageGraph> DownAsync(IReadOnlyList<LineageArtifact> targets, IEnumerable<string> alsoFrom, CancellationToken cancellation)
    {
        var steps = new List<LineageStep>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(targets.SelectMany(t => index.ReadersOf(t.Digest)).Select(r => r.Key).Concat(alsoFrom));
        while (open.TryDequeue(out var key))
        {
            if (!seen.Add(key) || ResultOf(key) is not { } result) continue;
            steps.Add(await StepAsync(result, cancellation));
            foreach (var (output, made) in result.Outputs)
            {
                foreach (var reader in index.ReadersOf(made.Digest).Where(r => output != Metrics.Port || r.Upstream.Contains(key))) open.Enqueue(reader.Key);
            }
        }

        return new(targets, steps);
    }

    private async Task<LineageStep> StepAsync(StepResult result, CancellationToken cancellation)
    {
        var recorded = Recipe.InputsOf(result.Recipe);
        var inputs = new List<LineageArtifact>(recorded.Count);
        for (var i = 0; i < recorded.Count; i++)
        {
            var maker = result.Upstream.Count == recorded.Count ? result.Upstream[i] : null;
            inputs.Add(await InputAsync(recorded[i], maker, result, cancellation));
        }

        return new(result, names.Of(result.Key), inputs, await SourcesAsync(result, cancellation));
    }

    private async Task<LineageArtifact> InputAsync(RecipeInput input, string? recorded, StepResult reader, CancellationToken cancellation)
    {
        var port = input.Member.Length == 0 ? input.Port : $"{input.Port}.{input.Member}";
        // A result that was forced since may have other bytes under the same key.
        if (recorded is not null && ResultOf(recorded) is { } made && made.Outputs.Values.Any(o => o.Digest == input.Digest)) return Found(port, input.Digest, recorded, [.. index.MakersOf(input.Digest).Select(m => m.Key)]);
        if (index.MakersOf(input.Digest).Count == 0) await AskAllAsync(cancellation);
        var makers = index.MakersOf(input.Digest);
        return Found(port, input.Digest, Nearest(makers, reader)?.Key, [.. makers.Select(m => m.Key)]);
    }

    /// <summary>Of the run that made the reader, else the last that ended before it, else the first after it. A step may give what it was given: it is no maker of its own input.</summary>
    private static IndexedResult? Nearest(IReadOnlyList<IndexedResult> makers, StepResult reader)
    {
        var others = makers.Where(m => m.Key != reader.Key).ToList();
        var before = others.Where(m => m.Finished <= reader.Finished.UtcTicks).ToList();
        return before.Find(m => m.Run == reader.Run) ?? before.FirstOrDefault() ?? others.LastOrDefault();
    }

    private LineageArtifact Found(string port, string digest, string? maker, IReadOnlyList<string> makers) =>
        maker is not null && ResultOf(maker) is { } result
            ? new(port, digest, maker, result.Outputs.First(o => o.Value.Digest == digest).Key, [.. makers.Where(k => k != maker)], "")
            : new(port, digest, null, "", makers, Gone);

    private List<string> Others(string digest, string key) => [.. index.MakersOf(digest).Select(m => m.Key).Where(k => k != key)];

    private async Task<LineageSources?> SourcesAsync(StepResult result, CancellationToken cancellation)
    {
        if (Recipe.SourcesOf(result.Recipe) is not { } digest) return null;
        return await cache.ReadManifestAsync(digest, cancellation) is { } manifest
            ? new(digest, manifest.Files, "") : new(digest, [], "the list of its source files is neither here nor in a shared store");
    }

    private StepResult? ResultOf(string key) => read.TryGetValue(key, out var known) ? known : read[key] = Sha256.IsDigest(key) ? cache.Read(key) : null;

    /// <summary>Nothing here made a digest: learns what all others made, once.</summary>
    private async Task AskAllAsync(CancellationToken cancellation)
    {
        if (askedAll || !cache.IsShared) return;
        askedAll = true;
        sharing();
        index.Add(await cache.ReadAllOfRemoteAsync(cancellation));
    }
}
