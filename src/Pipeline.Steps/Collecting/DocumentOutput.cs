using System.Globalization;
using Pipeline.Data.Collection;
using Pipeline.Data.Crawling;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>What every collecting step does with its files: read them in pieces, write the documents as shards and a datasheet, say how many.</summary>
internal static class DocumentOutput
{
    private const int DamagesShown = 10;

    /// <param name="noun">What the documents are called on the screen.</param>
    /// <param name="sample">Chooses among all documents; null takes all of them, which then need not be in memory at once.</param>
    public static Task WriteAsync(
        Output<Artifacts.Documents> output, Output<Artifacts.Datasheet> datasheet, CollectionOptions options, double maximumDamaged, StepContext context, string noun,
        Func<IReadOnlyList<Document>, IReadOnlyList<Document>>? sample) =>
        WriteAsync(new FilePieces(options, [.. context.Sources.OrderBy(s => s.Alias, StringComparer.Ordinal).Select(s => new PieceFile(s, null))], context), output, datasheet, options, maximumDamaged, context, noun, sample, null);

    /// <param name="crawled">What was fetched and what was not; null where nothing was.</param>
    public static async Task WriteAsync(
        DocumentPieces files, Output<Artifacts.Documents> output, Output<Artifacts.Datasheet> datasheet, CollectionOptions options, double maximumDamaged, StepContext context, string noun,
        Func<IReadOnlyList<Document>, IReadOnlyList<Document>>? sample, CrawlResult? crawled)
    {
        var (tally, refused, kept) = (files.Tally, crawled?.Refused.Counts, crawled?.Kept.Counts);
        foreach (var left in context.LeftOut) tally.Add(new Damage(DamageKind.Refused, left.Alias, "", $"{left.LeftOut}."));
        var filters = new List<DatasheetFilter>();
        await files.ReadAsync();
        Refuse(files, maximumDamaged, refused, options.Columns);
        if (sample is null) await new CollectedShards(files, context).WriteAsync(output);
        else
        {
            var chosen = sample(await files.DocumentsAsync());
            filters.Add(new("sample", tally.Documents, chosen.Count));
            tally = tally.OnlyOf(chosen);
            await DocumentShards.WriteAllAsync(output.Folder, chosen, context.Cpus, context.Cancellation);
        }

        var sheet = new Datasheet(files.Sources, tally, filters, options.Limits) { Refused = refused, Kept = kept is { Count: > 0 } ? kept : null };
        await File.WriteAllTextAsync(datasheet["datasheet.json"], sheet.ToJson(), context.Cancellation);
        await File.WriteAllTextAsync(datasheet["datasheet.md"], sheet.ToMarkdown(), context.Cancellation);
        Say(files, tally, noun, context, refused, kept);
    }

    private static void Refuse(DocumentPieces files, double maximumDamaged, IReadOnlyList<RefusalCount>? refused, ColumnMap columns)
    {
        var found = files.Tally;
        // Of columns that nobody named a lack is damage of the records: other formats have none.
        if (!columns.IsDefault && found.Nowhere(columns) is { Count: > 0 } nowhere)
            throw new StepFailedException($"No record has {string.Join(" and ", nowhere.Select(n => $"the column '{n.Column}' of columns.{n.Option}"))}; there are: {string.Join(", ", found.Columns)}. Name one of those, or leave out what there is not.");
        if (found.Documents == 0)
        {
            var names = string.Join(", ", files.Sources.Select(s => s.Name).Take(5)) + (files.Sources.Count > 5 ? ", …" : "");
            var left = refused is { Count: > 0 } ? "\nNot taken:\n" + string.Join('\n', refused.Select(r => $"{r.Reason} {r.Count}: {string.Join(", ", r.Samples.Take(3))}")) : "";
            throw new StepFailedException(found.Faults.Count == 0
                ? $"The {files.Sources.Count} {files.Noun} hold no text{(names.Length > 0 ? ": " : "")}{names}.{left}"
                : $"None of the {files.Sources.Count} {files.Noun} gave a document:\n{Named(found)}{left}");
        }

        if (found.DamagedShare > maximumDamaged)
            throw new StepFailedException(string.Create(CultureInfo.InvariantCulture,
                $"{found.Damaged:N0} of {found.Damaged + found.Documents + found.Empty:N0} records are damaged, a share of {found.DamagedShare:0.####} and more than max_damaged: {maximumDamaged}. Mend or leave out these, or raise it:\n{Named(found)}"));
    }

    private static void Say(DocumentPieces files, CollectionTally tally, string noun, StepContext context, IReadOnlyList<RefusalCount>? refused, IReadOnlyList<RefusalCount>? kept)
    {
        var found = files.Tally;
        context.Metric(files.Noun, files.Sources.Count);
        context.Metric("documents", tally.Documents);
        context.Metric("documents.found", found.Documents);
        context.Metric("documents.empty", found.Empty);
        context.Metric("documents.damaged", found.Damaged);
        context.Metric("characters", tally.Characters);
        if (found.Damages.Count > 0) context.Log(Named(found));
        if (found.EmptyFiles.Count > 0) context.Log($"No document, though nothing is damaged, is in: {string.Join(", ", found.EmptyFiles.Take(DamagesShown))}{(found.EmptyFiles.Count > DamagesShown ? ", … (see the datasheet)" : "")}");
        context.Metric("documents.doubtful_encoding", found.DoubtfulEncodings);
        if (found.DoubtfulEncodings > 0)
            context.Log(string.Create(CultureInfo.InvariantCulture, $"The encoding of {found.DoubtfulEncodings:N0} documents was guessed and may be another; turn their files into UTF-8 where it is known: {string.Join(", ", found.DoubtfullyEncoded!.Take(DamagesShown))}{(found.DoubtfullyEncoded!.Count > DamagesShown ? ", … (see the datasheet)" : "")}"));
        var of = found.Documents == tally.Documents ? "" : string.Create(CultureInfo.InvariantCulture, $" of {found.Documents:N0}");
        var faults = string.Join(" · ", found.Faults.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key.ToLowerInvariant()} {f.Value:N0}")));
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{files.Sources.Count:N0} {files.Noun} -> {tally.Documents:N0}{of} {noun}{(faults.Length > 0 ? $"  ({faults})" : "")}");
        if (refused is null || kept is null) return;
        foreach (var reason in kept) context.Metric($"kept_from_before.{reason.Reason}", reason.Count);
        if (kept.Count > 0) context.Summary += $"  kept from before: {Counts(kept)}";
        foreach (var reason in refused) context.Metric($"refused.{reason.Reason}", reason.Count);
        if (refused.Count > 0) context.Summary += $"  not taken: {Counts(refused)}";
    }

    private static string Counts(IReadOnlyList<RefusalCount> of) => string.Join(" · ", of.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Reason} {r.Count:N0}")));

    private static string Named(CollectionTally found)
    {
        var all = found.Faults.Values.Sum();
        var shown = found.Damages.Take(DamagesShown).ToList();
        return string.Join('\n', shown) + (all > shown.Count ? string.Create(CultureInfo.InvariantCulture, $"\n… and {all - shown.Count:N0} more") : "");
    }
}
