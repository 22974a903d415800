using System.Text;
using CsCheck;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Tests.Extraction;

public class PageTests
{
    private const string Sentence = "A page has one text that people come for, and much around it that they do not, which is what this is about. ";
    private static readonly string Prose = string.Concat(Enumerable.Repeat($"<p>{Sentence}{Sentence}</p>", 6));

    private static Document Read(string html) => HtmlText.Read("page.html", Encoding.UTF8.GetBytes(html));

    [Theory]
    [InlineData("<p>one<p>two", "one\n\ntwo")]
    [InlineData("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "- a\n- b\n  - c\n- d")]
    [InlineData("<p>a<div>b</div>c", "a\n\nb\nc")]
    [InlineData("<table><tr><td>1<td>2<tr><td>3</table>", "1 | 2\n3")]
    [InlineData("<dl><dt>t<dd>d<dt>u<dd>e</dl>", "t\nd\nu\ne")]
    [InlineData("a < b &amp;&amp; c&lt;d &#146;x&#x2019; &copy 2 &hellip;&bogus; &#0;", "a < b && c<d ’x’ © 2 …&bogus; \ufffd")]
    [InlineData("x<!-- gone --!>y-->z", "xz")]
    [InlineData("<b>bold<i>both</b>it</i> end", "boldbothit end")]
    [InlineData("</p></div>text</body></html>more", "textmore")]
    [InlineData("<pre>a\n  b<br>c</pre>", "```\na\n  b\nc\n```")]
    [InlineData("<pre>\nFrom: Ann\n\n   The committee met on Monday and talked about the new rules for\n   the library. Most of those who were there thought that they are\n   good. The rest will be decided when all have read them again.\n\n   - A list of the rules is kept on the board beside the main door.\n</pre>",
        "From: Ann\n\nThe committee met on Monday and talked about the new rules for the library. Most of those who were there thought that they are good. The rest will be decided when all have read them again.\n\n- A list of the rules is kept on the board beside the main door.")]
    [InlineData("<math alttext='x^2'><mi>x</mi></math>", "$x^2$")]
    [InlineData("<p>a<script>if (a<b) c('</p>')</script>b<style>p{}</style>", "ab")]
    public void Markup_is_read_as_browsers_read_it(string html, string text) => Assert.Equal(text, Read(html).Text);

    [Fact]
    public void What_is_around_the_article_is_left_out()
    {
        var document = Read($"""
            <body><header class=site-header><a href=/>Site</a></header><div class="menu"><ul><li><a href=/a>Alpha</a><li><a href=/b>Beta</a></ul></div>
            <div class=content><div class=post>{Prose}<div class="share-bar"><a href=x>Tweet</a></div><div>Advertisement</div><div class="related"><h3>Related</h3><ul><li><a href=/r>Read also</a></ul></div></div></div>
            <div id=comments><p>First!</p></div><footer>Imprint</footer></body>
            """);
        Assert.Equal("article", document.Metadata["extraction"]);
        foreach (var around in (string[])["Site", "Alpha", "Tweet", "Advertisement", "Related", "Read also", "First!", "Imprint"]) Assert.DoesNotContain(around, document.Text, StringComparison.Ordinal);
        Assert.Equal(12, document.Text.Split(Sentence.Trim()).Length - 1);
    }

    [Fact]
    public void An_article_spread_over_sections_and_a_thread_of_posts_are_found_whole()
    {
        var sections = string.Concat(Enumerable.Range(1, 5).Select(i => $"<section><h2>Part {i}</h2><p>{Sentence}{Sentence}{Sentence}</p></section>"));
        var text = Read($"<nav><a href=/>Home</a></nav><main><article>{sections}</article></main>").Text;
        Assert.All(Enumerable.Range(1, 5), i => Assert.Contains($"Part {i}\n\n", text, StringComparison.Ordinal));
        var posts = string.Concat(Enumerable.Range(1, 8).Select(i => $"<div class=post><div class=who><a href=/u{i}>user{i}</a></div><div class=body>Answer number {i}: {Sentence}{Sentence}</div></div>"));
        var thread = Read($"<ul class=nav><li><a href=/>Home</a></ul><div class=thread>{posts}</div>").Text;
        Assert.All(Enumerable.Range(1, 8), i => Assert.Contains($"Answer number {i}:", thread, StringComparison.Ordinal));
    }

    [Fact]
    public void A_reference_page_keeps_its_synopsis_code_and_definitions()
    {
        var entries = string.Concat(Enumerable.Range(1, 8).Select(i => $"<dt id=o{i}><code>--option{i}</code><a href='#o{i}'>¶</a></dt><dd><p>{Sentence}</p></dd>"));
        var text = Read($"<div class=navheader><a href=p>Prev</a><a href=n>Next</a></div><div class=synopsis><pre>tool [--option] file</pre></div><div class=options><h2>Options</h2><dl>{entries}</dl></div>").Text;
        Assert.StartsWith("```\ntool [--option] file\n```", text, StringComparison.Ordinal);
        Assert.Contains("--option8\nA page", text.Replace("\n\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("Prev", text, StringComparison.Ordinal);
        Assert.DoesNotContain("¶", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_sections_is_whole_however_long_one_of_them_is()
    {
        var options = string.Concat(Enumerable.Range(0, 30).Select(i => $"<dt>--option{i}</dt><dd><p>Does, with some care, what number {i} says, and then what follows, in this order.</p></dd>"));
        string Section(string name, string content) => $"<div class=\"sect1\"><h2 id=\"_{name}\">{name}</h2><div class=\"sectionbody\">{content}</div></div>";
        var text = Read($"<title>tool</title><div id=\"content\">{Section("SYNOPSIS", "<pre>tool [-a]</pre>")}{Section("DESCRIPTION", "<p>Works on files.</p>")}{Section("OPTIONS", $"<dl>{options}</dl>")}{Section("SEE ALSO", "<p>The manual.</p>")}</div>").Text;
        foreach (var part in (string[])["SYNOPSIS", "tool [-a]", "DESCRIPTION", "Works on files.", "--option29", "SEE ALSO", "The manual."]) Assert.Contains(part, text, StringComparison.Ordinal);

        // Headings that lead elsewhere are those of teasers.
        var teasers = string.Concat(Enumerable.Range(0, 4).Select(i => $"<div class=\"t\"><h2><a href=\"/{i}\">Another {i}</a></h2><p>Short words of number {i}.</p></div>"));
        Assert.DoesNotContain("Another", Read($"<div><div class=\"t\"><h2>This one</h2>{Prose}{Prose}</div>{teasers}</div>").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_footer_is_no_content_where_there_is_none()
    {
        var text = Read("<title>Index</title><div class=\"body\"><h1>Index</h1><ul><li><a href=\"a.html\">One</a></li><li><a href=\"b.html\">Two</a></li></ul></div><div class=\"footer\">&copy; Copyright of the foundation, all of it, for many years. "
            + string.Concat(Enumerable.Repeat("This page is licensed, and its examples, too. ", 12)) + "</div>").Text;
        Assert.DoesNotContain("Copyright", text, StringComparison.Ordinal);
        Assert.Contains("One", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<tr><th>Name<th>Where</tr><tr><td>Ann<td>12 High Street<br>London</tr>", "Name | Where\nAnn | 12 High Street London")]
    [InlineData("<tr><td><p>One</p><p>Two</p></td><td><div>a</div><div>b</div></td></tr><tr><td>x</td><td>y</td></tr>", "One Two | a b\nx | y")]
    [InlineData("<tr><td>Tools</td><td><ul><li>saw<li>axe</ul></td></tr><tr><td>x</td><td>y</td></tr>", "Tools | - saw - axe\nx | y")]
    // What lays out a page: code, headings, other tables, long text, one cell.
    [InlineData("<tr><td>Use</td><td><pre>a\nb</pre></td></tr>", "Use |\n\n```\na\nb\n```")]
    [InlineData("<tr><td>One<br>Two</td></tr>", "One\nTwo")]
    public void Lines_of_a_cell_stay_in_its_row(string rows, string text) => Assert.Equal(text, Read($"<table>{rows}</table>").Text);

    [Fact]
    public void What_lays_out_a_page_keeps_its_paragraphs()
    {
        var text = Read($"<table><tr><td>{Prose}</td><td>Aside<br>Line</td></tr></table>").Text;
        Assert.Contains(Sentence.Trim() + "\n\n" + Sentence.Trim(), text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cell_that_is_one_paragraph_stays_in_its_row() =>
        Assert.Contains("Cod | 80 cm\nEel | 90 cm", Read($"{Prose}<table><tr><td><p>Cod</p></td><td><p>80 cm</p></td></tr><tr><td><p>Eel</p></td>\n<td> <p>90 cm</p> </td></tr></table>{Prose}").Text, StringComparison.Ordinal);

    [Fact]
    public void A_page_says_what_it_is()
    {
        var document = Read($$"""
            <html lang=en-GB><head><title>Tea and time | The Kettle</title><link rel=canonical href="https://kettle.example/tea"><meta name=author content="Ann Leaf">
            <script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"The Kettle"},{"@type":["NewsArticle"],"headline":"Tea and time","datePublished":"2021-03-04T08:00:00Z","author":[{"@type":"Person","name":"Ann Leaf"},{"name":"Bo Pot"}]}]}</script></head>
            <body><h1>Tea and time</h1>{{Prose}}<p><a rel=license href="https://creativecommons.org/licenses/by-sa/4.0/deed.de">CC</a></p></body>
            """);
        Assert.Equal(("en-GB", "https://kettle.example/tea", "CC-BY-SA-4.0"), (document.Language, document.Url, document.License));
        Assert.Equal(["author=Ann Leaf, Bo Pot", "date=2021-03-04", "extraction=article", "title=Tea and time"], document.Metadata.Select(m => $"{m.Key}={m.Value}"));
        Assert.DoesNotContain("Tea and time", document.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<a href='http://creativecommons.org/licenses/by/3.0/us/'>x</a>", "CC-BY-3.0")]
    [InlineData("<a href='http://creativecommons.org/licenses/by/4.0/'>x</a><a href='http://creativecommons.org/licenses/by-nc/4.0/'>y</a>", "unknown")]
    [InlineData("<figure><a href='http://creativecommons.org/licenses/by/4.0/'>x</a></figure>", "unknown")]
    [InlineData("<link rel=license href='https://creativecommons.org/publicdomain/zero/1.0/'>", "CC0-1.0")]
    [InlineData("<a rel=license href='https://example.org/terms'>x</a>", "unknown")]
    public void A_licence_is_the_one_that_the_page_states_for_itself(string html, string license) => Assert.Equal(license, Read(html + Prose).License);

    [Fact]
    public void The_body_of_structured_data_serves_where_the_page_has_none()
    {
        var body = string.Concat(Enumerable.Repeat(Sentence, 10));
        var document = Read($$"""<script type="application/ld+json">{"@type":"Article","articleBody":"{{body}}"}</script><div id=app>Please enable scripts</div>""");
        Assert.Equal(("json-ld", body.Trim()), (document.Metadata["extraction"], document.Text));
    }

    [Fact]
    public void Paragraphs_without_a_common_part_are_gathered_one_by_one()
    {
        var html = string.Concat(Enumerable.Range(1, 40).Select(i => $"<table><tr><td><div><div><div><span>{i}: {Sentence}</span></div></div></div></td><td><a href=/{i}>a link with many words in it {i}</a></td></tr></table>"));
        var text = Read(html).Text;
        Assert.All(Enumerable.Range(1, 40), i => Assert.Contains($"{i}: A page", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Any_characters_are_a_page() =>
        Gen.Char["<>/=\"' abpdivtr&#;!-\n\ud800"].Array[0, 200].Sample(characters => Assert.NotNull(Read(new string(characters))), iter: 2000);
}
