using Pipeline.Data.Documents;
using Pipeline.Data.Quality;

namespace Pipeline.Data.Tests.Quality;

public sealed class C4AndFineWebTests
{
    private static readonly C4Limits Open = new() { LongestWord = 1000, Citations = false, TerminalPunctuation = false, WordsPerLine = 0, Javascript = false, Policy = false, LoremIpsum = false, CurlyBracket = false, Sentences = 0 };
    private const string Five = "One is here. Two is here! Is three here? Four is here. Five is here.";

    public static TheoryData<string, C4Limits, string, string> Lines() => new()
    {
        { "longest_word", Open with { LongestWord = 5 }, "abcdef x\nabcde y", "abcde y" },
        { "citations", Open with { Citations = true }, "It is so.[12] And so.[edit] Maybe.[citation needed] [] [x]", "It is so. And so. Maybe.  [x]" },
        { "terminal_punctuation", Open with { TerminalPunctuation = true }, "Ends well.\nDoes not\n\"Quoted.\"\nTrails...\nAsks?", "Ends well.\n\"Quoted.\"\nAsks?" },
        { "words_per_line", Open with { WordsPerLine = 3 }, "a b c\na b\nd e f", "a b c\nd e f" },
        { "javascript", Open with { Javascript = true }, "Please turn on JavaScript now\nkept", "kept" },
        { "citations", Open with { Citations = true, Javascript = true }, "Turn on java[1]script now\nkept", "kept" },
        { "policy", Open with { Policy = true }, "This site uses cookies\nSee our Privacy Policy\nkept", "kept" },
        { "blanks", Open, "  a  \r\n b\n", "a\nb" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void C4_drops_lines(string rule, C4Limits limits, string text, string left)
    {
        var result = Filtered.By(new QualityFilter(new() { Presets = [QualityFilter.C4], C4 = limits }), text);
        Assert.Equal((left, "c4." + rule), (result.Text, result.Changed.First()));
    }

    public static TheoryData<string, C4Limits, string, string?> Pages() => new()
    {
        { "lorem_ipsum", Open with { LoremIpsum = true }, "kept\nLorem Ipsum dolor", "lorem ipsum" },
        { "curly_bracket", Open with { CurlyBracket = true }, "if (x) { y }", "{" },
        { "sentences", Open with { Sentences = 5 }, Five, null },
        { "sentences", Open with { Sentences = 5 }, "One. Two.\nMr. X. Three", "3" },
        // A line that goes takes its bracket with it.
        { "curly_bracket", Open with { CurlyBracket = true, Javascript = true }, "javascript {\nkept", null },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public void C4_drops_pages(string rule, C4Limits limits, string text, string? value)
    {
        var result = Filtered.By(new QualityFilter(new() { Presets = [QualityFilter.C4], C4 = limits }), text);
        Assert.Equal((value is null ? null : "c4." + rule, value), (result.Rule, result.Value));
    }

    [Fact]
    public void A_sample_of_a_cut_shows_what_stood_around_it_and_what_is_left_there()
    {
        var filter = new QualityFilter(new() { Presets = [QualityFilter.C4], C4 = Open with { Policy = true } });
        var (tally, long1) = (filter.NewTally(), string.Concat(Enumerable.Repeat("A sentence of many. ", 300)));
        filter.Apply(Document.Create("s", $"{long1}\nThe last line before.\nThis site uses cookies\nThe first line after.\n{long1}"), tally);
        var sample = Assert.Single(tally.ToFunnel().Rules.Single(r => r.Rule == "c4.policy").Samples);
        Assert.Contains("before.\nThis site uses cookies\nThe first line after.", sample.Before, StringComparison.Ordinal);
        Assert.Contains("before.\nThe first line after.", sample.After, StringComparison.Ordinal);
        Assert.True(sample.Before.StartsWith('…') && sample.After!.StartsWith('…') && sample.Before.EndsWith('…') && sample.After.EndsWith('…'));
    }

    [Fact]
    public void The_rule_of_punctuation_is_off_in_the_recipe_of_FineWeb_and_on_alone()
    {
        Assert.Equal("on", new QualityFilter(new() { Presets = [QualityFilter.C4] }).Rules.Single(r => r.Rule == "c4.terminal_punctuation").Threshold);
        Assert.Equal("off", new QualityFilter(new()).Rules.Single(r => r.Rule == "c4.terminal_punctuation").Threshold);
        Assert.Equal("on", new QualityFilter(new() { C4 = new() { TerminalPunctuation = true } }).Rules.Single(r => r.Rule == "c4.terminal_punctuation").Threshold);
    }

    private static readonly DolmaC4Limits DolmaOpen = new() { TerminalPunctuation = false, WordsPerLine = 0, Javascript = false, LoremIpsum = false, CurlyBracket = false };

    public static TheoryData<string, DolmaC4Limits, string, string?> DolmaLines() => new()
    {
        // The example of dolma's own tests: a blank after the mark does no harm, a semicolon ends no sentence, and neither does nothing.
        { "terminal_punctuation", DolmaOpen with { TerminalPunctuation = true }, "This is a test.\nIt has more;\nA trailing space! \nShould be good on this one.\nThis one is bad\n", "This is a test.\nA trailing space! \nShould be good on this one.\n" },
        { "terminal_punctuation", DolmaOpen with { TerminalPunctuation = true }, "Trails...\n\n'quoted'\n\"quoted\"", "Trails...\n\"quoted\"" },
        { "words_per_line", DolmaOpen with { WordsPerLine = 3 }, "a b c\na b\n\nd e f", "a b c\nd e f" },
        { "javascript", DolmaOpen with { Javascript = true }, "kept\nuse JavaScript now", null },
        { "javascript", DolmaOpen with { Javascript = true }, "javascript: is another word", "javascript: is another word" },
        { "lorem_ipsum", DolmaOpen with { LoremIpsum = true }, "x Lorem Ipsum", null },
        { "curly_bracket", DolmaOpen with { CurlyBracket = true, WordsPerLine = 3 }, "a b c\n{", null },
        { "blocked_words", DolmaOpen with { BlockedWords = ["bad", "very bad"] }, "one BAD word", null },
        { "blocked_words", DolmaOpen with { BlockedWords = ["bad", "very bad"] }, "not Very Badly", null },
        { "blocked_words", DolmaOpen with { BlockedWords = ["bad"] }, "badly, bad.", "badly, bad." },
        { "empty", DolmaOpen with { WordsPerLine = 3 }, "a b\n\n", null },
    };

    [Theory]
    [MemberData(nameof(DolmaLines))]
    public void C4_as_dolma_reads_it(string rule, DolmaC4Limits limits, string text, string? left)
    {
        var result = Filtered.By(new QualityFilter(new() { Presets = [QualityFilter.DolmaC4], DolmaC4 = limits }), text);
        Assert.Equal((left, left is null ? "dolma_c4." + rule : null), (result.Text, result.Rule));
        if (left is not null && left != text) Assert.Equal("dolma_c4." + rule, Assert.Single(result.Changed));
    }

    [Fact]
    public void Names_of_speakers_are_no_words_of_a_line()
    {
        var filter = new QualityFilter(new() { Presets = [QualityFilter.C4], C4 = Open with { WordsPerLine = 3 } });
        var document = Document.Create("s", "Mary Ann: Yes.\nMary Ann: Yes it is.\nJo: one two") with { Metadata = new Dictionary<string, string> { ["speakers"] = "Mary Ann; Bob" } };
        Assert.Equal("Mary Ann: Yes it is.\nJo: one two", filter.Apply(document, filter.NewTally())!.Text);
    }

    public static TheoryData<string, FineWebLimits, string, string?> FineWeb()
    {
        var open = new FineWebLimits { TerminalLines = -1, ShortLines = 1, DuplicateLineCharacters = 1, Newlines = 1000 };
        var thirty = new string('x', 30);
        return new()
        {
            { "terminal_lines", open with { TerminalLines = 0.12 }, "a.\nb\nc\nd\n\ne\nf\ng\nh", null },
            { "terminal_lines", open with { TerminalLines = 0.12 }, "a.\nb.\" \nc\nd\n\ne\nf\ng\nh\ni", "0.1111" },
            { "terminal_lines", open with { TerminalLines = 0.5 }, "终。\nend", null },
            { "terminal_lines", open with { TerminalLines = 0.5 }, "It is so.\r\nAnd so!\r\nend", null },
            { "terminal_lines", open with { TerminalLines = 0.5 }, "\"Yes.\"\n'No.'\nend", "0" },
            { "terminal_lines", open with { TerminalLines = 0.5, TerminalQuotes = true }, "\"Yes.\"\n'No.'\nend", null },
            { "terminal_lines", open with { TerminalLines = 0.12 }, " \n", "-1" },
            { "short_lines", open with { ShortLines = 0.67 }, $"{thirty}\n{thirty}\n{thirty}y", null },
            { "short_lines", open with { ShortLines = 0.67 }, $"{thirty}\nx\ny\n{thirty}y", "0.75" },
            { "duplicate_line_characters", open with { DuplicateLineCharacters = 0.01 }, "abcd\nxyz\n\nabcd", "0.3636" },
            { "duplicate_line_characters", open with { DuplicateLineCharacters = 0.01 }, "abcd\n\n\nxyz", null },
            { "newlines", open with { Newlines = 0.3 }, "a\nb\nc", "0.6667" },
            { "newlines", open with { Newlines = 0.3 }, "a b c d\ne", null },
        };
    }

    [Theory]
    [MemberData(nameof(FineWeb))]
    public void FineWeb_as_datatrove_reads_it(string rule, FineWebLimits limits, string text, string? value) =>
        GopherTests.Check("fineweb." + rule, new() { Presets = [QualityFilter.FineWeb], FineWeb = limits }, text, value);

    [Fact]
    public void The_order_of_the_recipe_is_the_order_of_the_funnel() =>
        Assert.Equal(["gopher_repetition", "gopher_quality", "c4", "fineweb"], new QualityFilter(new()).Rules.Select(r => r.Rule.Split('.')[0]).Distinct());

    [Fact]
    public void An_empty_text_and_megabytes_of_anything_are_measured()
    {
        var filter = new QualityFilter(new() { Presets = [.. QualityFilter.FineWebRecipe, QualityFilter.DolmaQuality, QualityFilter.DolmaRepetition, QualityFilter.DolmaC4] });
        foreach (var piece in (string[])["", "a", "\n", "a\n", "...", "'", "\ud83d", "a-", "{", "[", "x. ", "a | b\n", "|--|\n"])
            Filtered.By(filter, string.Concat(Enumerable.Repeat(piece, 200_000)));
    }
}
