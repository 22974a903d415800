using CsCheck;
using ICSharpCode.SharpZipLib.BZip2;
using Pipeline.Data.Collection;
using Pipeline.Data.Damages;
using Pipeline.Data.Readers;
using Pipeline.Data.Tests.Collection;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Readers;

public class MediaWikiTests
{
    private static string Dump(params string[] pages) =>
        $"<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.10/\" xml:lang=\"en\"><siteinfo><base>https://en.example.org/wiki/Main_Page</base><namespaces><namespace key='6' case='first-letter'>Soubor</namespace><namespace key='0'/></namespaces></siteinfo>{string.Concat(pages)}</mediawiki>";

    private static string Page(string title, string wiki, int id = 1, int space = 0, string redirect = "") =>
        $"<page><title>{title}</title><ns>{space}</ns><id>{id}</id>{redirect}<revision><id>9</id><timestamp>2016-04-22T10:19:33Z</timestamp><text xml:space=\"preserve\">{System.Net.WebUtility.HtmlEncode(wiki)}</text></revision></page>";

    [Theory]
    [InlineData("'''Tea''' is a [[drink|hot drink]] of [[Asia]].<ref name=a>{{cite|x=[[y]]}}</ref><ref name=b/>", "Tea is a hot drink of Asia.")]
    [InlineData("{{Infobox|a={{b|c}}\n|d=[[e]]}}Text", "Text")]
    [InlineData("== Head ==\nOne\ntwo\n\nthree\n----\nfour", "Head\n\nOne two\n\nthree\n\nfour")]
    [InlineData("* a\n* b\n** c\n# one\n# two\n: said", "- a\n- b\n  - c\n1. one\n2. two\nsaid")]
    [InlineData("[[File:x.jpg|thumb|A [[cat]]]]Seen [http://a.b there] and [http://a.b].[[Category:Cats]]", "Seen there and.")]
    [InlineData("{|class=\"wikitable\"\n! a !! b\n|-\n| style=\"x\" | 1 || 2\n|}", "a | b\n1 | 2")]
    [InlineData("<math>a_{1} '' b</math> <nowiki>[[x]]</nowiki><!-- no -->", "$a_{1} '' b$ [[x]]")]
    [InlineData("x\n<syntaxhighlight lang=c>\nint ''a'';\n</syntaxhighlight>", "x\n\n```\nint ''a'';\n```")]
    [InlineData("{{convert|5|km|mi}} {{lang|fr|mot}} {{nowrap|a b}} &ndash; A&nbsp;B __NOTOC__", "5 km mot a b – A\u00a0B")]
    [InlineData("{{unclosed [[also\nrest", "rest")]
    [InlineData("See [http://a.b ''words'' of {{x}} [[here|there]]] now.", "See words of there now.")]
    [InlineData("Tea ({{lang-zh|x}}; {{IPA|y}}) is, {{x}}, hot {{y}}.[[fr:Thé]][[zh-min-nan:Tê]]", "Tea is,, hot.")]
    [InlineData("Rand (; {{x}} born 1905) wrote (as {{y}}).", "Rand (; born 1905) wrote (as).")]
    [InlineData("{{{1|otherwise}}} and {{a|{{{2}}}}}b {{formatnum:1234}} {{lc:ABC}} {{DEFAULTSORT:Tea}}{{#if:x|y}}", "otherwise and b 1234 abc")]
    [InlineData("[[Datei:x.jpg|mini|Ein [[Bild]] {{von|[[y]]}}|alt]]Text[[Soubor:y.png]] [[wikt:tea]] [[:fr:Thé]]", "Text tea fr:Thé")]
    [InlineData("__KEIN_INHALTSVERZEICHNIS__-{zh-hans:计算机; zh-hant:電腦}- a -{T|zh:b}-", "计算机 a")]
    [InlineData("Words.\n== Sources ==\n{{reflist}}\n== Links ==\n=== More ===\n* [http://a.b c]", "Words.\n\nLinks\n\nMore\n\n- c")]
    [InlineData("== A ==\n<references/>\n== B ==\n{{stub}}\nWords.\n== C ==", "B\n\nWords.")]
    [InlineData("{|\n! a !! b\n|-\n| c<br/>(d) || 0.1 || style=\"x\" | e\n|-\n| {{x}} || {{y}}\n|}", "a | b\nc (d) | 0.1 | e")]
    [InlineData("{|\n| a\nb\nc || d\ne\n| f\n|}", "a b c | d e | f")]
    [InlineData("[[Paris (Texas)|]] a]] b}} c", "Paris a]] b}} c")]
    public void Wikitext_becomes_text(string wiki, string text) => Assert.Contains(text, Collect.Text("d.xml", Dump(Page("T", wiki))), StringComparison.Ordinal);

