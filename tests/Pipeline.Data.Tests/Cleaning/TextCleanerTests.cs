using System.Text.Json;
using CsCheck;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Documents;
using Pipeline.Data.Privacy;

namespace Pipeline.Data.Tests.Cleaning;

public class TextCleanerTests
{
    private static readonly CleaningOptions Nothing = new()
    {
        ControlCharacters = false, Unicode = UnicodeForm.None, StripMarkup = false, Punctuation = false, Urls = Treatment.Keep, Emails = Treatment.Keep,
        RepeatedPunctuation = 0, BoilerplateLines = false, Whitespace = false, MinimumCharacters = 0,
    };

    // Pieces that meet at seams: what one operation brings together another must see.
    private static readonly Gen<string> Piece = Gen.OneOf(
        OneOf("<", ">", "&", ";", "&lt;", "&gt;", "&amp;", "&#38;", "&#x200b;", "&#x301;", "&#60", "<b", "<b>", "</b>", "<br/>", "<!--", "-->", "<script>", "</script>", "<p class='x'>", "List<T>"),
        OneOf("http://", "https://a.b/c?d=e", "www.", "www.x.org.", "a@b.cd", "@", ".", "..", "…", "—", "–", "“", "’", "!!!!", "----", "(", ")", "[URL]"),
        OneOf(" ", "  ", "\n", "\n\n\n", "\t", "\r\n", "\u00a0", "\u200b", "\ufeff", "\0", "\u0085", "e", "\u0301", "é", "\ufb01", "\u212b", "\ud83d\ude00", "\ud800", "\udc00", "İ", "ß", "한"),
        OneOf("```", "~~~", "`", "``", "\n```\n", "\n    ", "> ", "- ", "[x](", "](", "<http://a.b>", "\ufdd0", "\ufdd1", "\ufdd2", "\ufde5"),
        OneOf("word", "All rights reserved", "We use cookies", "a", "b", "i>", "mp;", "amp", "lt"),
        Gen.String[0, 3]);

    private static readonly Gen<string> Hostile = Piece.Array[0, 25].Select(string.Concat);

    private static readonly Gen<CleaningOptions> AnyOptions =
        from flags in Gen.Bool.Array[7]
        from form in Gen.Enum<UnicodeForm>()
        from urls in Gen.Enum<Treatment>()
        from mails in Gen.Enum<Treatment>()
        from marks in Gen.Int[0, 4]
        from newlines in Gen.Int[1, 3]
        from code in Gen.Bool
        select new CleaningOptions
        {
            ProtectCode = code, ControlCharacters = flags[0], Unicode = form, StripMarkup = flags[1], Punctuation = flags[2], Urls = urls, Emails = mails, RepeatedPunctuation = marks,
            BoilerplateLines = flags[3], DropLines = flags[3] ? ["^word"] : [], Whitespace = flags[4], KeepIndentation = flags[5], MaximumNewlines = newlines, Casing = flags[6] ? Casing.Fold : Casing.Keep, Emoji = urls, Handles = mails, Formatting = flags[5], MinimumCharacters = 0,
        };

    [Fact]
    public void Cleaning_a_clean_text_changes_nothing() =>
        Gen.Select(Hostile, AnyOptions).Sample((text, options) =>
        {
            var cleaner = new TextCleaner(options);
            return cleaner.Clean(text) is not { } once || cleaner.Clean(once) == once;
        }, iter: 15_000);

    [Fact]
    public void Stripping_markup_twice_strips_nothing_more() =>
        Hostile.Sample(text => MarkupStripper.Strip(MarkupStripper.Strip(text)) == MarkupStripper.Strip(text), iter: 25_000);

    [Fact]
    public void Without_operations_a_text_stays_as_it_is() =>
        Hostile.Sample(text => new TextCleaner(Nothing).Clean(text) == text, iter: 500);

