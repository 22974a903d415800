using System.IO.Compression;
using System.Text;
using Pipeline.Data.Crawling;

namespace Pipeline.Data.Tests.Crawling;

/// <summary>What crawlers read apart from pages: sitemaps, feeds, links and the shapes of addresses.</summary>
public sealed class CrawlFilesTests
{
    private const string Agent = "testbot";

    private static readonly Uri Page = new("http://example.org/a/page");

    private static PageLinks Links(string html, TrapLimits? traps = null) => PageLinks.Read(html, Page, Agent, new CrawlOptions { UserAgent = Agent, Traps = traps ?? new() });

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Optimal)) stream.Write(content);
        return packed.ToArray();
    }

    [Fact]
    public void A_sitemap_names_pages_in_its_own_elements_alone()
    {
        var xml = """
            <?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
            <url><loc> http://example.org/1?a=1&amp;b=2 </loc><lastmod>2024-01-01</lastmod><image:image><image:loc>http://example.org/x.png</image:loc></image:image></url>
            <url><loc><![CDATA[http://example.org/2]]></loc></url></urlset>
            """u8.ToArray();
        Assert.Equal(["http://example.org/1?a=1&b=2", "http://example.org/2"], Sitemap.Parse(xml).Pages);
        Assert.Equal(Sitemap.Parse(xml).Pages, Sitemap.Parse(Gzip(xml)).Pages);
    }

    [Fact]
    public void An_index_names_sitemaps_and_plain_text_pages()
    {
        Assert.Equal(["http://example.org/s1.xml"], Sitemap.Parse("<sitemapindex><sitemap><loc>http://example.org/s1.xml</loc></sitemap></sitemapindex>"u8.ToArray()).Sitemaps);
        Assert.Equal(["http://example.org/1", "http://example.org/2"], Sitemap.Parse("http://example.org/1\r\n\r\nhttp://example.org/2\n"u8.ToArray()).Pages);
    }

    [Fact]
    public void Of_a_damaged_sitemap_what_stands_before_is_taken_and_a_bomb_is_not_unpacked()
    {
        Assert.Equal(["http://example.org/1"], Sitemap.Parse("<urlset><url><loc>http://example.org/1</loc></url><url><loc>http://exam"u8.ToArray()).Pages);
        Assert.Contains("is no sitemap", Assert.Throws<InvalidDataException>(() => Sitemap.Parse("<urlset"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("unpacks to more", Assert.Throws<InvalidDataException>(() => Sitemap.Parse(Gzip(new byte[60 << 20]))).Message, StringComparison.Ordinal);
        // Entities that the page declares itself are not looked up, and so end it.
        Assert.Throws<InvalidDataException>(() => Sitemap.Parse("<!DOCTYPE u [<!ENTITY a 'http://example.org/'>]><urlset><url><loc>&a;</loc></url></urlset>"u8.ToArray()));
    }

    [Fact]
    public void Links_are_read_from_the_base_and_each_is_taken_once()
    {
        var links = Links("<base href='/docs/'><a href='x'>x</a><a href=\"x#y\">again</a><area href=/y><a rel='nofollow noopener' href=z>z</a><a href='javascript:f()'>f</a><!-- <a href=c> --><script>'<a href=d>'</script><link rel=next href=p2>");
        Assert.Equal(["http://example.org/docs/x", "http://example.org/y", "http://example.org/docs/p2"], links.Addresses);
    }

    [Theory]
    [InlineData("<meta name=robots content=noindex>", true, false)]
    [InlineData("<meta name='ROBOTS' content='NoIndex, NoFollow'>", true, true)]
    [InlineData("<meta name=robots content=none>", true, true)]
    [InlineData("<meta name=testbot content=nofollow>", false, true)]
    [InlineData("<meta name=otherbot content=none>", false, false)]
    [InlineData("<meta name=robots content='noai'>", true, false)]
    [InlineData("<meta name=robots content='max-snippet:-1'>", false, false)]
    public void Pages_say_whether_they_and_their_links_are_for_crawlers(string meta, bool noIndex, bool noFollow)
    {
        var links = Links($"<html><head>{meta}</head><a href=/x>x</a>");
        Assert.Equal((noIndex, noFollow), (links.NoIndex, links.NoFollow));
        Assert.Equal(noFollow ? 0 : 1, links.Addresses.Count);
    }

    [Theory]
    [InlineData("noindex", true, false)]
    [InlineData("otherbot: noindex, nofollow", false, false)]
    [InlineData("testbot: nofollow", false, true)]
    [InlineData("unavailable_after: 25 Jun 2010 15:00:00 PST, noindex", true, false)]
    public void Headers_do_too(string header, bool noIndex, bool noFollow)
    {
        var directives = new RobotsDirectives(Agent);
        directives.AddHeader(header);
        Assert.Equal((noIndex, noFollow), (directives.NoIndex, directives.NoFollow));
    }

    [Fact]
    public void A_page_of_links_without_end_is_cut()
    {
        var links = Links(string.Concat(Enumerable.Range(0, 100).Select(i => $"<a href=/{i}>{i}</a>")), new() { Links = 10 });
        Assert.Equal(10, links.Addresses.Count);
        Assert.True(links.MoreLinks);
    }

    [Theory]
    [InlineData("/a/b/a/b/a/b/a/b", Refusals.Repeats)]
    [InlineData("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21", Refusals.Segments)]
    [InlineData("/a/b/c", null)]
    public void Paths_that_grow_are_traps(string path, string? trap) => Assert.Equal(trap, new TrapGuard(new()).Judge(new("http://example.org" + path)));

    [Fact]
    public void Queries_and_calendars_without_end_are_traps_and_articles_are_not()
    {
        var guard = new TrapGuard(new() { Queries = 5, Dates = 12 });
        string? Judge(string path) => guard.Judge(new("http://example.org" + path));
        Assert.Equal(5, Enumerable.Range(0, 20).Count(i => Judge($"/list?sort={i}") is null));
        Assert.Equal(Refusals.Queries, Judge("/list?sort=99"));
        Assert.Null(Judge("/other?sort=99"));
        Assert.Equal(12, Enumerable.Range(0, 40).Count(i => Judge($"/calendar/{2000 + i}/{(i % 12) + 1:00}") is null));
        Assert.Equal(Refusals.Dates, Judge("/calendar/2077/05"));
        Assert.Equal(5, Enumerable.Range(0, 40).Count(i => Judge($"/month?year={2000 + i}&month=5") is null));
        Assert.All(Enumerable.Range(0, 40), i => Assert.Null(Judge($"/2024/05/{i}-an-article-on-{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}")));
        Assert.All(Enumerable.Range(0, 40), i => Assert.Null(Judge($"/item/{100000 + i}0")));
    }

    [Fact]
    public void Entries_of_each_kind_of_feed()
    {
        var rss = FeedDocument.Parse("<rss version='2.0'><channel><title>T</title><item><title>One</title><link>/1?utm_source=rss</link><guid>g1</guid><author>Ann</author><pubDate>Mon, 06 Sep 2021 00:01:00 +0200</pubDate><description>&lt;p&gt;Text&lt;/p&gt;</description></item></channel></rss>"u8.ToArray(), Page, WebAddress.Tracking);
        Assert.Equal(new FeedEntry("http://example.org/1", "g1", "One", "Ann", "2021-09-05T22:01:00Z", "<p>Text</p>"), Assert.Single(rss.Entries));
        var atom = FeedDocument.Parse("<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><title>Two</title><link href='http://example.org/2'/><id>urn:2</id><updated>2020-01-02T03:04:05Z</updated><author><name>Bob</name></author><content type='html'>&lt;p&gt;B&lt;/p&gt;</content></entry></feed>"u8.ToArray(), Page, []);
        Assert.Equal(new FeedEntry("http://example.org/2", "urn:2", "Two", "Bob", "2020-01-02T03:04:05Z", "<p>B</p>"), Assert.Single(atom.Entries));
        var json = FeedDocument.Parse("""{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"3","url":"http://example.org/3","title":"Three","content_html":"<p>C</p>","date_published":"2020-01-02T03:04:05Z"}]}"""u8.ToArray(), Page, []);
        Assert.Equal("<p>C</p>", Assert.Single(json.Entries).Html);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>no feed</body></html>")]
    [InlineData("{\"version\":")]
    [InlineData("<!DOCTYPE rss [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><rss version='2.0'><channel><title>&b;</title></channel></rss>")]
    [InlineData("<rss version='2.0'><channel><title>T</title><item>")]
    public void What_is_no_feed_says_so(string text) => Assert.Throws<InvalidDataException>(() => FeedDocument.Parse(Encoding.UTF8.GetBytes(text), Page, []));

    [Fact]
    public void A_feed_of_elements_in_elements_is_refused() =>
        Assert.Contains("without end", Assert.Throws<InvalidDataException>(() => FeedDocument.Parse(Encoding.UTF8.GetBytes("<rss>" + string.Concat(Enumerable.Repeat("<a>", 100_000))), Page, [])).Message, StringComparison.Ordinal);
}
