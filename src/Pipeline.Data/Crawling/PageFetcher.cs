using Pipeline.Data.Collection;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Crawling;

/// <summary>Asks for one address and writes down what came of it.</summary>
internal sealed class PageFetcher(CrawlOptions options, WebFetcher client, CrawlHosts hosts, CrawlJournal journal, CrawlJournal? previous, TimeProvider clock)
{
    private readonly string agent = RobotsRules.Token(options.UserAgent);

    /// <summary>Whether it is asked for, or there is an earlier answer to keep while nobody can tell whether it may be.</summary>
    public bool Takes(CrawlKind kind, Uri address, RobotsVerdict verdict) => verdict.Allowed || (verdict.IsTransient && EarlierOf(kind, address) is not null);

    /// <param name="verdict">Of robots.txt.</param>
    public async Task<CrawlRecord> FetchAsync(CrawlKind kind, Uri address, RobotsVerdict verdict, CancellationToken cancellation)
    {
        if (journal.Find(kind, address.AbsoluteUri) is { } done) return done;
        var earlier = EarlierOf(kind, address);
        if (!verdict.Allowed)
        {
            return Keep(earlier, new(verdict.Reason, verdict.Rule), earlier?.Rule)
                ?? journal.Add(new(kind, address.AbsoluteUri) { Refusal = verdict.Reason, Detail = verdict.Rule, FetchedAt = clock.GetUtcNow() }, [], []);
        }

        var (rule, known) = (verdict.Rule, earlier?.Body is null ? null : earlier);
        var answer = await AskAsync(kind, address, known, cancellation);
        if (answer.Status == 304)
        {
            if (known is not null && previous!.Content(known.Body!) is { } body) return journal.Add(known with { Unchanged = true, Kept = null, Rule = rule, FetchedAt = clock.GetUtcNow() }, body, previous.LinksOf(known));
            answer = await AskAsync(kind, address, null, cancellation);
        }

        var record = new CrawlRecord(kind, address.AbsoluteUri)
        {
            Status = answer.Status, Refusal = answer.Refusal, Detail = answer.Detail, ContentType = answer.ContentType, ETag = answer.ETag, LastModified = answer.LastModified, Rule = rule, FetchedAt = clock.GetUtcNow(),
        };
        if (answer.IsRedirect)
        {
            var target = WebAddress.Normalize(answer.Location!, address, options.DropParameters)?.AbsoluteUri;
            return journal.Add(target is null ? record with { Refusal = Refusals.Redirects, Detail = "to what is no address of http or https" } : record with { Location = target }, [], []);
        }

        if (answer.IsOutage && Keep(earlier, new(answer.Refusal ?? Refusals.Status, answer.Detail), rule) is { } kept) return kept;
        if (!answer.IsSuccess) return journal.Add(record with { Refusal = answer.Refusal ?? Refusals.Status, Detail = answer.Detail.Length > 0 ? answer.Detail : $"{answer.Status}" }, [], []);
        return Read(record, answer, address);
    }

    private CrawlRecord? EarlierOf(CrawlKind kind, Uri address) => previous?.Find(kind, address.AbsoluteUri) is { Refusal: null } earlier ? earlier : null;

    /// <summary>Null where there is nothing sound to keep.</summary>
    private CrawlRecord? Keep(CrawlRecord? earlier, CrawlFailure failure, string? rule)
    {
        if (earlier is null || (earlier.Body is null ? [] : previous!.Content(earlier.Body)) is not { } body) return null;
        return journal.Add(earlier with { Kept = failure, Unchanged = false, Rule = rule }, body, previous!.LinksOf(earlier));
    }

    private Task<WebAnswer> AskAsync(CrawlKind kind, Uri address, CrawlRecord? known, CancellationToken cancellation) =>
        client.GetAsync(new(address, known?.ETag, known?.LastModified) { MediaTypes = kind == CrawlKind.Page ? options.MediaTypes : null }, hosts.Gate(address), cancellation);

    private CrawlRecord Read(CrawlRecord record, WebAnswer answer, Uri address)
    {
        var directives = new RobotsDirectives(agent);
        foreach (var tag in answer.RobotsTags) directives.AddHeader(tag);
        var links = PageLinks.None;
        try
        {
            if (record.Kind == CrawlKind.Feed) links = links with { Addresses = FeedDocument.LinksOf(answer.Body, address, options.DropParameters) };
            else if (record.Kind == CrawlKind.Page && IsHtml(answer)) links = PageLinks.Read(TextDecoder.Decode("", answer.Body, Charset(answer.ContentType)).Text, address, agent, options);
        }
        catch (InvalidDataException)
        {
            // What it is will be said when documents are made of it.
        }

        record = record with { Canonical = links.Canonical, NoIndex = directives.NoIndex || links.NoIndex, Detail = links.MoreLinks ? Refusals.Links : record.Detail };
        return journal.Add(record, answer.Body, directives.NoFollow ? [] : links.Addresses);
    }

    private static bool IsHtml(WebAnswer answer) => answer.ContentType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        "text/html" or "application/xhtml+xml" => true,
        null or "" or "text/plain" or "application/xml" or "text/xml" => Signatures.IsHtml(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, Formats.HeadBytes))),
        _ => false,
    };

    private static string? Charset(string? contentType) => System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var type) ? type.CharSet?.Trim('"', '\'') : null;
}
