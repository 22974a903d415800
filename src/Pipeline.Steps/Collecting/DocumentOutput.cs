using System.Globalization;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>What every collecting step does with its files: read them, a piece each, write the documents as shards, say how many.</summary>
internal static class DocumentOutput
{
    /// <param name="select">Chooses among all documents; null takes all of them, which then need not be in memory at once.</param>
    public static async Task WriteAsync(
        Output<Artifacts.Documents> output, CollectionOptions options, StepContext context, string noun, Func<IReadOnlyList<Document>, IReadOnlyList<Document>>? select)
    {
        var pieces = new FilePieces(new FileCollector(options), context);
        var (count, characters) = (0L, 0L);
        try
        {
            await pieces.ReadAsync();
            if (select is null)
            {
                (count, characters) = (pieces.Documents, pieces.Characters);
                if (count > 0) await new CollectedShards(pieces, context).WriteAsync(output);
            }
            else
            {
                var chosen = select(await pieces.DocumentsAsync());
                (count, characters) = (chosen.Count, chosen.Sum(d => (long)d.Text.Length));
                if (count > 0) await DocumentShards.WriteAllAsync(output.Folder, chosen, context.Cpus, context.Cancellation);
            }
        }
        catch (InvalidDataException e)
        {
            throw new StepFailedException(e.Message, e);
        }

        if (count == 0) throw new StepFailedException($"The {context.Sources.Count} files hold no text: {string.Join(", ", context.Sources.Select(s => s.Name).Take(5))}.");
        context.Metric("files", context.Sources.Count);
        context.Metric("documents", count);
        context.Metric("documents.found", pieces.Documents);
        context.Metric("documents.empty", pieces.Empty);
        context.Metric("characters", characters);
        var found = pieces.Documents == count ? "" : string.Create(CultureInfo.InvariantCulture, $" of {pieces.Documents:N0}");
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{context.Sources.Count:N0} files -> {count:N0}{found} {noun}");
    }
}
