using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Pipeline.Data.Crawling;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Crawling;

public sealed class CrawlerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly QuickClock clock = new();
    private readonly List<WebSite> sites = [];
    private int crawls;

    private static CrawlOptions Options(WebSite site, params IEnumerable<string> seeds) => new()
    {
        UserAgent = "testbot/1.0 (+http://example.org)",
        Seeds = [.. seeds.DefaultIfEmpty("/").Select(s => s.StartsWith("http", StringComparison.Ordinal) ? s : site.Root + s)],
        Web = new() { AllowPrivate = true, Longest = TimeSpan.FromSeconds(20) },
    };

    private WebSite Site(Func<SiteRequest, SiteAnswer?> answer)
    {
        sites.Add(new(answer));
        return sites[^1];
    }

    private WebSite Site(params (string Path, SiteAnswer Answer)[] pages) => Site(request => pages.FirstOrDefault(p => p.Path == request.Path).Answer);

    private static SiteAnswer Html(string body) => new(200, $"<html><body>{body}</body></html>");

    private static SiteAnswer Text(string text) => new(200, text, "text/plain");

    /// <param name="name">Of the journal: the same one goes on.</param>
    private async Task<CrawlResult> Crawl(CrawlOptions options, string? name = null, CrawlJournal? previous = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        using var journal = CrawlJournal.Open(folder[name ?? $"crawl{crawls++}"]);
        return await new Crawler(options, journal, previous, clock) { Resolve = resolve }.RunAsync(TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> Pages(CrawlResult result) => result.Pages.Select(p => new Uri(p.Record.Address).PathAndQuery);

    private static Dictionary<string, long> Refused(CrawlResult result) => result.Refused.Counts.ToDictionary(r => r.Reason, r => r.Count);

    [Fact]
    public async Task Links_are_followed_as_far_as_depth_and_scope_go()
    {
        var elsewhere = Site(("/", Html("no")));
        var site = Site(("/", Html($"<a href=/b>b</a><a href=a>a</a><a href={elsewhere.Root}/>else</a>")), ("/a", Html("<a href=/c>c</a>")), ("/b", Html("<a href=/a>a</a>")), ("/c", Html("<a href=/d>d</a>")), ("/d", Html("")));
        var result = await Crawl(Options(site) with { Depth = 2 });
        Assert.Equal(["/", "/a", "/b", "/c"], Pages(result));
        Assert.Equal(new() { [Refusals.Scope] = 1, [Refusals.Depth] = 1 }, Refused(result));
        Assert.Equal(["/robots.txt", "/", "/a", "/b", "/c"], site.Paths);
        Assert.Empty(elsewhere.Requests);
        Assert.All(site.Requests, r => Assert.Equal("testbot/1.0 (+http://example.org)", r["user-agent"]));
        Assert.All(site.Requests, r => Assert.Null(r["cookie"]));
    }

    [Fact]
    public async Task The_same_answers_give_the_same_pages_however_many_are_asked_for_at_once()
    {
        var site = Site(request => request.Path == "/robots.txt" ? null : Html(string.Concat(Enumerable.Range(1, 9).Select(i => $"<a href=/{((request.Path.Length * 7) + i) * 37 % 1000}>{i}</a>"))));
        var options = Options(site) with { MostPages = 25, Depth = 5 };
        var one = await Crawl(options);
        var many = await Crawl(options with { Web = options.Web with { PerHost = 8, Delay = TimeSpan.Zero } });
        Assert.Equal(25, one.Pages.Count);
        Assert.Equal(Pages(one), Pages(many));
        Assert.Equal(Refused(one), Refused(many));
        Assert.Contains(Refusals.Pages, Refused(one).Keys);
    }

    [Theory]
    [InlineData(CrawlReach.Host, "/docs/a /docs/index /else")]
    [InlineData(CrawlReach.Prefix, "/docs/a /docs/index")]
    [InlineData(CrawlReach.Any, "/ /docs/a /docs/index /else")]
    [InlineData(CrawlReach.Domain, "/ /docs/a /docs/index /else")]
    public async Task Scopes(CrawlReach reach, string pages)
    {
        WebSite site = null!;
        site = Site(request => request.Path switch { "/docs/index" => Html($"<a href=a>a</a><a href=/else>e</a><a href=http://sub.site.test:{site.Port}/>s</a>"), "/robots.txt" => null, _ => Html("x") });
        var options = Options(site, $"http://www.site.test:{site.Port}/docs/index") with { Reach = reach };
        var result = await Crawl(options, resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        Assert.Equal(pages.Split(' '), Pages(result).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Patterns_take_and_leave_out()
    {
        var site = Site(request => request.Path == "/robots.txt" ? null : Html("<a href=/en/a>1</a><a href=/en/a/print>2</a><a href=/de/a>3</a>"));
        Assert.Equal(["/", "/en/a"], Pages(await Crawl(Options(site) with { Include = ["*/en/*"], Exclude = ["*/print"] })));
    }

    [Fact]
    public async Task What_robots_txt_forbids_is_not_asked_for_and_its_rule_is_named()
    {
        var site = Site(("/robots.txt", Text("User-agent: testbot\nDisallow: /private\nAllow: /private/but\n\nUser-agent: *\nDisallow: /")), ("/", Html("<a href=/private/x>x</a><a href=/private/but>y</a>")), ("/private/x", Html("")), ("/private/but", Html("")));
        var result = await Crawl(Options(site));
        Assert.Equal(["/", "/private/but"], Pages(result));
        Assert.DoesNotContain("/private/x", site.Paths);
        Assert.Equal($"{site.Root}/private/x (Disallow: /private)", Assert.Single(Assert.Single(result.Refused.Counts).Samples));
        Assert.Equal(["no rule matches", "Allow: /private/but"], result.Pages.Select(p => p.Record.Rule));
    }

    [Theory]
    [InlineData(404, true)]
    [InlineData(403, true)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(429, false)]
    public async Task A_robots_txt_that_is_not_there_allows_and_one_that_cannot_be_had_forbids(int status, bool allowed)
    {
        var site = Site(request => request.Path == "/robots.txt" ? new(status) : Html("x"));
        var result = await Crawl(Options(site));
        Assert.Equal(allowed ? 1 : 0, result.Pages.Count);
        Assert.Equal(allowed ? [] : [Refusals.Robots], Refused(result).Keys);
        Assert.Contains($"{status}", allowed ? result.Pages[0].Record.Rule : result.Refused.Counts[0].Samples[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Robots_txt_is_looked_for_along_five_redirects()
    {
        SiteAnswer? Answer(SiteRequest request, int hops) => request.Path switch
        {
            "/robots.txt" => SiteAnswer.Redirect("/r1", 301),
            ['/', 'r', var n] when n - '0' < hops => SiteAnswer.Redirect($"/r{n - '0' + 1}"),
            ['/', 'r', _] => Text("User-agent: *\nDisallow: /"),
            _ => Html("x"),
        };
        Assert.Empty((await Crawl(Options(Site(r => Answer(r, 5))))).Pages);
        Assert.Single((await Crawl(Options(Site(r => Answer(r, 6))))).Pages);
    }

    [Fact]
    public async Task A_redirect_is_checked_like_a_link_and_its_end_is_fetched_once()
    {
        var elsewhere = Site(("/", Html("no")));
        var site = Site(
            ("/robots.txt", Text("User-agent: *\nDisallow: /no")),
            ("/", Html("<a href=/old>1</a><a href=/older>2</a><a href=/new>3</a><a href=/out>4</a><a href=/bad>5</a><a href=/mail>6</a>")),
            ("/old", SiteAnswer.Redirect("new", 301)), ("/older", SiteAnswer.Redirect("/old2", 308)), ("/old2", SiteAnswer.Redirect("/moved")), ("/moved", Html("m")), ("/new", Html("n")),
            ("/out", SiteAnswer.Redirect(elsewhere.Root + "/")), ("/bad", SiteAnswer.Redirect("/no/x")), ("/mail", SiteAnswer.Redirect("mailto:a@example.org")));
        var result = await Crawl(Options(site));
        Assert.Equal(["/", "/moved", "/new"], Pages(result));
        Assert.Equal(site.Root + "/older", result.Pages[1].Requested);
        Assert.Null(result.Pages[2].Requested);
        Assert.Equal(new() { [Refusals.Scope] = 1, [Refusals.Robots] = 1, [Refusals.Redirects] = 1 }, Refused(result));
        Assert.Equal(site.Paths.Distinct().Count(), site.Requests.Count);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task Redirects_in_circles_and_without_end_come_to_one()
    {
        var site = Site(request => request.Path switch
        {
            "/robots.txt" => null,
            "/self" => SiteAnswer.Redirect("/self"),
            "/a" => SiteAnswer.Redirect("/b"),
            "/b" => SiteAnswer.Redirect("/a"),
            _ => SiteAnswer.Redirect("/r" + request.Path.Length.ToString(CultureInfo.InvariantCulture) + request.Path[1..]),
        });
        var result = await Crawl(Options(site, "/self", "/a", "/endless"));
        Assert.Empty(result.Pages);
        Assert.Equal(4, Refused(result)[Refusals.Redirects]);
        Assert.InRange(site.Requests.Count, 5, 12);
    }

    [Fact]
    public async Task Traps_come_to_an_end()
    {
        var site = Site(request => request.Path switch
        {
            "/robots.txt" => null,
            "/" => Html("<a href=/deep/>1</a><a href='/list?a=1'>2</a><a href=/cal/2024/01>3</a><a href='/s;jsessionid=1?phpsessid=9'>4</a>"),
            var p when p.StartsWith("/deep", StringComparison.Ordinal) => Html("<a href=deep/>on</a>"),
            var p when p.StartsWith("/list", StringComparison.Ordinal) => Html(string.Concat(Enumerable.Range(0, 9).Select(i => $"<a href='{p}{i}'>x</a>"))),
            var p when p.StartsWith("/cal", StringComparison.Ordinal) => Html(string.Concat(Enumerable.Range(1, 9).Select(i => $"<a href=/cal/{2000 + i}/{i}>x</a><a href=/cal/{2010 + i}/{i}>x</a>"))),
            var p => Html($"<a href='/s;jsessionid={p.Length}{p[^1]}1?PHPSESSID=8{p.Length}'>again</a>"),
        });
        var result = await Crawl(Options(site) with { Depth = 50, Traps = new() { Queries = 10, Dates = 12 } });
        Assert.Equal([Refusals.Dates, Refusals.Queries, Refusals.Repeats], Refused(result).Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1 + 3 + 10 + 12 + 1, result.Pages.Count);
    }

    [Fact]
    public async Task A_server_that_is_busy_is_asked_again_when_it_says_and_one_that_stays_so_is_left()
    {
        var asked = 0;
        var site = Site(request => request.Path switch
        {
            "/robots.txt" => null,
            "/busy" => ++asked < 3 ? new SiteAnswer(asked == 1 ? 503 : 429).With("Retry-After", "7") : Html("at last"),
            "/date" when asked++ < 4 => new SiteAnswer(503).With("Retry-After", (clock.GetUtcNow() + TimeSpan.FromSeconds(90)).ToString("R", CultureInfo.InvariantCulture)),
            "/long" => new SiteAnswer(503).With("Retry-After", "86400"),
            "/broken" => new(500),
            "/gone" => new(410),
            _ => Html("x"),
        });
        var options = Options(site, "/busy");
        Assert.Single((await Crawl(options)).Pages);
        Assert.Equal(2, clock.Waits.Count(w => w == TimeSpan.FromSeconds(7)));
        Assert.Single((await Crawl(options with { Seeds = [site.Root + "/date"] })).Pages);
        Assert.Contains(clock.Waits, w => w > TimeSpan.FromSeconds(80));
        Assert.Equal(new() { [Refusals.Status] = 3 }, Refused(await Crawl(options with { Seeds = [site.Root + "/long", site.Root + "/broken", site.Root + "/gone"] })));
        Assert.Equal(1, site.Paths.Count(p => p == "/long"));
        Assert.Equal(1, site.Paths.Count(p => p == "/gone"));
        Assert.Equal(4, site.Paths.Count(p => p == "/broken"));
    }

    [Fact]
    public async Task Requests_to_a_host_keep_their_distance_and_a_longer_crawl_delay_counts()
    {
        var site = Site(("/robots.txt", Text("User-agent: *\nCrawl-delay: 5")), ("/a", Html("a")), ("/b", Html("b")), ("/c", Html("c")));
        var began = clock.GetUtcNow();
        await Crawl(Options(site, "/a", "/b", "/c") with { Web = Options(site).Web with { Delay = TimeSpan.FromSeconds(2) } });
        Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromSeconds(2 + 5 + 5), $"{clock.GetUtcNow() - began}");
    }

    [Fact]
    public async Task Bodies_that_are_slow_endless_or_too_large_are_cut_off()
    {
        var site = Site(request => request.Path switch
        {
            "/robots.txt" => null,
            "/slow" => new SiteAnswer { Write = async (stream, stop) => { for (; ; await Task.Delay(50, stop)) await stream.WriteAsync("x"u8.ToArray(), stop); } },
            "/endless" => new SiteAnswer { Write = async (stream, stop) => { while (true) await stream.WriteAsync(new byte[1 << 16], stop); } },
            "/said" => new SiteAnswer { Body = new byte[3 << 20] },
            "/silent" => new SiteAnswer { Write = (_, stop) => Task.Delay(Timeout.Infinite, stop) },
            "/cut" => new SiteAnswer(200, "half").With("Transfer-Encoding", "chunked"),
            _ => Html("fine"),
        });
        var options = Options(site, "/slow", "/endless", "/said", "/silent", "/cut", "/fine");
        var result = await Crawl(options with { Web = options.Web with { Longest = TimeSpan.FromSeconds(0.7), BodyBytes = 1 << 20, PerHost = 6, Delay = TimeSpan.Zero, Retries = 0 } });
        Assert.Equal(["/fine"], Pages(result));
        Assert.Equal(new() { [Refusals.Timeout] = 2, [Refusals.Size] = 2, [Refusals.Connection] = 1 }, Refused(result));
    }

    [Fact]
    public async Task Bombs_are_not_unpacked_and_what_is_packed_well_is()
    {
        byte[] Pack(byte[] content, Func<Stream, Stream> packer)
        {
            using var packed = new MemoryStream();
            using (var stream = packer(packed)) stream.Write(content);
            return packed.ToArray();
        }

        var bomb = new byte[64 << 20];
        var page = Encoding.UTF8.GetBytes("<html><body>fine</body></html>");
        var site = Site(
            ("/gzip", new SiteAnswer { Body = Pack(bomb, s => new GZipStream(s, CompressionLevel.Fastest)) }.With("Content-Encoding", "gzip")), ("/br", new SiteAnswer { Body = Pack(bomb, s => new BrotliStream(s, CompressionLevel.Fastest)) }.With("Content-Encoding", "br")),
            ("/twice", new SiteAnswer { Body = Pack(Pack(bomb, s => new GZipStream(s, CompressionLevel.Fastest)), s => new GZipStream(s, CompressionLevel.Fastest)) }.With("Content-Encoding", "gzip, gzip")),
            ("/lie", new SiteAnswer { Body = page }.With("Content-Encoding", "gzip")), ("/new", new SiteAnswer { Body = page }.With("Content-Encoding", "snappy")),
            ("/fine", new SiteAnswer { Body = Pack(page, s => new BrotliStream(s, CompressionLevel.Fastest)) }.With("Content-Encoding", "br")), ("/zlib", new SiteAnswer { Body = Pack(page, s => new ZLibStream(s, CompressionLevel.Fastest)) }.With("Content-Encoding", "deflate")));
        var result = await Crawl(Options(site, "/gzip", "/br", "/twice", "/lie", "/new", "/fine", "/zlib") with { Web = Options(site).Web with { BodyBytes = 1 << 20 } });
        Assert.Equal(["/fine", "/zlib"], Pages(result));
        Assert.Equal(new() { [Refusals.Size] = 3, [Refusals.Encoding] = 2 }, Refused(result));
        Assert.All(result.Pages, p => Assert.Equal(page.Length, p.Record.Size));
    }

    [Fact]
    public async Task Only_wanted_media_types_are_taken()
    {
        var site = Site(("/robots.txt", Text("")), ("/img", new SiteAnswer(200, "PNG", "image/png")), ("/pdf", new SiteAnswer(200, "%PDF-", "application/pdf")), ("/none", new SiteAnswer(200, "hello", null)), ("/odd", new SiteAnswer(200, "hello", "text/html;;;charset")));
        var result = await Crawl(Options(site, "/img", "/pdf", "/none", "/odd"));
        Assert.Equal(["/none", "/odd", "/pdf"], Pages(result));
        Assert.Equal("image/png", result.Refused.Counts.Single().Samples.Single().Split('(', ')')[1]);
    }

    [Fact]
    public async Task Pages_that_do_not_want_to_be_taken_are_not_and_of_copies_the_canonical_one_is()
    {
        var site = Site(
            ("/", Html("<a href=/noindex>1</a><a href=/header>2</a><a href=/copy>3</a><a href=/orig>4</a><a href=/lost>5</a><a href=/nofollow>6</a>")),
            ("/noindex", Html("<meta name=robots content=noindex><a href=/behind>b</a>")), ("/behind", Html("b")), ("/header", Html("h").With("X-Robots-Tag", "noindex")),
            ("/copy", Html("<link rel=canonical href=/orig>c")), ("/orig", Html("<link rel=canonical href=/orig>o")), ("/lost", Html("<link rel=canonical href=/nowhere>l")), ("/nofollow", Html("<meta name=robots content=nofollow><a href=/hidden>h</a>")), ("/hidden", Html("h")));
        var result = await Crawl(Options(site));
        Assert.Equal(["/", "/behind", "/lost", "/nofollow", "/orig"], Pages(result));
        Assert.Equal(new() { [Refusals.NoIndex] = 2, [Refusals.Canonical] = 1 }, Refused(result));
    }

    [Fact]
    public async Task Sitemaps_are_seeds_also_gzipped_in_indexes_and_those_of_robots_txt()
    {
        WebSite site = null!;
        site = Site(request => request.Path switch
        {
            "/robots.txt" => Text($"Sitemap: {site.Root}/more.txt\nUser-agent: *\nDisallow: /secret"),
            "/index.xml" => new(200, $"<sitemapindex><sitemap><loc>{site.Root}/one.xml.gz</loc></sitemap><sitemap><loc>{site.Root}/index.xml</loc></sitemap><sitemap><loc>{site.Root}/gone.xml</loc></sitemap><sitemap><loc>{site.Root}/secret/s.xml</loc></sitemap></sitemapindex>", "application/xml"),
            "/one.xml.gz" => new SiteAnswer(200, "", "application/gzip") { Body = Gzip($"<urlset><url><loc>{site.Root}/a</loc></url><url><loc>http://elsewhere.example/</loc></url></urlset>") },
            "/more.txt" => Text($"{site.Root}/b\n"),
            "/a" or "/b" or "/c" => Html("x"),
            _ => null,
        });
        var result = await Crawl(Options(site, "/c") with { Sitemaps = [site.Root + "/index.xml"], SitemapsOfRobots = true, Depth = 0 });
        Assert.Equal(["/a", "/b", "/c"], Pages(result));
        Assert.Equal(new() { [Refusals.Scope] = 1, [Refusals.Status] = 1, [Refusals.Robots] = 1 }, Refused(result));

        static byte[] Gzip(string text)
        {
            using var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Optimal)) stream.Write(Encoding.UTF8.GetBytes(text));
            return packed.ToArray();
        }
    }

    [Fact]
    public async Task A_second_crawl_asks_only_what_has_changed()
    {
        var version = 1;
        var site = Site(request => request.Path switch
        {
            "/robots.txt" => null,
            "/" when request["if-none-match"] == "\"v1\"" => new(304),
            "/" => Html("<a href=/old>o</a><a href=/new>n</a>").With("ETag", "\"v1\""),
            "/old" when request["if-modified-since"] is { } since && since == "Mon, 01 Jan 2024 00:00:00 GMT" => new(304),
            "/old" => Html("<a href=/linked>l</a>old").With("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"),
            "/new" => Html($"version {version}").With("ETag", $"\"n{version}\""),
            "/linked" => Html("l"),
            _ => null,
        });
        var first = await Crawl(Options(site), "first");
        version = 2;
        using var previous = CrawlJournal.Read(folder[$"first/{CrawlJournal.JournalFile}"], folder[$"first/{CrawlJournal.BodiesFile}"]);
        var second = await Crawl(Options(site), "second", previous);
        Assert.Equal(Pages(first), Pages(second));
        Assert.Equal(2, second.Unchanged);
        // Rules are good for a day.
        Assert.Equal(1, site.Paths.Count(p => p == "/robots.txt"));
        using var journal = CrawlJournal.Read(folder[$"second/{CrawlJournal.JournalFile}"], folder[$"second/{CrawlJournal.BodiesFile}"]);
        Assert.Equal("<html><body>version 2</body></html>", Encoding.UTF8.GetString(journal.Content(second.Pages.Single(p => p.Record.Address.EndsWith("/new", StringComparison.Ordinal)).Record.Body!)!));
        clock.Advance(TimeSpan.FromHours(25));
        await Crawl(Options(site), "third", previous);
        Assert.Equal(2, site.Paths.Count(p => p == "/robots.txt"));
    }

    [Fact]
    public async Task An_interrupted_crawl_goes_on_and_asks_for_nothing_twice()
    {
        var site = Site(request => request.Path == "/robots.txt" ? null : Html(string.Concat(Enumerable.Range(1, 4).Select(i => $"<a href=/{request.Path.Trim('/')}{i}>{i}</a>"))));
        var options = Options(site) with { Depth = 2 };
        var whole = await Crawl(options);
        site.Requests.Clear();
        using var stop = new CancellationTokenSource();
        using (var journal = CrawlJournal.Open(folder["cut"]))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Crawler(options, journal, null, clock) { Progress = (done, _) => { if (done == 9) stop.Cancel(); } }.RunAsync(stop.Token));
        Assert.InRange(site.Requests.Count, 9, 12);
        var resumed = await Crawl(options, "cut");
        Assert.Equal(Pages(whole), Pages(resumed));
        Assert.Equal(Refused(whole), Refused(resumed));
        Assert.InRange(site.Requests.Count, 22, 23);
    }

    [Fact]
    public async Task Nothing_leads_to_private_addresses()
    {
        var secret = Site(("/", Html("secret")), ("/robots.txt", Text("")));
        var port = secret.Port;
        string[] seeds = [$"http://127.0.0.1:{port}/", $"http://[::1]:{port}/", $"http://localhost:{port}/", "http://169.254.169.254/latest/meta-data/", $"http://2130706433:{port}/", $"http://[::ffff:127.0.0.1]:{port}/", $"http://inside.test:{port}/"];
        var result = await Crawl(Options(secret, seeds) with { Web = new() { Retries = 0 } }, resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("10.0.0.1")]));
        Assert.Empty(result.Pages);
        Assert.Empty(secret.Requests);
        var refused = result.Refused.Counts.Single();
        Assert.Equal(Refusals.PrivateAddress, refused.Reason);
        Assert.All(refused.Samples, s => Assert.Contains("not of the public network; where it is meant to be asked, set web.allow_private: true", s, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_the_second_time_and_a_redirect_inside_gain_nothing()
    {
        var secret = Site(("/", Html("secret")), ("/robots.txt", Text("")));
        var asked = 0;
        var client = new WebFetcher("testbot", new() { Retries = 0 }, clock, (_, _) => Task.FromResult<IPAddress[]>([asked++ == 0 ? IPAddress.Parse("192.0.2.1") : IPAddress.Loopback]));
        foreach (var _ in Enumerable.Range(0, 2)) Assert.Equal(Refusals.PrivateAddress, (await client.GetAsync(new(new($"http://rebound.test:{secret.Port}/")), null, TestContext.Current.CancellationToken)).Refusal);
        Assert.Empty(secret.Requests);
        client.Dispose();

        // A public page, here by trust, that redirects to this machine.
        var outside = Site(("/", SiteAnswer.Redirect($"http://127.0.0.1:{secret.Port}/")), ("/robots.txt", Text("")));
        using var trusting = new WebFetcher("testbot", new() { Retries = 0 }, clock, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), host => host == "outside.test");
        var first = await trusting.GetAsync(new(new($"http://outside.test:{outside.Port}/")), null, TestContext.Current.CancellationToken);
        Assert.True(first.IsRedirect);
        Assert.Equal(Refusals.PrivateAddress, (await trusting.GetAsync(new(new(first.Location!)), null, TestContext.Current.CancellationToken)).Refusal);
        Assert.Empty(secret.Requests);
    }

    [Fact]
    public async Task Budgets_of_bytes_and_time_end_a_crawl()
    {
        var site = Site(request => request.Path == "/robots.txt" ? null : Html(new string('x', 1000) + string.Concat(Enumerable.Range(0, 20).Select(i => $"<a href=/{i}>{i}</a>"))));
        var bytes = await Crawl(Options(site) with { MostBytes = 5000 });
        Assert.InRange(bytes.Pages.Count, 2, 6);
        Assert.Equal(21, bytes.Pages.Count + Refused(bytes)[Refusals.Bytes]);
        var time = await Crawl(Options(site) with { Longest = TimeSpan.FromSeconds(5) });
        Assert.InRange(time.Pages.Count, 2, 8);
        Assert.Equal(21, time.Pages.Count + Refused(time)[Refusals.Time]);
    }

    [Fact]
    public async Task A_seed_that_is_no_address_is_named() =>
        Assert.Contains("'ftp://x/'", (await Assert.ThrowsAsync<InvalidDataException>(() => Crawl(new() { UserAgent = "testbot", Seeds = ["ftp://x/"] }))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Documents_say_where_they_are_from_in_whatever_charset_they_came()
    {
        const string Sentence = "Über den Wolken muß die Freiheit wohl grenzenlos sein, und alle Ängste bleiben darunter verborgen.";
        var latin = Encoding.Latin1.GetBytes($"<html><body><p>{Sentence}</p></body></html>");
        var site = Site(
            ("/robots.txt", Text("User-agent: *\nAllow: /")), ("/latin", new SiteAnswer(200, "", "text/html; charset=iso-8859-1") { Body = latin }), ("/unsaid", new SiteAnswer(200, "", "text/html") { Body = latin }),
            ("/wrong", new SiteAnswer(200, $"<html><body><p>{Sentence}</p></body></html>", "text/html; charset=iso-8859-1")), ("/nonsense", new SiteAnswer(200, $"<html><body><p>{Sentence}</p></body></html>", "text/html; charset=no-such-thing")),
            ("/plain", new SiteAnswer(200, Sentence, "text/plain; charset=utf-8").With("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")), ("/old", SiteAnswer.Redirect("/plain")));
        var options = Options(site, "/latin", "/unsaid", "/wrong", "/nonsense", "/old");
        using var journal = CrawlJournal.Open(folder["charsets"]);
        var result = await new Crawler(options, journal, null, clock).RunAsync(TestContext.Current.CancellationToken);
        var documents = result.Pages.SelectMany(p => PageDocuments.Read(p, journal.Content(p.Record.Body!)!, new()).Documents).ToList();
        Assert.Equal(5, documents.Count);
        Assert.All(documents, d => Assert.Equal(Sentence, d.Text.Trim()));
        var plain = documents[2];
        Assert.Equal((site.Root + "/plain", site.Root + "/plain", "allowed"), (plain.Source, plain.Url, plain.Robots));
        Assert.Equal((site.Root + "/old", "Allow: /", "200", "Mon, 01 Jan 2024 00:00:00 GMT"), (plain.Metadata["requested_url"], plain.Metadata["robots_rule"], plain.Metadata["status"], plain.Metadata["last_modified"]));
    }

    [Fact]
    public async Task Archives_pdfs_and_tables_are_read_as_what_they_are()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var writer = new StreamWriter(archive.CreateEntry("in/it.txt").Open());
            writer.Write("text in an archive");
        }

        var site = Site(("/a.zip?x=1", new SiteAnswer(200, "", "application/zip") { Body = zip.ToArray() }), ("/rows", new SiteAnswer(200, "{\"text\":\"one\"}\n{\"text\":\"two\"}\n", "application/x-ndjson")), ("/page.json", new SiteAnswer(200, "<html><body><p>please sign in</p></body></html>")));
        using var journal = CrawlJournal.Open(folder["archives"]);
        var result = await new Crawler(Options(site, "/a.zip?x=1", "/rows", "/page.json") with { MediaTypes = ["*"] }, journal, null, clock).RunAsync(TestContext.Current.CancellationToken);
        var documents = result.Pages.SelectMany(p => PageDocuments.Read(p, journal.Content(p.Record.Body!)!, new()).Documents).ToList();
        Assert.Equal(["text in an archive", "please sign in", "one", "two"], documents.Select(d => d.Text.Trim()));
        Assert.Equal(site.Root + "/a.zip?x=1!/in/it.txt", documents[0].Source);
    }

    public void Dispose()
    {
        sites.ForEach(s => s.Dispose());
        folder.Dispose();
    }
}
