using System.Text;
using CsCheck;
using Pipeline.Data.Crawling;

namespace Pipeline.Data.Tests.Crawling;

/// <summary>Sound files with bytes changed, put in and left out: what reads them gives something or says that it is damaged.</summary>
public sealed class CrawlFuzzTests
{
    private static readonly Uri Page = new("http://example.org/a/page");

    private static readonly (string Name, byte[] Sound, Action<byte[]> Read)[] Readers =
    [
        ("robots.txt", "User-agent: *\r\nCrawl-delay: 1.5\nDisallow: /a*b$\nAllow: /%C3%A9\nSitemap: http://example.org/s.xml\n"u8.ToArray(), b => RobotsRules.Parse(b, "testbot").Judge(Page)),
        ("sitemap", "<?xml version=\"1.0\"?><urlset xmlns=\"x\"><url><loc>http://example.org/1?a=1&amp;b=2</loc></url><url><loc><![CDATA[http://example.org/2]]></loc></url></urlset>"u8.ToArray(), b => Sitemap.Parse(b)),
        ("rss", "<rss version='2.0'><channel><title>T</title><item><title>One</title><link>/1</link><guid>g</guid><pubDate>Mon, 06 Sep 2021 00:01:00 +0200</pubDate><description>&lt;p&gt;Text</description></item></channel></rss>"u8.ToArray(), b => FeedDocument.Parse(b, Page, [])),
        ("atom", "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><title>Two</title><link href='/2'/><id>2</id><updated>2020-01-02T03:04:05Z</updated></entry></feed>"u8.ToArray(), b => FeedDocument.Parse(b, Page, [])),
        ("json feed", "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"T\",\"items\":[{\"id\":\"3\",\"url\":\"/3\",\"content_html\":\"x\",\"date_published\":\"2020-01-02T03:04:05Z\"}]}"u8.ToArray(), b => FeedDocument.Parse(b, Page, [])),
        ("page", "<html><head><base href='/x/'><meta name=robots content='noindex, nofollow'><link rel=canonical href='/y'></head><body><a href='z?a=b&amp;c#d' rel='x y'>e</a></body></html>"u8.ToArray(), b => PageLinks.Read(Encoding.Latin1.GetString(b), Page, "testbot", new() { UserAgent = "testbot" })),
        ("card", "---\nlanguage: [en, de]\nlicense:\n- cc-by-sa-3.0\ntags: {a: [b, {c: d}]}\n---\n# Card\n"u8.ToArray(), b => DatasetCard.LicenseOf(Encoding.UTF8.GetString(b))),
        ("address", "http://Exämple.org:80/a/../%7e;jsessionid=1?b=%zz&utm_source=c#d"u8.ToArray(), b => WebAddress.Normalize(Encoding.UTF8.GetString(b), Page, WebAddress.Tracking)),
    ];

    [Fact]
    public void No_change_of_a_sound_file_makes_reading_fail_otherwise_than_by_saying_so() =>
        Gen.Select(Gen.Int[0, Readers.Length - 1], Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 3], Gen.Byte).Array[1, 8]).Sample(
            (which, changes) =>
            {
                var content = Readers[which].Sound.ToList();
                foreach (var (at, kind, value) in changes)
                {
                    var i = at % Math.Max(1, content.Count);
                    if (kind == 0 && content.Count > 0) content[i] = value;
                    else if (kind == 1) content.Insert(i, value);
                    else if (kind == 2 && content.Count > 0) content.RemoveAt(i);
                    else content.AddRange(content.Skip(i).ToList());
                }

                try
                {
                    Readers[which].Read([.. content]);
                }
                catch (InvalidDataException)
                {
                    // Says so.
                }
            },
            iter: 600);

    [Theory]
    [InlineData("---\nlicense: mit\n---\n", "MIT")]
    [InlineData("---\nlicense: 'apache-2.0'\nother: 1\n---\n", "Apache-2.0")]
    [InlineData("---\nx: {license: mit}\nlicense:\n- cc-by-sa-3.0\n- gfdl\n---\n", "CC-BY-SA-3.0")]
    [InlineData("---\nlicense: bsd-3-clause\n---\n", "BSD-3-Clause")]
    [InlineData("---\nlicense: cc0-1.0\n---\n", "CC0-1.0")]
    [InlineData("---\nlicense: gpl-3.0\n---\n", "GPL-3.0-only")]
    [InlineData("---\nlicense: other\nlicense_name: my own\n---\n", null)]
    [InlineData("---\nlicense:\n  name: mit\n---\n", null)]
    [InlineData("---\nlicense: [unclosed\n---\n", null)]
    [InlineData("license: mit\n", null)]
    public void A_card_states_a_licence(string card, string? license) => Assert.Equal(license, DatasetCard.LicenseOf(card));

    [Fact]
    public void A_card_that_nests_without_end_has_none() => Assert.Null(DatasetCard.LicenseOf("---\n" + new string('[', 60_000) + "\n---\n"));
}
