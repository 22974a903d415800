using System.Globalization;
using System.Text.Json;
using Pipeline.Data.Crawling;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>A crawl in the workspace of a step: goes on after an interruption, begins with what an earlier one found, leaves what a later one can begin with, and becomes documents.</summary>
internal static class CrawlSession
{
    private const string Began = "began.json";

    /// <summary>One for the process: several steps of it may ask one host.</summary>
    private static readonly HostGates Gates = new(TimeProvider.System);

    public static async Task RunAsync(FetchParams with, CrawlOptions options, Output<Artifacts.Documents> documents, Output<Artifacts.Datasheet> datasheet, StepContext context)
    {
        var folder = Path.Combine(context.Workspace, "crawl");
        // What was fetched after a look at an earlier crawl is not from the beginning.
        if (context.FromTheBeginning && File.Exists(Path.Combine(folder, Began))) Directory.Delete(folder, recursive: true);
        using var journal = CrawlJournal.Open(folder);
        if (journal.Count > 0) context.Log(string.Create(CultureInfo.InvariantCulture, $"goes on after {journal.Count:N0} answers"));
        if (context.Shorter is { } shorter) await File.WriteAllTextAsync(Path.Combine(folder, Began), JsonSerializer.Serialize(shorter.Run), context.Cancellation);
        using var previous = context.Shorter is { } earlier ? CrawlJournal.Read(earlier.State.Locate(CrawlJournal.JournalFile), earlier.State.Locate(CrawlJournal.BodiesFile)) : null;
        var result = await new Crawler(options, journal, previous, TimeProvider.System) { Gates = Gates, Log = context.Log, Progress = (done, wave) => context.Report(done, 0, "pages", $"{wave} in this wave") }.RunAsync(context.Cancellation);

        var reading = with.ToReading(context.Scratch);
        var pages = new PagePieces(result.Pages, journal, reading, context);
        await DocumentOutput.WriteAsync(pages, documents, datasheet, reading, with.MaxDamaged, context, "documents", sample: null, result);
        // How much of it was there already is luck of the network.
        context.Measure("pages.unchanged", result.Unchanged);
        foreach (var file in new[] { CrawlJournal.JournalFile, CrawlJournal.BodiesFile }) File.Copy(Path.Combine(folder, file), Path.Combine(context.State, file), overwrite: true);
        context.WentOnFrom = File.Exists(Path.Combine(folder, Began)) ? JsonSerializer.Deserialize<ShorterRun>(await File.ReadAllTextAsync(Path.Combine(folder, Began), context.Cancellation)) : null;
    }
}