    [Theory]
    [InlineData("<p>One &amp; two</p><p>three</p>", "One & two\n\nthree")]
    [InlineData("A List<String> and a <T> and x < y > z", "A List<String> and a <T> and x < y > z")]
    [InlineData("a<script>if (x < 1) { y(); }</script>b<!-- gone > -->c", "a\n\nb c")]
    [InlineData("Dictionary<int, List<string>> stays; <b>bold</b>, <a href=\"http://x.y/\">link</a>", "Dictionary<int, List<string>> stays; bold, link")]
    [InlineData("&amp;amp;lt;br&gt;x", "x")]
    [InlineData("AT&T &copy; &#8364; &unknown;", "AT&T © € &unknown;")]
    [InlineData("“Quoted” — ‘so’… 1–2", "\"Quoted\" - 'so'... 1-2")]
    [InlineData("See https://a.b/c_(d)?e=f#g, or (www.x.org). Mail me@x-y.org!", "See or. Mail [EMAIL]!")]
    [InlineData("wow!!!!!! ========== ok...", "wow!!! === ok...")]
    [InlineData("a\u200bb\u00adc\0d\ufeff\u202ee", "abcde")]
    [InlineData("e\u0301 \u00a0 x\t y", "é x y")]
    [InlineData("one\r\n\r\n\r\n\r\ntwo  \rthree", "one\n\ntwo\nthree")]
    [InlineData("a\n    so  it\n\tx", "a\n    so it\n\tx")]
    [InlineData("Real text.\nCopyright 2020. All rights reserved.\nMore.", "Real text.\nMore.")]
    [InlineData("Gets or sets the cookie policy options used to sign in.", "Gets or sets the cookie policy options used to sign in.")]
    [InlineData("\ud83d\udc69\u200d\ud83d\udcbb x", "\ud83d\udc69\u200d\ud83d\udcbb x")]
    public void The_defaults_clean(string text, string cleaned) => Assert.Equal(cleaned, new TextCleaner(new()).Clean(text));

    [Fact]
    public void Each_operation_has_its_own_switch()
    {
        Assert.Equal("a  b", Only(Nothing with { ControlCharacters = true }, "a\u200b  b"));
        Assert.Equal("Å fi", Only(Nothing with { Unicode = UnicodeForm.Nfkc }, "\u212b \ufb01"));
        Assert.Equal("Å \ufb01", Only(Nothing with { Unicode = UnicodeForm.Nfc }, "\u212b \ufb01"));
        Assert.Equal("x [URL] y", Only(Nothing with { Urls = Treatment.Placeholder }, "x http://a.b y"));
        Assert.Equal("x y", Only(Nothing with { Emails = Treatment.Remove }, "x a.b+c@d.eu y"));
        Assert.Equal("hi [HANDLE], a@b.c @x(1) @1 me@", Only(Nothing with { Handles = Treatment.Placeholder }, "hi @ada_l, a@b.c @x(1) @1 me@"));
        Assert.Equal("ok [EMOJI][EMOJI] [EMOJI]!1 © ↔ [EMOJI]", Only(Nothing with { Emoji = Treatment.Placeholder }, "ok \ud83d\ude00\ud83d\udc69\ud83c\udffd\u200d\ud83d\udcbb \ud83c\udde9\ud83c\uddea!1 © ↔ ❤\ufe0f"));
        Assert.Equal("a  1", Only(Nothing with { Emoji = Treatment.Remove }, "a \u0031\ufe0f\u20e3 1"));
        Assert.Equal("- one\n  - two\n# Title\nSo, it ends. (well)\n    a , b\nx = {a , b}", Only(Nothing with { Formatting = true }, "• one\n  * two\n#  Title ##\nSo , it ends . ( well )\n    a , b\nx = {a , b}"));
        Assert.Equal("strasse", Only(Nothing with { Casing = Casing.Fold }, "STRAßE"));
        Assert.Equal("abc", Only(Nothing with { Casing = Casing.Lower }, "ABC"));
        Assert.Equal("keep", Only(Nothing with { DropLines = ["^advert", "sponsored$"] }, "Advertisement\nkeep\nthis is sponsored").Trim());
        Assert.Equal("a\n\n\nb", Only(Nothing with { Whitespace = true, MaximumNewlines = 3 }, "a\n\n\n\n\nb"));
        Assert.Equal("a\nb", Only(Nothing with { Whitespace = true, KeepIndentation = false }, "a\n   b"));
    }

