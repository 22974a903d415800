using Pipeline.Data.Quality;

namespace Pipeline.Data.Tests.Quality;

public sealed class UrlFilterTests
{
    private static UrlFilter Filter()
    {
        var list = new BlockList();
        list.Read("list", ["# remark", "bad.org", "0.0.0.0 ads.net", "domain worse.com # why", "url https://fine.org/one/", "word casino", "soft_word poker", "soft_word slots", "subword xxx", ""], 100);
        return new(list, 2);
    }

    [Theory]
    [InlineData("https://bad.org/page", "domain", "bad.org")]
    [InlineData("http://www.BAD.org:8080/", "domain", "bad.org")]
    [InlineData("https://user@x.ads.net?y", "domain", "ads.net")]
    [InlineData("https://notbad.org/", null, null)]
    [InlineData("https://bad.org.uk/", null, null)]
    [InlineData("https://fine.org/one", "url", "this address")]
    [InlineData("https://fine.org/one/two", null, null)]
    [InlineData("https://a.b/best-Casino-2", "word", "Casino")]
    [InlineData("https://a.b/casinos", null, null)]
    [InlineData("https://a.b/poker/poker", null, null)]
    [InlineData("https://a.b/poker/slots", "soft_words", "poker slots")]
    [InlineData("https://a.b/x-x-x", "subword", "subword")]
    [InlineData("", null, null)]
    public void An_address_is_blocked_by(string url, string? rule, string? value)
    {
        var result = Filtered.By(Filter(), "text", url);
        Assert.Equal((rule, value?.ToLowerInvariant()), (result.Rule, result.Value?.ToLowerInvariant()));
    }

    [Fact]
    public void A_list_with_a_bad_line_or_too_many_is_refused_by_line()
    {
        Assert.StartsWith("list:2: is no entry", Assert.Throws<InvalidDataException>(() => new BlockList().Read("list", ["a.org", "what is this"], 9)).Message, StringComparison.Ordinal);
        Assert.StartsWith("list:3: is beyond 2 entries", Assert.Throws<InvalidDataException>(() => new BlockList().Read("list", ["a.org", "b.org", "c.org"], 2)).Message, StringComparison.Ordinal);
    }
}
