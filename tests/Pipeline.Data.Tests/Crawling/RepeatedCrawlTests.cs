using Pipeline.Data.Crawling;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Crawling;

/// <summary>Crawls beside and after one another.</summary>
public sealed class RepeatedCrawlTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly QuickClock clock = new();
    private readonly List<string> log = [];
    private readonly Dictionary<string, SiteAnswer> pages = [];
    private readonly WebSite site;
    private int crawls;

    public RepeatedCrawlTests() => site = new(request => pages.GetValueOrDefault(request.Path));

    private CrawlOptions Options(params string[] seeds) => new()
    {
        UserAgent = "testbot/1.0 (+http://example.org)",
        Seeds = [.. seeds.Select(s => site.Root + s)],
        Web = new() { AllowPrivate = true, Longest = TimeSpan.FromSeconds(20), Retries = 0 },
    };

    private static SiteAnswer Html(string body) => new(200, $"<html><body>{body}</body></html>");

    private static SiteAnswer Text(string text) => new(200, text, "text/plain");

    private async Task<CrawlResult> Crawl(CrawlOptions options, int? after = null, HostGates? gates = null)
    {
        using var previous = after is null ? null : CrawlJournal.Read(folder[$"{after}/{CrawlJournal.JournalFile}"], folder[$"{after}/{CrawlJournal.BodiesFile}"]);
        using var journal = CrawlJournal.Open(folder[$"{Interlocked.Increment(ref crawls)}"]);
        return await new Crawler(options, journal, previous, clock) { Log = log.Add, Gates = gates ?? new(clock) }.RunAsync(TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> Pages(CrawlResult result) => result.Pages.Select(p => new Uri(p.Record.Address).PathAndQuery);

    private static Dictionary<string, long> Counts(Data.Collection.RefusalTally tally) => tally.Counts.ToDictionary(r => r.Reason, r => r.Count);

    [Theory]
    [InlineData("86401", 120)]
    [InlineData("5000000000000000", 120)]
    [InlineData("5", 5)]
    [InlineData("-5", 1)]
    public async Task A_crawl_delay_counts_up_to_the_longest_wait_and_a_longer_one_is_told_once(string asked, int used)
    {
        (pages["/robots.txt"], pages["/a"], pages["/b"]) = (Text($"User-agent: *\nCrawl-delay: {asked}"), Html("a"), Html("b"));
        var began = clock.GetUtcNow();
        await Crawl(Options("/a", "/b"));
        Assert.Equal(TimeSpan.FromSeconds(2 * used), clock.GetUtcNow() - began);
        if (used < 120) Assert.Empty(log);
        else Assert.Matches($"^127.0.0.1:{site.Port} wants [0-9,]+ s between requests .* and is asked every 120 s: web.longest_wait allows no more", Assert.Single(log));
    }

    [Fact]
    public async Task A_crawl_delay_never_makes_a_crawl_faster()
    {
        (pages["/robots.txt"], pages["/a"]) = (Text("User-agent: *\nCrawl-delay: 90"), Html("a"));
        var began = clock.GetUtcNow();
        await Crawl(Options("/a") with { Web = Options().Web with { Delay = TimeSpan.FromSeconds(30), LongestWait = TimeSpan.FromSeconds(10) } });
        Assert.Equal(TimeSpan.FromSeconds(30), clock.GetUtcNow() - began);
    }

    [Fact]
    public async Task Crawls_at_once_keep_one_distance()
    {
        foreach (var page in "abcdef") pages[$"/{page}"] = Html("x");
        var (gates, began) = (new HostGates(clock), clock.GetUtcNow());
        await Task.WhenAll(Crawl(Options("/a", "/b", "/c"), gates: gates), Crawl(Options("/d", "/e", "/f"), gates: gates));
        Assert.Equal(8, site.Requests.Count);
        Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromSeconds(7), $"{clock.GetUtcNow() - began}");
        // The longer of two delays lies between them.
        began = clock.GetUtcNow();
        await Crawl(Options("/a") with { Web = Options().Web with { Delay = TimeSpan.FromSeconds(40) } }, gates: gates);
        await Crawl(Options("/b"), gates: gates);
        Assert.Equal(TimeSpan.FromSeconds(40 + 40 + 40 + 1), clock.GetUtcNow() - began);
    }

    [Fact]
    public async Task Hosts_are_forgotten_when_they_may_be_asked_anyway_and_whoever_gives_up_holds_up_nobody()
    {
        var gates = new HostGates(clock);
        for (var host = 0; host < 3000; host++)
        {
            await gates.WaitAsync($"{host}.test", TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
            if (host % 1000 == 0) clock.Advance(TimeSpan.FromDays(2));
        }

        Assert.InRange(gates.Count, 1, 2100);
        var waits = clock.Waits.Count;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gates.WaitAsync("2999.test", TimeSpan.FromHours(9), new CancellationToken(canceled: true)));
        await gates.WaitAsync("2999.test", TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromSeconds(1), Assert.Single(clock.Waits.Skip(waits)));
    }

    [Fact]
    public async Task What_fails_for_a_moment_stays_as_it_was_and_what_is_gone_goes()
    {
        pages["/"] = Html("<a href=/busy>1</a><a href=/down>2</a><a href=/gone>3</a><a href=/hidden>4</a><a href=/moved>5</a><a href=/private>6</a><a href=/refused>7</a>").With("ETag", "\"1\"");
        foreach (var page in new[] { "/busy", "/down", "/gone", "/hidden", "/end", "/private", "/refused", "/below" }) pages[page] = Html($"first of {page}");
        pages["/busy"] = Html("<a href=/below>b</a>first of /busy");
        pages["/moved"] = SiteAnswer.Redirect("/end");
        var first = await Crawl(Options("/"));
        Assert.Equal(9, first.Pages.Count);
        Assert.Empty(first.Kept.Counts);

        (pages["/busy"], pages["/down"], pages["/gone"], pages["/refused"]) = (new(429), new(503), new(410), new(403));
        (pages["/moved"], pages["/hidden"], pages["/private"]) = (new(500), Html("<meta name=robots content=noindex>"), Html("private"));
        pages["/robots.txt"] = Text("User-agent: *\nDisallow: /private");
        clock.Advance(TimeSpan.FromDays(2));
        var second = await Crawl(Options("/"), after: 1);
        Assert.Equal(["/", "/below", "/busy", "/down", "/end"], Pages(second));
        Assert.Equal(new() { [Refusals.Status] = 3 }, Counts(second.Kept));
        Assert.Equal(new() { [Refusals.Status] = 2, [Refusals.NoIndex] = 1, [Refusals.Robots] = 1 }, Counts(second.Refused));
        var metadata = second.Pages.Select(p => PageDocuments.OriginOf(p).Metadata.GetValueOrDefault("kept_from_before"));
        Assert.Equal([null, null, "status 429", "status 503", null], metadata);

        // What was kept once is kept again, and better news are taken.
        pages["/busy"] = Html("second");
        var third = await Crawl(Options("/"), after: 2);
        Assert.Equal(["/", "/busy", "/down", "/end"], Pages(third));
        Assert.Equal(new() { [Refusals.Status] = 2 }, Counts(third.Kept));
        // What nobody had before is not there.
        var fresh = await Crawl(Options("/"));
        Assert.DoesNotContain("/down", Pages(fresh));
    }

    [Fact]
    public async Task A_server_that_is_down_with_its_rules_loses_nothing_and_is_not_asked_for_pages()
    {
        (pages["/robots.txt"], pages["/map.txt"]) = (Text($"Sitemap: {site.Root}/map.txt"), Text($"{site.Root}/listed\n"));
        (pages["/"], pages["/a"], pages["/listed"]) = (Html("<a href=/a>a</a>"), Html("a"), Html("l"));
        var options = Options("/") with { SitemapsOfRobots = true };
        var first = await Crawl(options);
        Assert.Equal(["/", "/a", "/listed"], Pages(first));
        foreach (var page in pages.Keys.ToList()) pages[page] = new(503);
        for (var again = 1; again <= 2; again++)
        {
            clock.Advance(TimeSpan.FromDays(2));
            site.Requests.Clear();
            var down = await Crawl(options, after: again);
            Assert.Equal(["/", "/a", "/listed"], Pages(down));
            Assert.Equal(new() { [Refusals.Robots] = 4 }, Counts(down.Kept));
            Assert.Equal(["/robots.txt"], site.Paths);
        }

        // Its rules are asked for again by the next crawl, not a day later.
        (pages["/robots.txt"], pages["/"]) = (Text(""), Html("back"));
        Assert.Equal(["/"], Pages(await Crawl(Options("/"), after: 3)));
    }

    [Fact]
    public async Task Redirects_in_circles_are_counted_whatever_they_are_long()
    {
        (pages["/self"], pages["/one"], pages["/two"], pages["/in"], pages["/fine"], pages["/end"]) = (SiteAnswer.Redirect("/self"), SiteAnswer.Redirect("/two"), SiteAnswer.Redirect("/one"), SiteAnswer.Redirect("/one"), SiteAnswer.Redirect("/end"), Html("x"));
        var result = await Crawl(Options("/self", "/one", "/in", "/fine"));
        Assert.Equal(["/end"], Pages(result));
        Assert.Equal([$"{site.Root}/one (in a circle of 2 addresses, by way of {site.Root}/two)", $"{site.Root}/two (in a circle of 2 addresses, by way of {site.Root}/one)", $"{site.Root}/self (to itself)"], Assert.Single(result.Refused.Counts).Samples);
        (pages["/m1"], pages["/m2"]) = (SiteAnswer.Redirect("/m2"), SiteAnswer.Redirect("/m1"));
        Assert.Equal(2, Counts((await Crawl(Options("/end") with { Sitemaps = [site.Root + "/m1"] })).Refused)[Refusals.Redirects]);
    }

    [Fact]
    public async Task What_robots_txt_said_of_a_feed_is_not_said_of_its_entries()
    {
        pages["/robots.txt"] = Text("User-agent: *\nAllow: /feed\nDisallow: /items");
        pages["/feed"] = new(200, "<rss version='2.0'><channel><title>T</title><item><title>One</title><link>/items/1</link><description>An entry with a sentence in it, long enough to be kept.</description></item><item><title>Two</title><description>Another entry, that has no address of its own.</description></item></channel></rss>", "application/rss+xml");
        using var journal = CrawlJournal.Open(folder["feeds"]);
        var result = await new Crawler(Options() with { Feeds = [site.Root + "/feed"], Depth = 0 }, journal, null, clock).RunAsync(TestContext.Current.CancellationToken);
        var page = Assert.Single(result.Pages);
        var documents = PageDocuments.Read(page, journal.Content(page.Record.Body!)!, new()).Documents;
        Assert.Equal([(site.Root + "/items/1", "none"), (site.Root + "/feed", "allowed")], documents.Select(d => (d.Url!, d.Robots)));
        Assert.All(documents, d => Assert.Equal(("Allow: /feed", "200"), (d.Metadata["feed_robots_rule"], d.Metadata["feed_status"])));
        Assert.DoesNotContain("robots_rule", documents.SelectMany(d => d.Metadata.Keys));
    }

    public void Dispose()
    {
        site.Dispose();
        folder.Dispose();
    }
}