    [Fact]
    public void Articles_are_read_and_redirects_and_talk_where_asked_for()
    {
        var dump = Dump(Page("A B/C", "one", 1), Page("Old", "#REDIRECT [[A]]", 2, redirect: "<redirect title='A'/>"), Page("Talk:A", "chat", 3, space: 1));
        var article = Assert.Single(Collect.One("d.xml", dump));
        Assert.Equal(("one", "https://en.example.org/wiki/A_B/C", "en", "text/x-wiki"), (article.Text, article.Url, article.Language, article.MediaType));
        Assert.Equal(["date=2016-04-22", "page_id=1", "title=A B/C"], article.Metadata.Select(m => $"{m.Key}={m.Value}"));
        Assert.Equal(3, Collect.One("d.xml", dump, new() { Wiki = new() { Namespaces = [0, 1], Redirects = true } }).Count);
    }

    [Fact]
    public void Damage_costs_what_follows_it_or_the_page_that_is_too_long()
    {
        var broken = Collect.All("d.xml", Dump(Page("A", "one"), Page("B", "two", 2)).Replace("two</text>", "two</txt>", StringComparison.Ordinal));
        Assert.Equal("one", Assert.Single(broken.Documents).Text);
        Assert.Equal(DamageKind.Damaged, Assert.Single(broken.Tally.Damages).Kind);
        var huge = Collect.All("d.xml", Dump(Page("A", new string('x', 5000)), Page("B", "two", 2)), new() { Limits = new() { RecordBytes = 2000 } });
        Assert.Equal("two", Assert.Single(huge.Documents).Text);
        Assert.Equal((DamageKind.Limit, "page A"), (huge.Tally.Damages[0].Kind, huge.Tally.Damages[0].Where));
        var bomb = "<!DOCTYPE m [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>" + Dump(Page("A", "x"));
        Assert.Empty(Collect.All("d.xml", bomb, new() { Format = FileFormat.MediaWiki }).Documents);
    }

    [Theory]
    [InlineData("{{", 300_000)]
    [InlineData("[[", 300_000)]
    [InlineData("{{nowrap|", 50_000)]
    [InlineData("[http", 200_000)]
    [InlineData("<ref>", 200_000)]
    [InlineData("<!--", 200_000)]
    [InlineData("{|\n", 100_000)]
    [InlineData("[[a}}{{b]]", 100_000)]
    public async Task Hostile_wikitext_is_read_in_bounded_time(string piece, int times)
    {
        var read = Task.Run(() => Collect.One("d.xml", Dump(Page("T", "the words\n" + string.Concat(Enumerable.Repeat(piece, times))))));
        Assert.True(await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(30))) == read, "took more than 30 s");
        Assert.Contains("the words", Assert.Single(await read).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{|\n", "x\n")]
    [InlineData("{|\n| a || b\n", "x\n")]
    [InlineData("{|\n", "x || y\n")]
    public void A_cell_of_many_lines_is_not_copied_for_each_of_them(string table, string line)
    {
        const int Lines = 20_000;
        var wiki = table + string.Concat(Enumerable.Repeat(line, Lines));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var text = WikiLines.Layout(wiki, []);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Lines * 1000);
        Assert.Equal(Lines, text.Count(c => c == 'x'));
    }

    [Fact]
    public void Any_characters_are_read() => Gen.Char["{}[]|'=*#:;<>!-/ab \nref"].Array[0, 80].Sample(c => Assert.True(Collect.One("d.xml", Dump(Page("T", "x" + new string(c)))).Count <= 1), iter: 1000);

    [Fact]
    public void A_real_dump_gives_its_articles()
    {
        var path = SharedData.Find("wikidump/enwiki-shortened.xml.bz2");
        Assert.SkipWhen(path is null, "wikidump is absent");
        var bytes = new MemoryStream();
        BZip2.Decompress(File.OpenRead(path), bytes, isStreamOwner: false);
        var documents = Collect.One("d.xml", bytes.ToArray());
        Assert.Equal(106, documents.Count);
        var anarchism = documents.Single(d => d.Metadata["title"] == "Anarchism");
        Assert.StartsWith("Anarchism is a political philosophy that advocates self-governed societies based on voluntary institutions. These are often described as stateless societies,", anarchism.Text, StringComparison.Ordinal);
        Assert.Equal("https://en.wikipedia.org/wiki/Anarchism", anarchism.Url);
        // Hardly any markup is left.
        var marks = documents.Sum(d => d.Text.Split("{{").Length + d.Text.Split("[[").Length + d.Text.Split("'''").Length + d.Text.Split("<ref").Length - 4);
        Assert.True(marks < documents.Count * 2, $"{marks}");
    }
}
