using Pipeline.Data.Tests.Collection;

namespace Pipeline.Data.Tests.Readers;

public class DocxTests
{
    private const string Word = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'";

    public static byte[] Sample => Docx(P("Title", "<w:pStyle w:val='Heading1'/>") + Item("one", 1) + P("End."));

    private static byte[] Docx(string body, string numbering = "", string notes = "") => ZipFile.Of(
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", $"<w:document {Word}><w:body>{body}</w:body></w:document>"),
        ("word/numbering.xml", $"<w:numbering {Word}>{numbering}</w:numbering>"),
        ("word/footnotes.xml", $"<w:footnotes {Word}>{notes}</w:footnotes>"),
        ("docProps/core.xml", "<cp:coreProperties xmlns:cp='c' xmlns:dc='d' xmlns:dcterms='t'><dc:title>Letter</dc:title><dc:creator>Ann</dc:creator><dcterms:created>2020-02-03T00:00:00Z</dcterms:created></cp:coreProperties>"));

    private static string P(string text, string properties = "") => $"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>";

    private static string Item(string text, int list, int level = 0) => P(text, $"<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{list}'/></w:numPr>");

    [Fact]
    public void Headings_lists_tables_and_notes_come_in_reading_order()
    {
        var body = P("Title", "<w:pStyle w:val='Heading1'/>")
            + "<w:p><w:r><w:t>Split </w:t></w:r><w:r><w:t>runs</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
            + Item("one", 1) + Item("deeper", 1, 1) + Item("two", 1) + Item("first", 2) + Item("second", 2) + P("After.")
            + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>" + P("End.");
        const string Numbering = "<w:abstractNum w:abstractNumId='7'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/></w:lvl><w:lvl w:ilvl='1'><w:numFmt w:val='bullet'/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId='8'><w:lvl w:ilvl='0'><w:numFmt w:val='decimal'/></w:lvl></w:abstractNum>"
            + "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='8'/></w:num>";
        const string Notes = "<w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote><w:footnote w:id='2'><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote>";
        var document = Assert.Single(Collect.One("a.docx", Docx(body, Numbering, Notes)));
        Assert.Equal("Title\n\nSplit runs[^2]\n\n- one\n  - deeper\n- two\n1. first\n2. second\n\nAfter.\n\na | b\n1 | 2\n\nEnd.\n\n[^2]: A note.", document.Text);
        Assert.Equal(["author=Ann", "date=2020-02-03", "title=Letter"], document.Metadata.Select(m => $"{m.Key}={m.Value}"));
    }

    [Fact]
    public void Lines_of_a_cell_stay_in_its_row()
    {
        const string Rows = "<w:tr><w:tc><w:p><w:r><w:t>Ann</w:t><w:br/><w:t>Lee</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12 High Street</w:t></w:r></w:p><w:p><w:r><w:t>London</w:t></w:r></w:p></w:tc></w:tr>"
            + "<w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>y</w:t></w:r></w:p></w:tc></w:tr>";
        Assert.Equal("Ann Lee | 12 High Street London\nx | y\n\nOne\nTwo", Assert.Single(Collect.One("a.docx", Docx($"<w:tbl>{Rows}</w:tbl><w:p><w:r><w:t>One</w:t><w:br/><w:t>Two</w:t></w:r></w:p>"))).Text);
    }

    [Fact]
    public void What_is_no_document_is_damage_that_is_named()
    {
        var whole = Docx(P("x"));
        foreach (var broken in (byte[][])[whole[..60], ZipFile.Of(("a", "b")), Docx("<w:p>"), ZipFile.Of(("word/document.xml", "<!DOCTYPE d [<!ENTITY a 'aaaa'>]><d>&a;</d>")), Docx(string.Concat(Enumerable.Repeat("<w:tbl>", 5000)))])
            Assert.StartsWith("a.docx: is no Word document that can be read: ", Assert.Throws<InvalidDataException>(() => Collect.One("a.docx", broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_before_the_damage_is_kept_and_the_damage_is_named()
    {
        var whole = Docx(P("First words.") + string.Concat(Enumerable.Range(0, 400).Select(i => P($"Paragraph {i} of {i * 7919 % 1000}."))));
        var inText = whole.AsSpan().IndexOf("word/document.xml"u8) + 700;
        foreach (var cut in (byte[][])[whole[..^40], whole[..inText]])
        {
            var found = Collect.All("a.docx", cut);
            Assert.StartsWith("First words.\n\nParagraph 0 of 0.", Assert.Single(found.Documents).Text, StringComparison.Ordinal);
            Assert.Equal("what stands before the damage is kept, the rest is lost: its archive is truncated.", Assert.Single(found.Tally.Damages).What);
        }
    }
}
