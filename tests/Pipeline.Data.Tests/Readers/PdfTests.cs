using CsCheck;
using Pipeline.Data.Tests.Collection;
using Pipeline.TestKit;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace Pipeline.Data.Tests.Readers;

public class PdfTests
{
    public static byte[] Sample => Pdf([.. Column(50, "left", 6), .. Column(320, "right", 6)]);

    /// <summary>Pages of lines, each at its place: x, y, text.</summary>
    private static byte[] Pdf(params (double X, double Y, string Text)[][] pages)
    {
        using var builder = new PdfDocumentBuilder();
        builder.DocumentInformation.Title = "The paper";
        var font = builder.AddStandard14Font(Standard14Font.TimesRoman);
        foreach (var lines in pages)
        {
            var page = builder.AddPage(PageSize.A4);
            foreach (var (x, y, text) in lines) page.AddText(text, 10, new PdfPoint(x, y), font);
        }

        return builder.Build();
    }

    private static IEnumerable<(double, double, string)> Column(double x, string name, int lines = 12) => Enumerable.Range(0, lines).Select(i => (x, 700.0 - 12 * i, $"{name} line {i} has some words"));

    [Fact]
    public void Columns_are_read_one_after_the_other_below_what_spans_them()
    {
        var document = Assert.Single(Collect.One("a.pdf", Pdf([(150, 740, "A title that spans both of the columns of the page"), .. Column(50, "left"), .. Column(320, "right")])));
        var order = ((string[])["A title", "left line 0", "left line 11", "right line 0", "right line 11"]).Select(p => document.Text.IndexOf(p, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, order);
        Assert.Equal(order.Order(), order);
        Assert.Equal(("The paper", "1", "application/pdf"), (document.Metadata["title"], document.Metadata["pages"], document.MediaType));
    }

    [Fact]
    public void Broken_words_are_mended_and_what_pages_repeat_is_left_out()
    {
        string[] names = ["Ann", "Bo", "Cyd", "Dee", "Eve"];
        var pages = names.Select((name, i) => ((double, double, string)[])
            [(200, 800, $"Running head {i}"), (50, 700, $"{name} tells of an infor-"), (50, 688, "mation that is well-known and"), (50, 676, "a well-"), (50, 664, $"known thing of {name}."), (300, 40, $"{i}")]);
        var text = Assert.Single(Collect.One("a.pdf", Pdf([.. pages]))).Text;
        Assert.DoesNotContain("Running head", text, StringComparison.Ordinal);
        Assert.StartsWith("Ann tells of an information that is well-known and a well-known thing of Ann.\n\nBo tells", text, StringComparison.Ordinal);
        Assert.EndsWith("thing of Eve.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_or_encrypted_file_is_damage_that_is_named()
    {
        var whole = Pdf([(50, 700, "words")]);
        foreach (var broken in (byte[][])[whole[..200], [.. "%PDF-1.7\n"u8], [.. "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 1 0 R>> endobj trailer <</Root 1 0 R/Encrypt 5 0 R>>"u8]])
            Assert.StartsWith("a.pdf: is ", Assert.Throws<InvalidDataException>(() => Collect.One("a.pdf", broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flipped_bytes_give_text_or_damage()
    {
        var whole = Pdf([.. Column(50, "left", 3)]);
        Gen.Int[0, whole.Length - 1].Select(Gen.Byte).Array[1, 8].Sample(flips =>
        {
            var bytes = (byte[])whole.Clone();
            foreach (var (at, value) in flips) bytes[at] = value;
            var found = Collect.All("a.pdf", bytes, new() { Format = Pipeline.Data.Collection.FileFormat.Pdf });
            Assert.True(found.Documents.Count + found.Tally.Damages.Count + found.Tally.Empty >= 1);
        }, iter: 30);
    }

    [Theory]
    [InlineData("books/alice", "alice was beginning to get very tired of sitting by her sister on the bank")]
    [InlineData("books/pride", "it is a truth universally acknowledged, that a single man in possession of a good fortune")]
    public void Real_books_are_read_in_order(string folder, string phrase)
    {
        var path = SharedData.Find(folder);
        Assert.SkipWhen(path is null, $"{folder} is absent");
        foreach (var file in Directory.GetFiles(path, "*.pdf", SearchOption.AllDirectories))
        {
            var text = string.Join(' ', Assert.Single(Collect.One("a.pdf", File.ReadAllBytes(file))).Text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains(phrase, text, StringComparison.Ordinal);
        }
    }
}
