using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Collecting;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Collecting;

public sealed class WebStepsTests
{
    private const string Polite = "user_agent: 'testbot (+http://example.org)'";
    private const string Fast = "web: { allow_private: true, delay: 0, retries: 0, per_host: 4 }";

    private static string With(string options) => JsonOf($"{{ {Polite}, {Fast}, {options} }}").ToJsonString();

    /// <summary>YAML as far as JSON is not too noisy: bare keys and single quotes.</summary>
    private static JsonObject JsonOf(string flow) => (JsonObject)JsonNode.Parse(System.Text.RegularExpressions.Regex.Replace(flow.Replace('\'', '"'), @"(?<=[{,]\s*)(\w+):", "\"$1\":"))!;

    private static SiteAnswer Page(string words, string links = "") => new(200, $"<html><body><article><p>{words} is a text that is long enough to be the content of a page, and says something.</p></article>{links}</body></html>");

    private static async Task<Dictionary<string, byte[]>> Bytes(StepRun run) => (await Task.WhenAll(Directory.GetFiles(run["documents"]).Select(async f => (Path.GetFileName(f), await File.ReadAllBytesAsync(f))))).ToDictionary();

    [Fact]
    public async Task A_crawl_gives_the_same_bytes_for_any_number_of_workers_and_says_what_it_left_out()
    {
        using var site = new WebSite(r => r.Path switch
        {
            "/robots.txt" => new(200, "User-agent: *\nDisallow: /no", "text/plain"),
            "/" => Page("home", "<a href=/no/1>x</a><a href=/a>a</a><a href=/b>b</a><a rel=license href='https://creativecommons.org/licenses/by/4.0/'>cc</a>"),
            "/a" or "/b" => Page(r.Path),
            _ => null,
        });
        using var one = await new StepRun(new CollectCrawl()).RunAsync(With($"seeds: ['{site.Root}/'], license: 'CC0-1.0'"), cpus: 1);
        using var two = await new StepRun(new CollectCrawl()).RunAsync(With($"seeds: ['{site.Root}/'], license: 'CC0-1.0'"), cpus: 7);
        var documents = await one.DocumentsOf("documents");
        Assert.Equal(["/", "/a", "/b"], documents.Select(d => new Uri(d.Url!).AbsolutePath));
        Assert.All(documents, d => Assert.Equal("allowed", d.Robots));
        Assert.All(documents, d => Assert.Equal("no rule matches", d.Metadata["robots_rule"]));
        Assert.DoesNotContain(documents.SelectMany(d => d.Metadata.Keys), k => k.Contains("fetched", StringComparison.Ordinal));
        Assert.Equal(await Bytes(one), await Bytes(two));
        var sheet = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(one["datasheet"], "datasheet.json")))!;
        Assert.Equal("robots", (string)sheet["refused"]![0]!["reason"]!);
        Assert.Contains("/no/1 (Disallow: /no)", (string)sheet["refused"]![0]!["samples"]![0]!, StringComparison.Ordinal);
        Assert.Contains("| robots | 1 |", await File.ReadAllTextAsync(Path.Combine(one["datasheet"], "datasheet.md")), StringComparison.Ordinal);
        Assert.Equal((3, 1), (one.Context!.Metrics["documents"], one.Context.Metrics["refused.robots"]));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/", true)]
    [InlineData("http://[::1]/", true)]
    [InlineData("http://localhost/docs/", true)]
    [InlineData("http://2130706433/", true)]
    [InlineData("https://example.org/", false)]
    public void A_seed_on_a_private_network_is_refused_where_that_is_not_allowed(string seed, bool isPrivate)
    {
        using var run = new StepRun(new CollectCrawl());
        string[] expected = isPrivate ? [$"seeds: '{seed}' is of this machine or a private network, which is not asked; where that is meant, set web.allow_private: true"] : [];
        Assert.Equal(expected, run.Problems(JsonOf($"{{ {Polite}, seeds: ['{seed}'] }}").ToJsonString()));
        Assert.Empty(run.Problems(With($"seeds: ['{seed}']")));
    }

    [Fact]
    public async Task A_refresh_asks_what_changed_and_reads_only_that_again()
    {
        var version = 1;
        using var site = new WebSite(r => r.Path switch
        {
            "/" when r["if-none-match"] == "\"1\"" => new(304),
            "/" => Page("home", "<a href=/a>a</a>").With("ETag", "\"1\""),
            "/a" => Page($"version {version}").With("ETag", $"\"a{version}\""),
            _ => null,
        });
        using var first = await new StepRun(new CollectCrawl()).RunAsync(With($"seeds: ['{site.Root}/']"));
        version = 2;
        using var second = await new StepRun(new CollectCrawl()) { Shorter = first, PiecesOf = first }.RunAsync(With($"seeds: ['{site.Root}/'], refresh: 1"));
        Assert.Equal((1, 1), second.Context!.Pieces.Count("page"));
        Assert.Equal(1, second.Context.Measurements["pages.unchanged"]);
        Assert.Equal("run", second.Context.WentOnFrom!.Run);
        var documents = await second.DocumentsOf("documents");
        Assert.Contains("version 2", documents[1].Text, StringComparison.Ordinal);
        Assert.Equal((await first.DocumentsOf("documents"))[0].Id, documents[0].Id);
        using var fresh = await new StepRun(new CollectCrawl()).RunAsync(With($"seeds: ['{site.Root}/'], refresh: 1"));
        Assert.Equal(await Bytes(fresh), await Bytes(second));
    }

    [Fact]
    public async Task What_fails_while_it_is_refreshed_is_kept_and_told()
    {
        var down = false;
        using var site = new WebSite(r => r.Path switch { "/" => Page("home", "<a href=/a>a</a>"), "/a" => down ? new(503) : Page("a"), _ => null });
        using var first = await new StepRun(new CollectCrawl()).RunAsync(With($"seeds: ['{site.Root}/']"));
        down = true;
        using var second = await new StepRun(new CollectCrawl()) { Shorter = first, PiecesOf = first }.RunAsync(With($"seeds: ['{site.Root}/'], refresh: 1"));
        var documents = await second.DocumentsOf("documents");
        Assert.Equal((await first.DocumentsOf("documents")).Select(d => (d.Id, d.Text)), documents.Select(d => (d.Id, d.Text)));
        Assert.Equal("status 503", documents[1].Metadata["kept_from_before"]);
        Assert.Equal(1, second.Context!.Metrics["kept_from_before.status"]);
        Assert.Contains("kept from before: status 1", second.Context.Summary, StringComparison.Ordinal);
        Assert.Contains($"| status | 1 | {site.Root}/a (503) |", await File.ReadAllTextAsync(Path.Combine(second["datasheet"], "datasheet.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_of_addresses_is_fetched_and_no_link_followed()
    {
        using var site = new WebSite(r => r.Path is "/robots.txt" ? null : Page(r.Path, "<a href=/more>m</a>"));
        using var folder = new TemporaryFolder();
        var list = folder.Write("list.txt", $"# pages\n{site.Root}/b\n\n  {site.Root}/a?x=1#part\r\n{site.Root}/b\n");
        using var run = await new StepRun(new CollectUrls()) { Sources = [new("list.txt", list, 1, "")] }.RunAsync(With($"urls: ['{site.Root}/c']"));
        Assert.Equal(["/a?x=1", "/b", "/c"], (await run.DocumentsOf("documents")).Select(d => new Uri(d.Url!).PathAndQuery));
        Assert.DoesNotContain("/more", site.Paths);
        var bad = folder.Write("bad.txt", $"{site.Root}/b\nnot an address\n");
        using var failing = new StepRun(new CollectUrls()) { Sources = [new("bad.txt", bad, 1, "")] };
        Assert.StartsWith("bad.txt:2: 'not an address' is no address", (await Assert.ThrowsAsync<StepFailedException>(() => failing.RunAsync(With("urls: []")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_of_feeds_are_documents_or_lead_to_articles()
    {
        const string Words = "the entry itself, with a sentence that is long enough to be kept by whatever looks for the main content of it.";
        using var site = new WebSite(r => r.Path switch
        {
            "/feed" => new(200, $"<rss version='2.0'><channel><title>T</title><item><title>One</title><link>/1</link><guid>g1</guid><pubDate>Mon, 06 Sep 2021 00:01:00 +0000</pubDate><description>&lt;p&gt;This is {Words}&lt;/p&gt;</description></item></channel></rss>", "application/rss+xml"),
            "/1" => Page("the article", "<a href=/2>2</a>"),
            "/broken" => new(200, "<rss", "application/rss+xml"),
            _ => null,
        });
        using var entries = await new StepRun(new CollectFeeds()).RunAsync(With($"feeds: ['{site.Root}/feed', '{site.Root}/broken']"));
        var entry = Assert.Single(await entries.DocumentsOf("documents"));
        Assert.Contains(Words, entry.Text, StringComparison.Ordinal);
        Assert.Equal((site.Root + "/1", site.Root + "/feed", "One", "g1", "2021-09-06T00:01:00Z"), (entry.Url, entry.Metadata["feed"], entry.Metadata["title"], entry.Metadata["entry_id"], entry.Metadata["published"]));
        Assert.Equal(1, entries.Context!.Metrics["documents.damaged"]);
        using var articles = await new StepRun(new CollectFeeds()).RunAsync(With($"feeds: ['{site.Root}/feed'], follow: true"));
        var article = Assert.Single(await articles.DocumentsOf("documents"));
        Assert.Contains("the article", article.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/2", site.Paths);
    }

    [Fact]
    public async Task Every_step_that_fetches_can_number_lists_and_repair_text()
    {
        const string List = "<p>This is a page with a sentence that is long enough to be kept by whatever looks for the main content: cafÃ©.</p><ol><li>first thing to do<li>second thing to do</ol>";
        using var site = new WebSite(r => r.Path switch
        {
            "/page" => new(200, $"<meta charset=utf-8><article>{List}</article>"),
            "/feed" => new(200, $"<rss version='2.0'><channel><item><title>One</title><guid>g1</guid><description><![CDATA[{List}]]></description></item></channel></rss>", "application/rss+xml"),
            _ => null,
        });
        const string Read = "list_numbers: true, repair_mojibake: true";
        foreach (var (step, what) in ((StepType, string)[])[(new CollectCrawl(), $"seeds: ['{site.Root}/page']"), (new CollectUrls(), $"urls: ['{site.Root}/page']"), (new CollectFeeds(), $"feeds: ['{site.Root}/feed']")])
        {
            using var plain = await new StepRun(step).RunAsync(With(what));
            using var read = await new StepRun(step).RunAsync(With($"{what}, {Read}"));
            Assert.EndsWith("cafÃ©.\n\n- first thing to do\n- second thing to do", Assert.Single(await plain.DocumentsOf("documents")).Text, StringComparison.Ordinal);
            Assert.EndsWith("café.\n\n1. first thing to do\n2. second thing to do", Assert.Single(await read.DocumentsOf("documents")).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_crawl_that_finds_nothing_says_why()
    {
        using var site = new WebSite(r => r.Path == "/robots.txt" ? new(200, "User-agent: *\nDisallow: /", "text/plain") : Page("x"));
        using var run = new StepRun(new CollectCrawl());
        var message = (await Assert.ThrowsAsync<StepFailedException>(() => run.RunAsync(With($"seeds: ['{site.Root}/']")))).Message;
        Assert.Contains($"robots 1: {site.Root}/ (Disallow: /)", message, StringComparison.Ordinal);
        using var guarded = new StepRun(new CollectCrawl());
        Assert.Contains("is not of the public network", (await Assert.ThrowsAsync<StepFailedException>(() => guarded.RunAsync($$$"""{"user_agent":"testbot +http://x","seeds":["{{{site.Root}}}/"],"web":{"retries":0}}"""))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "seeds: there is nowhere to begin")]
    [InlineData("{ \"seeds\": [\"example.org\"] }", "seeds: 'example.org' is no address")]
    [InlineData("{ \"seeds\": [\"http://a:b@example.org/\"] }", "without name and password")]
    [InlineData("{ \"seeds\": [\"http://example.org/\"], \"user_agent\": \"testbot\" }", "user_agent: 'testbot' says nowhere whom")]
    [InlineData("{ \"seeds\": [\"http://example.org/\"], \"user_agent\": \"1 http://x\" }", "begins with no name")]
    public void Bad_params_are_found_before_anything_runs(string with, string problem)
    {
        var options = JsonNode.Parse(with)!.AsObject();
        if (!options.ContainsKey("user_agent")) options["user_agent"] = "testbot (+http://example.org)";
        using var run = new StepRun(new CollectCrawl());
        Assert.Contains(run.Problems(options.ToJsonString()), p => p.Contains(problem, StringComparison.Ordinal));
    }
}
