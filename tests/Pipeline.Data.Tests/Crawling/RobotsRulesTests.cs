using System.Text;
using Pipeline.Data.Crawling;

namespace Pipeline.Data.Tests.Crawling;

public sealed class RobotsRulesTests
{
    private const string Simple = """
        User-Agent: *
        Disallow: *.gif$
        Disallow: /example/
        Allow: /publications/

        User-Agent: foobot
        Disallow:/
        Allow:/example/page.html
        Allow:/example/allowed.gif

        User-Agent: barbot
        User-Agent: bazbot
        Disallow: /example/page.html

        User-Agent: quxbot

        EOF
        """;

    private static RobotsRules Parse(string text, string agent = "foobot") => RobotsRules.Parse(Encoding.UTF8.GetBytes(text), agent);

    private static RobotsVerdict Judge(string text, string path, string agent = "foobot") => Parse(text, agent).Judge(new("http://example.org" + path));

    /// <summary>RFC 9309, 5.1.</summary>
    [Theory]
    [InlineData("foobot", "/", "Disallow: /")]
    [InlineData("FooBot", "/example/page.html", "Allow: /example/page.html")]
    [InlineData("foobot", "/example/allowed.gif", "Allow: /example/allowed.gif")]
    [InlineData("barbot", "/example/page.html", "Disallow: /example/page.html")]
    [InlineData("bazbot", "/example/page.html", "Disallow: /example/page.html")]
    [InlineData("bazbot", "/picture.gif", "no rule matches")]
    [InlineData("quxbot", "/example/", "no rule matches")]
    [InlineData("other", "/example/page.html", "Disallow: /example/")]
    [InlineData("other", "/a/b.gif", "Disallow: *.gif$")]
    [InlineData("other", "/a/b.gif?x", "no rule matches")]
    [InlineData("other", "/publications/", "Allow: /publications/")]
    public void The_group_of_the_crawler_decides(string agent, string path, string rule)
    {
        var verdict = Judge(Simple, path, agent);
        Assert.Equal(rule, verdict.Rule);
        Assert.Equal(!rule.StartsWith("Disallow", StringComparison.Ordinal), verdict.Allowed);
    }

    /// <summary>RFC 9309, 5.2 and 2.2.2.</summary>
    [Fact]
    public void The_longest_match_decides_and_of_two_the_one_that_allows()
    {
        const string Longest = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif";
        Assert.False(Judge(Longest, "/example/page/disallowed.gif").Allowed);
        Assert.True(Judge(Longest, "/example/page/").Allowed);
        Assert.True(Judge("User-agent: *\nDisallow: /same\nAllow: /same", "/same").Allowed);
        Assert.True(Judge("User-agent: *\nAllow: /same\nDisallow: /same", "/same").Allowed);
        Assert.False(Judge("User-agent: *\nAllow: /a\nDisallow: /*b", "/ab").Allowed);
    }

    /// <summary>RFC 9309, 2.2.1: groups of one crawler are one.</summary>
    [Fact]
    public void Groups_are_merged_and_lines_of_other_kinds_do_not_part_them()
    {
        const string Two = "User-agent: ExampleBot\nDisallow: /foo\nDisallow: /bar\n\nUser-agent: ExampleBot\nDisallow: /baz\n";
        Assert.All(["/foo", "/bar", "/baz"], path => Assert.False(Judge(Two, path, "ExampleBot").Allowed));
        Assert.True(Judge(Two, "/", "ExampleBot").Allowed);
        const string Between = "user-agent: a\nsitemap: http://example.org/s.xml\ncrawl-delay: 2\nuser-agent: b\ndisallow: /x\n";
        Assert.False(Judge(Between, "/x", "a").Allowed);
        Assert.False(Judge(Between, "/x", "b").Allowed);
        Assert.Equal(["http://example.org/s.xml"], Parse(Between).Sitemaps);
        Assert.Equal(TimeSpan.FromSeconds(2), Parse(Between, "a").CrawlDelay);
        Assert.Null(Parse(Between, "b").CrawlDelay);
    }

    [Theory]
    [InlineData("User-agent: foobot/1.2\nDisallow: /", false)]
    [InlineData("User-agent: foobot-news\nDisallow: /", true)]
    [InlineData("User-agent: foo\nDisallow: /", true)]
    [InlineData("Disallow: /", true)]
    [InlineData("User-agent: *\nDisallow:", true)]
    [InlineData("User-agent: *\nDisallow: / # all of it", false)]
    [InlineData("\ufeffUser-agent: *\r\nDisallow: /", false)]
    [InlineData("user-agent : *\rDISALLOW : /", false)]
    [InlineData("<html><body>not found</body></html>", true)]
    [InlineData("", true)]
    public void Names_comments_and_line_ends(string text, bool allowed) => Assert.Equal(allowed, Judge(text, "/page").Allowed);

    /// <summary>RFC 9309, 2.2.2 and 2.2.3.</summary>
    [Theory]
    [InlineData("/foo/bar?baz=quz", "/foo/bar?baz=quz", true)]
    [InlineData("/foo/bar/ツ", "/foo/bar/%E3%83%84", true)]
    [InlineData("/foo/bar/%E3%83%84", "/foo/bar/ツ", true)]
    [InlineData("/foo/bar/%62%61%7A", "/foo/bar/baz", true)]
    [InlineData("/foo/%2fbar", "/foo/%2Fbar", true)]
    [InlineData("/foo/%2Fbar", "/foo//bar", false)]
    [InlineData("/path/file-with-a-%2A.html", "/path/file-with-a-*.html", true)]
    [InlineData("/path/file-with-a-%2A.html", "/path/file-with-a-b.html", false)]
    [InlineData("/path/foo-%24", "/path/foo-$", true)]
    [InlineData("/*.php$", "/a/b.php", true)]
    [InlineData("/*.php$", "/a/b.php?c", false)]
    [InlineData("/fish*", "/fish/salmon.html", true)]
    [InlineData("/fish", "/Fish.asp", false)]
    [InlineData("/a*b*c$", "/a1b2bc", true)]
    [InlineData("/a*bc$", "/abcd", false)]
    [InlineData("/ab$", "/ab", true)]
    [InlineData("*", "/", true)]
    public void Patterns(string pattern, string path, bool matches) => Assert.Equal(!matches, Judge($"User-agent: *\nDisallow: {pattern}", path).Allowed);

    [Fact]
    public void No_rule_forbids_robots_txt_itself() => Assert.True(Judge("User-agent: *\nDisallow: /", "/robots.txt").Allowed);

    [Fact]
    public void What_is_behind_the_limit_does_not_count_and_no_line_is_cut_in_two()
    {
        var filler = string.Concat(Enumerable.Repeat("# " + new string('x', 97) + "\n", RobotsRules.MostBytes / 100));
        var text = "User-agent: *\nDisallow: /a\n" + filler;
        text = text[..(RobotsRules.MostBytes - 12)] + "\nDisallow: /bcdefg\nDisallow: /b\n";
        Assert.False(Judge(text, "/a").Allowed);
        Assert.True(Judge(text, "/b").Allowed);
    }

    [Fact]
    public void Rules_made_to_be_slow_are_not()
    {
        var text = "User-agent: *\n" + string.Concat(Enumerable.Repeat($"Disallow: /{string.Concat(Enumerable.Repeat("*a", 60))}b\n", 4000));
        Assert.True(Judge(text, "/" + new string('a', 2000)).Allowed);
    }
}
