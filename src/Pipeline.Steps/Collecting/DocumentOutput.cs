using System.Globalization;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>What every collecting step does with its files: read them, write the documents, say how many.</summary>
internal static class DocumentOutput
{
    public static async Task WriteAsync(
        Output<Artifacts.Documents> output, CollectionOptions options, StepContext context, string noun, Func<IAsyncEnumerable<Document>, IAsyncEnumerable<Document>> select)
    {
        var collector = new FileCollector(options, context.Cpus);
        var characters = 0L;
        await using var writer = new DocumentWriter(output.Folder);
        try
        {
            await foreach (var document in select(collector.CollectAsync([.. context.Sources.Select(s => (s.Name, s.Path))], context.Cancellation)).WithCancellation(context.Cancellation))
            {
                await writer.AddAsync(document);
                characters += document.Text.Length;
                if (writer.Count % 512 == 0) context.Report(collector.Files, context.Sources.Count, "files");
            }
        }
        catch (InvalidDataException e)
        {
            throw new StepFailedException(e.Message, e);
        }

        if (writer.Count == 0) throw new StepFailedException($"The {context.Sources.Count} files hold no text: {string.Join(", ", context.Sources.Select(s => s.Name).Take(5))}.");
        await writer.CompleteAsync();
        context.Metric("files", collector.Files);
        context.Metric("documents", writer.Count);
        context.Metric("documents.found", collector.Documents);
        context.Metric("documents.empty", collector.Empty);
        context.Metric("characters", characters);
        var found = collector.Documents == writer.Count ? "" : string.Create(CultureInfo.InvariantCulture, $" of {collector.Documents:N0}");
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{collector.Files:N0} files -> {writer.Count:N0}{found} {noun}");
    }
}
