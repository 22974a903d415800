using System.IO.Compression;
using System.Text;
using CsCheck;
using Pipeline.Data.Collection;
using Pipeline.Data.Damages;
using Pipeline.Data.Readers;
using Pipeline.Data.Tests.Collection;
using Pipeline.TestKit;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Tokens;
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
    public void Of_a_file_that_has_lost_its_end_the_pages_that_are_left_are_read()
    {
        string[] names = ["Ann", "Bo", "Cyd", "Dee", "Eve"];
        var whole = Pdf([.. names.Select(name => ((double, double, string)[])[(50, 700, $"This is what {name} says.")])]);
        // Its catalogue and the tree of its pages stand behind the pages.
        var cut = whole[..(whole.AsSpan().IndexOf("/Type /Pages"u8) - 4)];
        var found = Collect.All("a.pdf", cut);
        var text = Assert.Single(found.Documents).Text;
        Assert.All(names, name => Assert.Contains($"{name} says", text, StringComparison.Ordinal));
        Assert.StartsWith("a.pdf: has lost its end: ", Assert.Single(found.Tally.Damages).ToString(), StringComparison.Ordinal);
        // Half of it: some pages are lost with their words.
        var half = Collect.All("a.pdf", whole[..(whole.Length / 2)]);
        Assert.Contains("Ann says", Assert.Single(half.Documents).Text, StringComparison.Ordinal);
        Assert.Single(half.Tally.Damages);
    }

    [Fact]
    public void Pages_in_streams_of_objects_are_found_and_inherit_from_what_is_above_them()
    {
        const string Words = "BT /F1 12 Tf 50 700 Td (Packed words of a page) Tj ET";
        const string Page = "<< /Type /Page /Parent 9 0 R /Contents 3 0 R >>";
        var header = $"4 0 5 {Page.Length + 1} ";
        var objects = Zlib(header + Page + " " + "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
        byte[] pdf =
        [
            .. Encoding.Latin1.GetBytes($"%PDF-1.5\n3 0 obj << /Length {Words.Length} >> stream\n{Words}\nendstream endobj\n9 0 obj << /Type /Pages /Kids [4 0 R 77 0 R] /Count 2 /Resources << /Font << /F1 5 0 R >> >> >> endobj\n"),
            .. Encoding.Latin1.GetBytes($"8 0 obj << /Type /ObjStm /N 2 /First {header.Length} /Filter /FlateDecode /Length {objects.Length} >> stream\n"), .. objects, .. "\nendstream endobj\n10 0 obj << /Type"u8,
        ];
        var found = Collect.All("a.pdf", pdf);
        Assert.Equal("Packed words of a page", Assert.Single(found.Documents).Text);
        Assert.Single(found.Tally.Damages);
        // An encrypted one that was cut has words that nobody can read.
        Assert.Empty(Collect.All("a.pdf", [.. pdf, .. "trailer << /Encrypt 5 0 R >>"u8]).Documents);
    }

    [Fact]
    public void A_stream_of_objects_within_which_the_file_ends_gives_those_before_its_end()
    {
        const string Words = "BT /F1 12 Tf 50 700 Td (Words of a page) Tj ET";
        const string Page = "<< /Type /Page /Contents 3 0 R /Resources << /Font << /F1 6 0 R >> >> >>", Font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
        // The last is not whole, and its bytes do not pack.
        var last = "(" + new string([.. Enumerable.Range(0, 4000).Select(i => (char)('a' + (i * i * 7919 % 104_729 % 26)))]) + ")";
        var header = $"4 0 6 {Page.Length + 1} 7 {Page.Length + Font.Length + 2} 8 {Page.Length + Font.Length + 2 + last.Length + 1} ";
        var objects = Zlib(header + Page + " " + Font + " " + last + " << /Type /Page /Contents 3 0 R >>");
        byte[] pdf =
        [
            .. Encoding.Latin1.GetBytes($"%PDF-1.5\n3 0 obj << /Length {Words.Length} >> stream\n{Words}\nendstream endobj\n"),
            .. Encoding.Latin1.GetBytes($"9 0 obj << /Type /ObjStm /N 4 /First {header.Length} /Filter /FlateDecode /Length {objects.Length} >> stream\n"), .. objects[..(objects.Length / 2)],
        ];
        Assert.Equal("Words of a page", Assert.Single(Collect.All("a.pdf", pdf).Documents).Text);
        Assert.Equal([3, 4, 6], PdfObjects.Of(pdf, 1 << 20).All().Select(o => o.Number));
        // No more than is allowed.
        Assert.Equal([3], PdfObjects.Of(pdf, 10).All().Select(o => o.Number));
    }

    [Theory]
    [InlineData("%PDF-1.5\n%\u00D0\u00D4\u00C5\u00D8\n", "An “office” – it’s fine")]
    // Of others no font is made up: a letter may be anything.
    [InlineData("%PDF-1.5\n%\u00E2\u00E3\u00CF\u00D3\n", null)]
    public void Fonts_of_TeX_that_stood_behind_the_cut_are_stood_in_for(string head, string? text)
    {
        const string Words = "BT /F1 12 Tf 50 700 Td [(An)-333(\\020o\\036ce\\021)-333(\\025)-333(it's)-333(\\014ne)] TJ ET";
        var resources = "<< /Font << /F1 5 0 R >> /ProcSet [ /PDF /Text ] >>";
        var header = $"4 0 7 {resources.Length + 1} ";
        var objects = Zlib(header + resources + " << /Type /Page /Contents 3 0 R /Resources 4 0 R /MediaBox [0 0 612 792] >>");
        byte[] pdf =
        [
            .. Encoding.Latin1.GetBytes($"{head}3 0 obj << /Length {Words.Length} >> stream\n{Words}\nendstream endobj\n"),
            .. Encoding.Latin1.GetBytes($"8 0 obj << /Type /ObjStm /N 2 /First {header.Length} /Filter /FlateDecode /Length {objects.Length} >> stream\n"), .. objects, .. "\nendstream endobj\n10 0 obj << /Type"u8,
        ];
        var found = Collect.All("a.pdf", pdf);
        Assert.Equal(text, found.Documents.SingleOrDefault()?.Text);
        if (text is not null) Assert.Contains("1 fonts are lost and read as TeX usually makes them", Assert.Single(found.Tally.Damages).What);
    }

    [Theory]
    [InlineData("libtasn1-doc/libtasn1.pdf", 0.9, 0.9)]
    [InlineData("shared-mime-info/shared-mime-info-spec.pdf", 0.5, 0.7)]
    public void Of_a_manual_by_TeX_that_has_lost_its_end_the_words_are_those_of_the_whole(string name, double share, double most)
    {
        var path = Path.Combine("/usr/share/doc", name);
        Assert.SkipUnless(File.Exists(path), $"{name} is not installed");
        var whole = File.ReadAllBytes(path);
        var words = WordsOf(Collect.One("a.pdf", whole));
        var left = WordsOf(new FileCollector(new()).Read("a.pdf", new MemoryStream(whole[..(int)(whole.Length * share)])).Documents);
        Assert.DoesNotContain(words, w => w.Any(c => c is >= '\uFB00' and <= '\uFB06'));
        Assert.True(left.Count > most * words.Count, $"{left.Count} of {words.Count}");
        Assert.True(left.Count(words.Contains) > 0.85 * left.Count, $"{left.Count(words.Contains)} of {left.Count}");

        static HashSet<string> WordsOf(IEnumerable<Data.Documents.Document> documents) => [.. string.Join(' ', documents.Select(d => d.Text)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
    }

    [Fact]
    public void Pages_beyond_the_limit_are_left_out_and_a_file_that_takes_too_long_is_left()
    {
        var whole = Pdf([.. Enumerable.Range(1, 4).Select(n => ((double, double, string)[])[(50, 700, $"This is what page {n} says.")])]);
        var found = Collect.All("a.pdf", whole, new() { Limits = new() { Pages = 2 } });
        Assert.EndsWith("page 2 says.", Assert.Single(found.Documents).Text, StringComparison.Ordinal);
        var damage = Assert.Single(found.Tally.Damages);
        Assert.Equal((DamageKind.Limit, "has 4 pages, more than limits.pages: 2 allows; those after them are left out. Raise that to read them; the rest is kept."), (damage.Kind, damage.What));
        var late = Assert.Single(new FileCollector(new() { Limits = new() { PdfSeconds = 0 } }).Read("a.pdf", new MemoryStream(whole)).Tally.Damages);
        Assert.Equal(DamageKind.Limit, late.Kind);
        Assert.StartsWith("takes longer to read than limits.pdf_seconds: 0 allows", late.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_are_known_by_what_their_own_dictionaries_say()
    {
        const string Words = "BT /F1 12 Tf 50 700 Td (Words in a group) Tj ET";
        var found = Collect.All("a.pdf", $"""
            %PDF-1.5
            3 0 obj << /Length {Words.Length} >> stream
            {Words}
            endstream endobj
            4 0 obj << /Group << /S /Transparency /Type /Group >> /PieceInfo << /A << /Parent 77 0 R >> >> /Parent 9 0 R /Contents 3 0 R /Type /Page >> endobj
            5 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> endobj
            9 0 obj << /Kids [4 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> /Type /Pages >> endobj
            10 0 obj << /Page
            """);
        Assert.Equal("Words in a group", Assert.Single(found.Documents).Text);
        Assert.StartsWith("a.pdf: has lost its end: ", Assert.Single(found.Tally.Damages).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<< /A << /Type /X >> /Type /Page >>", "/Page")]
    [InlineData("\n%<< /Type /X >>\n<</A[<</Type/X>>]/Type/Page/B 1>>", "/Page")]
    [InlineData("<< /A (\\) /Type /X ( ) >>) /B <2F> /Type /Page >>", "/Page")]
    [InlineData("<< /S /Type /Type /Page >>", "/Page")]
    [InlineData("<< /A 1 0 R /B -1.5 0 R /Type 12 0 R /Type /X >>", "12 0 R")]
    [InlineData("<< /A << /Type /Page >> >> << /Type /X >>", null)]
    [InlineData("[ << /Type /Page >> ]", null)]
    [InlineData("<< /A (/Type /Page >>", null)]
    [InlineData("<< /A << /Type /Page", null)]
    [InlineData("<< /Type", null)]
    public void The_value_of_a_name_is_that_of_the_dictionary_itself(string dictionary, string? value) => Assert.Equal(value, PdfDictionary.Value(dictionary, "/Type"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packed_objects_hold_no_more_than_their_stream(bool ascend)
    {
        const int Objects = 400, Bytes = 100_000;
        var header = string.Concat(Enumerable.Range(0, Objects).Select(i => $"{i + 1} {(ascend ? i * (Bytes / Objects) : i % 2 * (Bytes - 1))} "));
        var packed = Zlib(header + new string('x', Bytes));
        byte[] pdf = [.. Encoding.Latin1.GetBytes($"%PDF-1.5\n8000 0 obj << /Type /ObjStm /N {Objects} /First {header.Length} /Filter /FlateDecode /Length {packed.Length} >> stream\n"), .. packed, .. "\nendstream endobj\n"u8];
        var found = PdfObjects.Of(pdf, 1 << 20).All().Where(o => o.At < 0).ToList();
        Assert.Equal(ascend ? (Objects, Bytes) : (0, 0), (found.Count, found.Sum(o => o.Text.Length)));
    }

    [Fact]
    public void A_stream_that_unpacks_to_more_than_a_file_may_have_is_not_unpacked()
    {
        var zlib = Zlib(new string(' ', 2 << 20));
        (string Filter, byte[] Packed)[] bombs =
        [
            ("/FlateDecode", zlib),
            ("/FlateDecode", [0, 0, .. zlib[2..]]),
            ("/FlateDecode /DecodeParms << /Predictor 12 /Columns 100000000 >>", Zlib("BT")),
            ("/LZWDecode", Lzw(new byte[2 << 20])),
            // A code that there is not yet, and then all anew.
            ("/LZWDecode", Lzw(new byte[2 << 20], before: [97, 400, 256])),
            ("/RunLengthDecode", [.. Enumerable.Repeat((byte[])[129, 32], 16 << 10).SelectMany(b => b)]),
            ("/ASCII85Decode", [.. Enumerable.Repeat((byte)'z', 512 << 10)]),
            ("/CCITTFaxDecode /DecodeParms << /Columns 40000 /Rows 40000 >>", new byte[100]),
        ];
        foreach (var (filter, packed) in bombs) AssertNotUnpacked(filter, packed);
    }

    private static void AssertNotUnpacked(string filter, byte[] bomb)
    {
        byte[] pdf =
        [
            .. Encoding.Latin1.GetBytes($"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 /Resources << /Font << /F1 7 0 R >> >> >> endobj\n3 0 obj << /Type /Page /Parent 2 0 R /Contents 4 0 R >> endobj\n"),
            .. "5 0 obj << /Type /Page /Parent 2 0 R /Contents 6 0 R >> endobj\n6 0 obj << /Length 40 >> stream\nBT /F1 12 Tf 50 700 Td (Sound words) Tj ET\nendstream endobj\n7 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> endobj\n"u8,
            .. Encoding.Latin1.GetBytes($"4 0 obj << /Filter {filter} /Length {bomb.Length} >> stream\n"), .. bomb, .. "\nendstream endobj\n"u8,
        ];
        var found = Collect.All("a.pdf", pdf, new() { Limits = new() { FileBytes = 1 << 20 } });
        Assert.Equal(("Sound words", filter, "1"), (Assert.Single(found.Documents).Text, filter, found.Documents[0].Metadata.GetValueOrDefault("damaged_pages")));
        Assert.Contains("of 2 pages 1 cannot be read: 1", Assert.Single(found.Tally.Damages).What, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_filter_unpacks_to_is_told_before_it_does()
    {
        foreach (var length in (int[])[1, 2, 300, 5000, 60_000])
        {
            var random = new Random(length);
            var bytes = Enumerable.Range(0, length).Select(_ => (byte)random.Next(3)).ToArray();
            foreach (var early in (int[])[0, 1]) AssertTold(new LzwFilter(), Lzw(bytes, early == 1), 5600, new() { [NameToken.EarlyChange] = new NumericToken(early) });
            AssertTold(new FlateFilter(), Zlib(Encoding.Latin1.GetString(bytes)), 1032, []);
            AssertTold(new RunLengthFilter(), [.. bytes.SelectMany(b => (byte[])[(byte)(255 - b), b, 1, b, b])], 64, []);
            AssertTold(new Ascii85Filter(), [.. Enumerable.Repeat((byte[])[.. "zzAAAAA"u8], length).SelectMany(b => b)], 4, []);
        }

        static void AssertTold(IFilter filter, byte[] packed, int expansion, Dictionary<NameToken, IToken> parameters)
        {
            var dictionary = new DictionaryToken(parameters);
            var stream = new DictionaryToken(new Dictionary<NameToken, IToken> { [NameToken.Filter] = NameToken.LzwDecode, [NameToken.DecodeParms] = dictionary });
            // As little as that the filter could come to it.
            Assert.Equal(filter.Decode(packed, stream, DefaultFilterProvider.Instance, 0).Length, UnpackedBytes.Of(filter, packed, dictionary, (long)expansion * packed.Length - 1));
        }
    }

    /// <param name="before">Codes that are written first.</param>
    private static byte[] Lzw(byte[] bytes, bool changesEarly = true, params int[] before)
    {
        const int Clear = 256, End = 257;
        var (output, bits, held, written, current) = (new List<byte>(), 0, 0, 0, -1);
        var codes = new Dictionary<(int, byte), int>();
        foreach (var code in before) Write(code);
        foreach (var b in bytes)
        {
            if (current >= 0 && codes.TryGetValue((current, b), out var longer))
            {
                current = longer;
                continue;
            }

            if (current >= 0)
            {
                Write(current);
                codes[(current, b)] = End + 1 + codes.Count;
                if (codes.Count == 3800) Write(Clear);
            }

            current = b;
        }

        Write(current);
        Write(End);
        Write(0);
        return [.. output];

        void Write(int code)
        {
            var width = (257 + Math.Max(1, written) + (changesEarly ? 1 : 0)) switch { >= 2048 => 12, >= 1024 => 11, >= 512 => 10, _ => 9 };
            (bits, held, written) = ((bits << width | code) & 0xFFFFFF, held + width, written + 1);
            for (; held >= 8; held -= 8) output.Add((byte)(bits >> held - 8));
            if (code != Clear) return;
            codes.Clear();
            written = 0;
        }
    }

    private static byte[] Zlib(string text)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize)) zlib.Write(Encoding.Latin1.GetBytes(text));
        return packed.ToArray();
    }

    [Fact]
    public void Flipped_bytes_give_text_or_damage()
    {
        var whole = Pdf([.. Column(50, "left", 3)]);
        Gen.Int[0, whole.Length - 1].Select(Gen.Byte).Array[1, 8].Sample(flips =>
        {
            var bytes = (byte[])whole.Clone();
            foreach (var (at, value) in flips) bytes[at] = value;
            var found = Collect.All("a.pdf", bytes, new() { Format = FileFormat.Pdf });
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
