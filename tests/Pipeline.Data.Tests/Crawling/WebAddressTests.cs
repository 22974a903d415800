using CsCheck;
using Pipeline.Data.Crawling;

namespace Pipeline.Data.Tests.Crawling;

public sealed class WebAddressTests
{
    private static string? Normal(string text, string? from = null) => WebAddress.Normalize(text, from is null ? null : new(from), WebAddress.Tracking)?.AbsoluteUri;

    [Theory]
    [InlineData("HTTP://Example.ORG:80/a/../b/./c", "http://example.org/b/c")]
    [InlineData("https://example.org:443", "https://example.org/")]
    [InlineData("https://example.org:8443/", "https://example.org:8443/")]
    [InlineData("http://example.org./", "http://example.org/")]
    [InlineData("http://example.org/%7euser/%c3%a9?q=%2f", "http://example.org/~user/%C3%A9?q=%2F")]
    [InlineData("http://example.org/é", "http://example.org/%C3%A9")]
    [InlineData("http://bücher.example/", "http://xn--bcher-kva.example/")]
    [InlineData("http://example.org/a#part", "http://example.org/a")]
    [InlineData("http://example.org/a?utm_source=x&b=1&PHPSESSID=77", "http://example.org/a?b=1")]
    [InlineData("http://example.org/a;jsessionid=9F?b=1", "http://example.org/a?b=1")]
    [InlineData("http://example.org/a?", "http://example.org/a")]
    [InlineData("  http://example.org/a b ", "http://example.org/a%20b")]
    [InlineData("http://[::1]:8080/", "http://[::1]:8080/")]
    [InlineData("http://2130706433/", "http://127.0.0.1/")]
    public void An_address_has_one_spelling(string written, string normal) => Assert.Equal(normal, Normal(written));

    [Theory]
    [InlineData("../b?c=d", "http://example.org/b?c=d")]
    [InlineData("//other.example/x", "http://other.example/x")]
    [InlineData("?page=2", "http://example.org/a/index?page=2")]
    [InlineData("", null)]
    [InlineData("javascript:void(0)", null)]
    [InlineData("mailto:a@example.org", null)]
    [InlineData("ftp://example.org/", null)]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("http://name:word@example.org/", null)]
    [InlineData("http://", null)]
    [InlineData("http://exa mple.org/", null)]
    public void A_link_is_read_from_its_page_and_refused_where_it_leads_to_no_web_server(string link, string? normal) => Assert.Equal(normal, Normal(link, "http://example.org/a/index"));

    [Fact]
    public void Longer_ones_than_any_page_has_are_refused()
    {
        Assert.Null(Normal("http://example.org/" + new string('a', WebAddress.MostCharacters)));
        Assert.Null(Normal("http://example.org/" + new string('é', 1000)));
    }

    [Theory]
    [InlineData("http://example.org/a?&?b", "http://example.org/a??b")]
    [InlineData("http://example.org/a??b", "http://example.org/a??b")]
    public void A_query_loses_no_sign_of_its_own(string address, string normal) => Assert.Equal(normal, Normal(address));

    [Fact]
    public void What_was_normalised_stays_as_it_is() =>
        Gen.String[Gen.Char["abcé/%25?&=.;#:@$*!~'()+,[]|^ 2F"], 0, 30].Sample(path =>
        {
            if (Normal("http://example.org/" + path) is { } once) Assert.Equal(once, Normal(once));
        });
}