    [Theory]
    [InlineData("&amp;")]
    [InlineData("&am")]
    [InlineData("<b")]
    [InlineData("<")]
    [InlineData(">")]
    [InlineData("<b>")]
    [InlineData("<!--")]
    [InlineData("a@")]
    [InlineData("http://")]
    [InlineData("www.")]
    [InlineData("\n")]
    [InlineData(" \n")]
    [InlineData("!")]
    [InlineData("\0")]
    [InlineData("e\u0301")]
    [InlineData("\u0301\u0323")]
    [InlineData("we use cookies\n")]
    [InlineData("&am&#8203;p;")]
    [InlineData("&#82")]
    [InlineData("`")]
    [InlineData("``` `")]
    [InlineData("```\n")]
    [InlineData("~~~~\n~~~\n")]
    [InlineData("[](http://a.b)")]
    [InlineData("[a](http://a.b ")]
    [InlineData("http://a.b ")]
    [InlineData("(http://a.b")]
    [InlineData("\ufdd0")]
    public async Task Megabytes_of_anything_take_bounded_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length));
        var clean = Task.Run(() => new TextCleaner(new() { DropLines = ["(a*)*b"] }).Apply(Document.Create("s", text) with { MediaType = "text/markdown" }, new FunnelTally(new TextCleaner(new() { DropLines = ["x"] }).Rules)));
        Assert.True(await Task.WhenAny(clean, Task.Delay(TimeSpan.FromSeconds(30))) == clean, "took more than 30 s");
        await clean;
    }

    [Fact]
    public void A_line_of_megabytes_is_cleaned()
    {
        var text = string.Concat(Enumerable.Repeat("word “x” http://a.b/c <b>bold</b>  ", 100_000));
        Assert.Equal(100_000 * "word \"x\" bold ".Length - 1, new TextCleaner(new()).Clean(text)!.Length);
    }

    [Fact]
    public void A_text_that_unfolds_forever_is_dropped_as_unstable_and_never_returned_half_clean()
    {
        Assert.Equal("x", new TextCleaner(new()).Clean(Nested(3) + "x"));
        Assert.Null(new TextCleaner(new()).Clean(Nested(12) + "x"));

        // A zero-width space written as an entity that is itself broken by one, and so on.
        static string Nested(int depth) => depth == 0 ? "" : "&#82" + Nested(depth - 1) + "03;";
    }

    [Fact]
    public void The_funnel_counts_what_each_rule_did_however_the_documents_were_parted()
    {
        var documents = Enumerable.Range(0, 2000).Select(i => Document.Create($"s{i}", (i % 4) switch
        {
            0 => $"plain text number {i}",
            1 => $"<p>tagged  {i}</p>",
            2 => "tiny",
            _ => string.Concat(Enumerable.Repeat($"w{i} ", 60)),
        })).ToList();
        var options = new CleaningOptions { MinimumWords = 2, MaximumWords = 50 };
        var cleaner = new TextCleaner(options);
        var (kept, funnel) = Clean(cleaner, documents);
        var parts = cleaner.NewTally();
        foreach (var part in documents.Chunk(77).AsParallel().AsOrdered().Select(p => Counted(cleaner, p)))
            parts.Add(JsonSerializer.Deserialize<FunnelCounts>(JsonSerializer.Serialize(part.Counts))!);
        Assert.Equal(funnel.ToJson(), parts.ToFunnel().ToJson());

        Assert.Equal(documents.Where((_, i) => i % 4 < 2).Select(d => d.Id), kept.Select(d => d.Id));
        var rules = funnel.Rules.ToDictionary(r => r.Rule);
        Assert.Equal(500, rules["strip_markup"].DocumentsChanged);
        Assert.Equal(("2", 2000L, 1500L), (rules["minimum_words"].Threshold, rules["minimum_words"].DocumentsIn, rules["minimum_words"].DocumentsOut));
        Assert.Equal(("50", 1500L, 1000L), (rules["maximum_words"].Threshold, rules["maximum_words"].DocumentsIn, rules["maximum_words"].DocumentsOut));
        Assert.Equal(new FunnelSample(documents[2].Id, "1", "tiny", null), rules["minimum_words"].Samples[0]);
        Assert.Equal(new FunnelSample(documents[1].Id, null, "<p>tagged  1</p>", "\ntagged  1\n"), rules["strip_markup"].Samples[0]);
        Assert.All(rules.Values, r => Assert.True(r.Samples.Count <= 3));
        Assert.Equal(documents.Sum(d => (long)d.Text.Length), funnel.Rules[0].CharactersIn);
        Assert.Equal(kept.Sum(d => (long)d.Text.Length), funnel.Rules[^1].CharactersOut);
        Assert.All(funnel.Rules.Zip(funnel.Rules.Skip(1)), pair => Assert.Equal((pair.First.DocumentsOut, pair.First.CharactersOut), (pair.Second.DocumentsIn, pair.Second.CharactersIn)));
        Assert.Equal(funnel.ToJson(), Funnel.FromJson(funnel.ToJson()).ToJson());
    }

    [Fact]
    public void A_funnel_of_hostile_texts_is_still_JSON() =>
        Hostile.Array[1, 5].Sample(texts =>
        {
            var funnel = Clean(new(new() { MinimumWords = 2 }), texts.Select(t => Document.Create("s", t))).Funnel;
            return Funnel.FromJson(funnel.ToJson()).Rules.Count == funnel.Rules.Count;
        }, iter: 500);

    private static (List<Document> Kept, Funnel Funnel) Clean(TextCleaner cleaner, IEnumerable<Document> documents)
    {
        var tally = cleaner.NewTally();
        return ([.. documents.Select(d => cleaner.Apply(d, tally)).OfType<Document>()], tally.ToFunnel());
    }

    private static FunnelTally Counted(TextCleaner cleaner, IEnumerable<Document> documents)
    {
        var tally = cleaner.NewTally();
        foreach (var document in documents) cleaner.Apply(document, tally);
        return tally;
    }

    private static Gen<string> OneOf(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]);

    private static string Only(CleaningOptions options, string text) => new TextCleaner(options).Clean(text)!;
}
