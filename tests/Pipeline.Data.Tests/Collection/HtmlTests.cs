using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Collection;

public class HtmlTests(ITestOutputHelper output)
{
    private const string Paragraph = "The engine keeps every result under the digest of what made it, so that a second run has nothing to do but look it up, and says so. ";

    [Fact]
    public void A_page_gives_its_article_once_with_code_lists_and_tables()
    {
        var document = Assert.Single(Collect.One("page.html", $"""
            <!doctype html><html lang="en"><head><title>Caching</title><link rel="canonical" href="https://example.org/caching"></head><body>
            <nav><ul><li><a href="/">Home</a></li><li><a href="/docs">Docs</a></li></ul></nav>
            <article><h1>Caching</h1><p>{Paragraph}{Paragraph}</p><p>{Paragraph}{Paragraph}</p>
            <pre><code>dotnet run
              --force</code></pre>
            <ul><li>first, an item<ul><li>nested</li></ul></li><li>second</li></ul>
            <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
            <p>{Paragraph}</p></article>
            <footer>All rights reserved</footer><script>var x = "never shown";</script></body></html>
            """));
        Assert.Equal(5, Regex.Count(document.Text, "keeps every result"));
        Assert.Contains("```\ndotnet run\n", document.Text, StringComparison.Ordinal);
        Assert.Contains("--force\n```", document.Text, StringComparison.Ordinal);
        Assert.Contains("- first, an item\n  - nested\n- second", document.Text, StringComparison.Ordinal);
        Assert.Contains("a | b\n1 | 2", document.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Home", document.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("rights", document.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("never shown", document.Text, StringComparison.Ordinal);
        Assert.Equal(("Caching", "en", "https://example.org/caching", "text/html"), (document.Metadata["title"], document.Language, document.Url, document.MediaType));
    }

    [Fact]
    public void A_short_page_gives_its_paragraphs_lists_and_headings()
    {
        var document = Assert.Single(Collect.One("x.htm", "<title>T</title><nav>Menu</nav><h1>Names</h1><ul><li>one</li><li>two</li></ul><p>End.</p>"));
        Assert.Equal("Names\n\n- one\n- two\n\nEnd.", document.Text);
        Assert.Equal("blocks", document.Metadata["extraction"]);
    }

    [Fact]
    public void The_charset_that_a_page_declares_is_used_where_it_is_not_UTF8()
    {
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("shift_jis")!.GetBytes("<meta charset=\"shift_jis\"><p>日本語の文章</p>");
        var document = Assert.Single(Collect.One("x.html", bytes));
        Assert.Equal(("日本語の文章", "shift_jis"), (document.Text, document.Metadata["encoding"]));
    }

    [Theory]
    [InlineData("<div>", 200_000)]
    [InlineData("<b>", 100_000)]
    [InlineData("<table><tr><td>", 50_000)]
    [InlineData("<p><a href=x>", 60_000)]
    [InlineData("<svg><g>", 60_000)]
    [InlineData("< ", 1_000_000)]
    [InlineData("<div><table></div></table>", 40_000)]
    [InlineData("&amp;", 1_000_000)]
    [InlineData("<nav>x</nav>", 90_000)]
    [InlineData("<ol><li>x</li><li>y</li>", 300)]
    [InlineData("<li>x", 150_000)]
    [InlineData("<pre>x<br>", 60_000)]
    public async Task A_page_nested_absurdly_deep_gives_its_words_in_bounded_time(string piece, int times)
    {
        var html = string.Concat(Enumerable.Repeat(piece, times)) + "the words";
        var read = Task.Run(() => Collect.One("deep.html", html));
        Assert.True(await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(30))) == read, "took more than 30 s");
        Assert.Contains("the words", Assert.Single(await read).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_of_ordered_lists_have_no_number_that_is_no_text_unless_it_is_asked_for()
    {
        var html = Encoding.UTF8.GetBytes("<ol><li>a<ol start=3><li>b</ol><li>c</ol>");
        Assert.Equal("- a\n  - b\n- c", Collect.One("x.html", html)[0].Text);
        Assert.Equal("1. a\n   3. b\n2. c", Collect.One("x.html", html, new() { ListNumbers = true })[0].Text);
        var mail = Encoding.UTF8.GetBytes("From a@b Thu Jan  1 00:00:00 2026\nContent-Type: text/html\n\n<ol><li>a<li>b</ol>\n");
        Assert.Equal("- a\n- b", Collect.One("x.mbox", mail)[0].Text);
        Assert.Equal("1. a\n2. b", Collect.One("x.mbox", mail, new() { ListNumbers = true })[0].Text);
    }

    [Fact]
    public void Long_ordered_lists_are_numbered_from_their_start()
    {
        var html = "<ol start=5>" + string.Concat(Enumerable.Repeat("<li>x</li>", 60_000)) + "</ol>";
        var text = Collect.One("x.html", html, new() { ListNumbers = true })[0].Text;
        Assert.StartsWith("5. x\n6. x\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n60004. x", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_tag_soup_is_read() =>
        Gen.Int[0, Soup.Length - 1].Array[0, 60].Sample(picks => Assert.True(Collect.One("x.html", string.Concat(picks.Select(p => Soup[p]))).Count <= 1), iter: 500);

    private static readonly string[] Soup =
    [
        "<html>", "<head>", "<title>t", "<body class=article>", "<article>", "</article>", "<div id=content>", "</div>", "<p>", "</p>", Paragraph, "<a href='::'>", "<a href=\"http://[\">", "</a>",
        "<table>", "<tr>", "<td>", "</table>", "<pre>", "</pre>", "<ol start=x>", "<li>", "</ol>", "<br>", "<img src='data:,x' alt=y>", "<svg>", "</svg>", "<math>", "<iframe>", "</iframe>",
        "<noscript><p>", "</noscript>", "<script type='application/ld+json'>{\"@type\":[}", "<script type='application/ld+json'>{\"@context\":\"http://schema.org\",\"@type\":\"Article\",\"name\":5}", "</script>", "<template>",
        "<base href='//'>", "<link rel=canonical href='x:'>", "<meta property='og:title' content=''>", "<meta name=author>", "&#0;&#xD800;&bogus;", "a NUL \0 in words", "<!--", "-->", "<b><i></b></i>", "<select><option>", "<frameset>", "<object data=x>",
    ];

    [Fact]
    public void The_text_of_the_readability_pages_is_found()
    {
        var archive = SharedData.Find("html-readability/test-pages.tar.xz");
        Assert.SkipWhen(archive is null, "html-readability is absent");
        using var folder = new TemporaryFolder();
        Unpack(archive, folder.Path);
        var sources = Directory.GetFiles(folder.Path, "source.html", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.True(sources.Count > 100);
        var found = Collect.Files([.. sources.Select(s => (s, s))]).ToDictionary(d => d.Source);
        var scores = new List<double>();
        foreach (var source in sources)
        {
            var expected = Words(WebUtility.HtmlDecode(Regex.Replace(File.ReadAllText(source.Replace("source.html", "expected.html", StringComparison.Ordinal)), "<[^>]*>", " ")));
            var actual = found.TryGetValue(source, out var document) ? Words(document.Text) : [];
            var f1 = F1(expected, actual);
            scores.Add(f1);
            if (f1 < .8) output.WriteLine($"{f1:F3} {Path.GetFileName(Path.GetDirectoryName(source))} {document?.Metadata["extraction"]} {expected.Values.Sum()} {actual.Values.Sum()}");
        }

        output.WriteLine($"mean token F1 over {scores.Count} pages: {scores.Average():F4}");
        Assert.True(scores.Average() >= .97, $"{scores.Average()}");
    }

    private static Dictionary<string, int> Words(string text) =>
        Regex.Matches(text.ToLowerInvariant(), @"\w+").GroupBy(m => m.Value).ToDictionary(g => g.Key, g => g.Count());

    private static double F1(Dictionary<string, int> expected, Dictionary<string, int> actual)
    {
        var (wanted, given) = (expected.Values.Sum(), actual.Values.Sum());
        if (wanted + given == 0) return 1;
        return 2.0 * expected.Sum(e => Math.Min(e.Value, actual.GetValueOrDefault(e.Key))) / (wanted + given);
    }

    // .NET has no xz; the tool is on every development machine.
    private static void Unpack(string archive, string folder)
    {
        using var tar = System.Diagnostics.Process.Start("tar", ["xf", archive, "-C", folder]);
        tar.WaitForExit();
        Assert.Equal(0, tar.ExitCode);
    }
}
