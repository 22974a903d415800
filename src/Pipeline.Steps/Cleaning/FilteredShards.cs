using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>What every step does that looks at each document alone: a shard is a piece, what is left of it a shard of the output, and the counts of all shards are the funnel.</summary>
internal static class FilteredShards
{
    /// <param name="madeOf">Digests of what the filter was made of beside the step's options; null where there is nothing.</param>
    public static Task<FunnelCounts> RunAsync(
        DocumentFilter filter, Artifact<Artifacts.Documents> documents, Output<Artifacts.Documents> output, Output<Artifacts.Funnel> funnelOutput, StepContext context, JsonNode? madeOf = null) =>
        RunAsync(filter.NewTally, (document, tally) => filter.Apply(document, tally) is { } kept ? [kept] : [], documents, output, funnelOutput, context, madeOf);

    /// <param name="apply">What becomes of a document.</param>
    public static async Task<FunnelCounts> RunAsync(
        Func<FunnelTally> newTally, Func<Document, FunnelTally, IReadOnlyList<Document>> apply, Artifact<Artifacts.Documents> documents, Output<Artifacts.Documents> output, Output<Artifacts.Funnel> funnelOutput, StepContext context, JsonNode? madeOf)
    {
        var (tally, read, written) = (newTally(), 0, 0);
        await foreach (var piece in documents.Files.SelectInOrderAsync(context.Cpus, shard => FilterAsync(newTally, apply, documents, shard, context, madeOf), context.Cancellation))
        {
            tally.Add(piece.Facts.Counts);
            if (piece.File is { } path) File.Copy(path, output[DocumentShards.NameOf(written++)]);
            context.Report(++read, documents.Files.Count, "shards");
        }

        var funnel = tally.ToFunnel();
        if (written == 0) throw new StepFailedException($"None of {funnel.Rules[0].DocumentsIn} documents is left: {string.Join(", ", Drops(funnel).Select(r => $"{r.Rule} {r.Threshold} dropped {r.DocumentsIn - r.DocumentsOut}"))}.");
        await File.WriteAllTextAsync(funnelOutput["funnel.json"], funnel.ToJson(), context.Cancellation);
        Report(funnel, context);
        return tally.Counts;
    }

    private static Task<Piece<Filtered>> FilterAsync(Func<FunnelTally> newTally, Func<Document, FunnelTally, IReadOnlyList<Document>> apply, Artifact<Artifacts.Documents> documents, ArtifactFile shard, StepContext context, JsonNode? madeOf) =>
        context.Pieces.GetAsync("shard", madeOf is null ? shard.Sha256 : new JsonObject { ["documents"] = shard.Sha256, ["made_of"] = madeOf.DeepClone() }, async () =>
        {
            var (tally, path) = (newTally(), Path.Combine(context.Scratch, shard.Path));
            await using var writer = new DocumentWriter(path);
            await foreach (var document in DocumentReader.ReadAsync([(shard.Path, documents.Locate(shard.Path))], context.Cancellation))
                foreach (var kept in apply(document, tally)) await writer.AddAsync(kept);
            if (writer.Count > 0) await writer.CompleteAsync();
            return new MadePiece<Filtered>(new(tally.Counts)) { File = writer.Count > 0 ? path : null };
        });

    /// <summary>What is known of a shard.</summary>
    private sealed record Filtered(FunnelCounts Counts);

    private static void Report(Data.Documents.Funnel funnel, StepContext context)
    {
        var (first, last) = (funnel.Rules[0], funnel.Rules[^1]);
        context.Metric("documents.in", first.DocumentsIn);
        context.Metric("documents.out", last.DocumentsOut);
        context.Metric("characters.in", first.CharactersIn);
        context.Metric("characters.out", last.CharactersOut);
        foreach (var rule in funnel.Rules.Where(r => r.DocumentsChanged > 0)) context.Metric("changed." + rule.Rule, rule.DocumentsChanged);
        foreach (var rule in Drops(funnel)) context.Metric("dropped." + rule.Rule, rule.DocumentsIn - rule.DocumentsOut);
        foreach (var rule in funnel.Rules.Where(r => r.Hint is not null))
            context.Log(string.Create(CultureInfo.InvariantCulture, $"{rule.Rule} {rule.Threshold} dropped {rule.DocumentsIn - rule.DocumentsOut:N0} documents: {rule.Hint}"));
        foreach (var (what, count) in funnel.Found ?? new Dictionary<string, long>()) context.Metric("found." + what, count);
        var drops = string.Join(" · ", Drops(funnel).Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Rule.Replace('_', ' ')} {r.DocumentsIn - r.DocumentsOut:N0}")));
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{first.DocumentsIn:N0} -> {last.DocumentsOut:N0}") + (drops.Length > 0 ? $"  ({drops})" : "");
    }

    private static IEnumerable<FunnelRule> Drops(Data.Documents.Funnel funnel) => funnel.Rules.Where(r => r.DocumentsOut < r.DocumentsIn);
}
