using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Data.Collection;
using Pipeline.Data.Crawling;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>The pages of a crawl, a piece each: of one that is as it was in an earlier crawl the documents are found again.</summary>
internal sealed class PagePieces(IReadOnlyList<CrawledPage> pages, CrawlJournal journal, CollectionOptions options, StepContext context) : DocumentPieces(options, context)
{
    public override string Noun => "pages";

    public override async Task ReadAsync()
    {
        var number = 0;
        await foreach (var piece in pages.SelectInOrderAsync(Context.Cpus, PieceAsync, Context.Cancellation))
        {
            var record = pages[number++].Record;
            Add(record.Address, record.Size, record.Body?.Sha256 ?? "", [piece], pages.Count);
        }
    }

    private Task<Piece<Facts>> PieceAsync(CrawledPage page)
    {
        var input = new JsonObject { ["kind"] = $"{page.Record.Kind}", ["sha256"] = page.Record.Body?.Sha256, ["origin"] = JsonSerializer.SerializeToNode(PageDocuments.OriginOf(page)) };
        return PieceAsync("page", input, page.Record.Size, () =>
        {
            var content = page.Record.Body is { } place ? journal.Content(place) ?? throw new InvalidDataException($"What was fetched of {page.Record.Address} is damaged on this disk; run again with --force.") : [];
            return PageDocuments.Read(page, content, Options);
        });
    }
}
