using Pipeline.Data.Collection;

namespace Pipeline.Data.Crawling;

/// <summary>Where a crawl begins: the seeds, the feeds, and what sitemaps name.</summary>
internal sealed class SeedFinder(CrawlOptions options, CrawlHosts hosts, PageFetcher fetcher, CrawlJournal journal, RefusalTally refused, RefusalTally kept)
{
    private const int MostSitemaps = 10_000;

    public async Task<(List<(CrawlKind Kind, Uri Address)> Seeds, CrawlScope Scope)> FindAsync(CancellationToken cancellation)
    {
        var seeds = Addresses(options.Seeds);
        var feeds = Addresses(options.Feeds);
        var sitemaps = Addresses(options.Sitemaps);
        var scope = new CrawlScope(options, [.. seeds, .. feeds, .. sitemaps]);
        if (options.SitemapsOfRobots)
            foreach (var host in seeds.DistinctBy(s => s.Authority).ToList())
                sitemaps.AddRange((await hosts.RulesAsync(host, cancellation)).Sitemaps.Select(s => WebAddress.Normalize(s, host, [])).OfType<Uri>());

        var wave = new Dictionary<string, (CrawlKind, Uri)>(StringComparer.Ordinal);
        foreach (var seed in seeds) wave[seed.AbsoluteUri] = (CrawlKind.Page, seed);
        foreach (var feed in feeds) wave[feed.AbsoluteUri] = (CrawlKind.Feed, feed);
        foreach (var page in await PagesAsync(sitemaps, cancellation))
        {
            if (scope.Holds(page)) wave.TryAdd(page.AbsoluteUri, (CrawlKind.Page, page));
            else refused.Add(Refusals.Scope, page.AbsoluteUri, "of a sitemap");
        }

        return ([.. wave.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => w.Value)], scope);
    }

    private List<Uri> Addresses(IEnumerable<string> written) =>
        [.. written.Select(w => WebAddress.Normalize(w, null, options.DropParameters) ?? throw new InvalidDataException($"'{w}' is no address of http or https without name and password."))];

    private async Task<List<Uri>> PagesAsync(List<Uri> sitemaps, CancellationToken cancellation)
    {
        var (pages, seen, queue, circles) = (new List<Uri>(), new HashSet<string>(StringComparer.Ordinal), new Queue<Uri>(sitemaps), new RedirectCircles());
        while (queue.TryDequeue(out var address) && seen.Count < MostSitemaps)
        {
            if (!seen.Add(address.AbsoluteUri)) continue;
            var verdict = (await hosts.RulesAsync(address, cancellation)).Judge(address);
            if (!fetcher.Takes(CrawlKind.Sitemap, address, verdict))
            {
                refused.Add(verdict.Reason, address.AbsoluteUri, verdict.Rule);
                continue;
            }

            var record = await fetcher.FetchAsync(CrawlKind.Sitemap, address, verdict, cancellation);
            if (record.Kept is { } failure) kept.Add(failure.Reason, address.AbsoluteUri, failure.Detail);
            if (record.Location is { } target)
            {
                circles.Add(address.AbsoluteUri, target);
                queue.Enqueue(new(target));
            }

            if (!record.IsSuccess || record.Body is null)
            {
                if (record.Location is null) refused.Add(record.Refusal ?? Refusals.Status, address.AbsoluteUri, record.Detail ?? "");
                continue;
            }

            try
            {
                var sitemap = Sitemap.Parse(journal.Content(record.Body) ?? []);
                pages.AddRange(sitemap.Pages.Select(p => WebAddress.Normalize(p, address, options.DropParameters)).OfType<Uri>());
                foreach (var more in sitemap.Sitemaps.Select(s => WebAddress.Normalize(s, address, [])).OfType<Uri>()) queue.Enqueue(more);
            }
            catch (InvalidDataException e)
            {
                refused.Add(Refusals.Encoding, address.AbsoluteUri, e.Message);
            }
        }

        circles.Refuse(refused);
        return pages;
    }
}
