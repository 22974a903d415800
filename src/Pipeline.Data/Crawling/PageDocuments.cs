using System.Globalization;
using System.Net;
using System.Text;
using Pipeline.Data.Collection;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Crawling;

/// <summary>Documents of what was fetched.</summary>
public static class PageDocuments
{
    /// <summary>Why it is what an earlier crawl found.</summary>
    private const string KeptKey = "kept_from_before";

    /// <summary>Where a page is from and what is known of it; nothing that differs between two crawls of the same answers.</summary>
    public static Origin OriginOf(CrawledPage page)
    {
        var record = page.Record;
        var metadata = new Dictionary<string, string> { ["status"] = record.Status.ToString(CultureInfo.InvariantCulture), ["robots_rule"] = record.Rule ?? "" };
        if (page.Requested is not null) metadata["requested_url"] = page.Requested;
        if (record.Canonical is not null && record.Canonical != record.Address) metadata["canonical_url"] = record.Canonical;
        if (record.LastModified is not null) metadata["last_modified"] = record.LastModified;
        if (record.Kept is { } failure) metadata[KeptKey] = failure.Reason == Refusals.Status ? $"{failure.Reason} {failure.Detail}" : failure.Reason;
        return new(record.Address, new Uri(record.Address).AbsolutePath) { ContentType = record.ContentType, Robots = "allowed", Metadata = metadata };
    }

    public static CollectedDocuments Read(CrawledPage page, byte[] content, CollectionOptions options)
    {
        options = options with { Origin = OriginOf(page) };
        return page.Record.Kind == CrawlKind.Feed
            ? Entries(page.Record.Address, content, options)
            : new FileCollector(options).Read(page.Record.Address, new MemoryStream(HttpPayload.InUtf8(page.Record.ContentType, content)));
    }

    /// <summary>One document an entry, of the text that the feed has of it. What robots.txt and the server said is of the feed, and named so: nobody asked for the entry's own address.</summary>
    private static CollectedDocuments Entries(string feed, byte[] content, CollectionOptions options)
    {
        var tally = new CollectionTally();
        var documents = new List<Documents.Document>();
        try
        {
            var number = 0;
            foreach (var entry in FeedDocument.Parse(content, new(feed), []).Entries)
            {
                var metadata = options.Origin!.Metadata.ToDictionary(m => m.Key == KeptKey ? m.Key : $"feed_{m.Key}", m => m.Value);
                metadata["feed"] = feed;
                foreach (var (key, value) in new[] { ("title", entry.Title), ("author", entry.Author), ("published", entry.Published), ("entry_id", entry.Id) })
                    if (value is not null) metadata[key] = value;
                // What has no address of its own is told apart by its id.
                var source = entry.Address ?? $"{feed}#{entry.Id ?? number.ToString(CultureInfo.InvariantCulture)}";
                var origin = options.Origin with { Url = entry.Address ?? feed, Robots = entry.Address is null || entry.Address == feed ? options.Origin.Robots : "none", ContentType = "text/html; charset=utf-8", Metadata = metadata };
                var page = $"<!doctype html><html><head><title>{WebUtility.HtmlEncode(entry.Title)}</title></head><body><article>{entry.Html}</article></body></html>";
                var made = new FileCollector(options with { Format = FileFormat.Html, Origin = origin }).Read(source, new MemoryStream(Encoding.UTF8.GetBytes(page)));
                documents.AddRange(made.Documents);
                tally.Add(made.Tally);
                number++;
            }
        }
        catch (InvalidDataException e)
        {
            tally.Add(new Damage(DamageKind.Damaged, feed, "", e.Message));
        }

        return new(documents, tally);
    }
}
