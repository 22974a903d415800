using Pipeline.Data.Tests.Collection;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Readers;

public class EpubTests
{
    private const string Container = "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles><rootfile full-path='OPS/book.opf'/></rootfiles></container>";

    private const string Package = """
        <package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The book</dc:title><dc:creator>Ann</dc:creator><dc:creator>Bo</dc:creator><dc:language>en</dc:language>
        <dc:rights>https://creativecommons.org/licenses/by/4.0/</dc:rights></metadata>
        <manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="b" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/><item id="a" href="text/../text/one.xhtml" media-type="application/xhtml+xml"/></manifest>
        <spine><itemref idref="nav"/><itemref idref="a"/><itemref idref="b"/><itemref idref="gone"/></spine></package>
        """;

    public static byte[] Sample => ZipFile.Of(Book());

    private static (string, string)[] Book(string one = "<html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body><h1>One</h1><p>First<a id='x'/> chapter.</p></body></html>", string package = Package) =>
        [("META-INF/container.xml", Container), ("mimetype", "application/epub+zip"), ("OPS/book.opf", package), ("OPS/nav.xhtml", "<nav>Contents</nav>"), ("OPS/text/two b.xhtml", "<p>Second &amp; last.</p>"), ("OPS/text/one.xhtml", one)];

    [Fact]
    public void Chapters_come_in_the_order_of_the_spine_without_the_contents()
    {
        var book = Assert.Single(Collect.One("a.epub", ZipFile.Of(Book())));
        Assert.Equal("One\n\nFirst chapter.\n\nSecond & last.", book.Text);
        Assert.Equal(("en", "CC-BY-4.0", "application/epub+zip"), (book.Language, book.License, book.MediaType));
        Assert.Equal(["author=Ann, Bo", "title=The book"], book.Metadata.Select(m => $"{m.Key}={m.Value}"));
    }

    [Fact]
    public void A_damaged_chapter_is_left_out_counted_and_named()
    {
        var found = Collect.All("a.epub", ZipFile.Of(Book(new string('\0', 50))));
        var book = Assert.Single(found.Documents);
        Assert.Equal(("Second & last.", "1"), (book.Text, book.Metadata["damaged_chapters"]));
        Assert.Equal("a.epub: of its 2 chapters 1 are damaged or lost: OPS/text/one.xhtml; the rest is kept.", Assert.Single(found.Tally.Damages).ToString());
    }

    [Fact]
    public void Of_a_truncated_book_the_chapters_before_its_end_are_kept()
    {
        var whole = ZipFile.Of(Book());
        // Within the last chapter that is packed, which is the first of the book.
        var cut = whole.AsSpan().IndexOf("OPS/text/one.xhtml"u8) + 60;
        var found = Collect.All("a.epub", whole[..cut]);
        Assert.Contains("Second & last.", Assert.Single(found.Documents).Text, StringComparison.Ordinal);
        Assert.Equal("a.epub: its archive is truncated; of its 2 chapters 1 are damaged or lost: OPS/text/one.xhtml; the rest is kept.", Assert.Single(found.Tally.Damages).ToString());
        Assert.Equal(("The book", "1"), (found.Documents[0].Metadata["title"], found.Documents[0].Metadata["damaged_chapters"]));
    }

    [Fact]
    public void A_truncated_book_without_its_list_of_chapters_gives_them_as_they_are_packed()
    {
        var whole = ZipFile.Of([("OPS/b.xhtml", "<p>One.</p>"), ("OPS/a.xhtml", "<p>Two.</p>"), ("OPS/nav.xhtml", "<p>Contents</p>"), .. Book().Take(3)]);
        var found = Collect.All("a.epub", whole[..(whole.AsSpan().IndexOf("META-INF/container.xml"u8) + 10)], new() { Format = Pipeline.Data.Collection.FileFormat.Epub });
        Assert.Equal("One.\n\nTwo.", Assert.Single(found.Documents).Text);
        Assert.Contains("its list of chapters is lost", Assert.Single(found.Tally.Damages).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_book_is_damage_that_is_named()
    {
        var whole = ZipFile.Of(Book());
        foreach (var broken in (byte[][])[whole[..60], ZipFile.Of(("x", "y")), ZipFile.Of(Book(package: "<package><spine>")), ZipFile.Of(Book(package: "<!DOCTYPE p [<!ENTITY a 'b'>]><package>&a;</package>")), [.. "PK\u0003\u0004"u8]])
            Assert.StartsWith("a.epub: is no EPUB that can be read, or all of its text is lost: ", Assert.Throws<InvalidDataException>(() => Collect.One("a.epub", broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_leads_out_of_the_book_leads_nowhere()
    {
        var book = Collect.All("a.epub", ZipFile.Of(Book(package: Package.Replace("text/../text/one.xhtml", "../../../../etc/passwd", StringComparison.Ordinal)))).Documents;
        Assert.Equal(("Second & last.", "1"), (book[0].Text, book[0].Metadata["damaged_chapters"]));
    }

    [Theory]
    [InlineData("epub/policy.epub", "Debian Policy Manual", "The maintainer scripts", 300_000)]
    [InlineData("epub/developers-reference.epub", "developers-reference", "Debian developer", 150_000)]
    public void Real_books_are_read_whole(string file, string title, string phrase, int least)
    {
        var path = SharedData.Find(file);
        Assert.SkipWhen(path is null, $"{file} is absent");
        var book = Assert.Single(Collect.One("a.epub", File.ReadAllBytes(path)));
        Assert.Contains(title, book.Metadata["title"], StringComparison.Ordinal);
        Assert.Contains(phrase, book.Text, StringComparison.OrdinalIgnoreCase);
        Assert.True(book.Text.Length > least, $"{book.Text.Length}");
    }
}
