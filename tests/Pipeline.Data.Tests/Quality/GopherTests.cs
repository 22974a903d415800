using Pipeline.Data.Documents;
using Pipeline.Data.Quality;

namespace Pipeline.Data.Tests.Quality;

/// <summary>An example for each rule with its value by hand. All other rules of the preset are open.</summary>
public sealed class GopherTests
{
    private static readonly GopherQualityLimits Quality = new()
    {
        MinimumWords = 0, MaximumWords = int.MaxValue, MinimumWordLength = 0, MaximumWordLength = 1000, Symbols = 1000, BulletLines = 1, EllipsisLines = 1, WordsWithLetters = 0, StopWords = 0,
    };

    private static readonly GopherRepetitionLimits Repetition = new()
    {
        DuplicateParagraphs = 1, DuplicateParagraphCharacters = 1, DuplicateLines = 1, DuplicateLineCharacters = 1, Top2Gram = 1, Top3Gram = 1, Top4Gram = 1,
        Duplicate5Grams = 1, Duplicate6Grams = 1, Duplicate7Grams = 1, Duplicate8Grams = 1, Duplicate9Grams = 1, Duplicate10Grams = 1,
    };

    public static TheoryData<string, GopherQualityLimits, string, string?> QualityExamples() => new()
    {
        { "minimum_words", Quality with { MinimumWords = 3 }, "one two three", null },
        { "minimum_words", Quality with { MinimumWords = 3 }, "one two . -", "2" },
        { "maximum_words", Quality with { MaximumWords = 3 }, "a b c !", null },
        { "maximum_words", Quality with { MaximumWords = 3 }, "a b c d", "4" },
        { "minimum_word_length", Quality with { MinimumWordLength = 3 }, "abc def", null },
        { "minimum_word_length", Quality with { MinimumWordLength = 3 }, "abc de", "2.5" },
        { "maximum_word_length", Quality with { MaximumWordLength = 4 }, "abcd abcd", null },
        { "maximum_word_length", Quality with { MaximumWordLength = 4 }, "abcd abcde", "4.5" },
        { "hashes", Quality with { Symbols = 0.1 }, "# a b c d e f g h i", null },
        { "hashes", Quality with { Symbols = 0.1 }, "# a b", "0.3333" },
        { "ellipses", Quality with { Symbols = 0.1 }, "a b... c", "0.25" },
        { "ellipses", Quality with { Symbols = 0.1 }, "a b c d e f g h i…", null },
        { "bullet_lines", Quality with { BulletLines = 0.5 }, "• a\nb\n", null },
        { "bullet_lines", Quality with { BulletLines = 0.5 }, "- a\n  - b\nc", "0.6667" },
        { "ellipsis_lines", Quality with { EllipsisLines = 0.3 }, "a... \nb\nc\nd", null },
        { "ellipsis_lines", Quality with { EllipsisLines = 0.3 }, "a…\nb\nc", "0.3333" },
        { "words_with_letters", Quality with { WordsWithLetters = 0.8 }, "a b c d 1", null },
        { "words_with_letters", Quality with { WordsWithLetters = 0.8 }, "a b c 1.", "0.6" },
        { "stop_words", Quality with { StopWords = 2 }, "the dog of", null },
        { "stop_words", Quality with { StopWords = 2 }, "the the dog Of", "1" },
    };

    [Theory]
    [MemberData(nameof(QualityExamples))]
    public void Gopher_quality_as_datatrove_reads_it(string rule, GopherQualityLimits limits, string text, string? value) =>
        Check("gopher_quality." + rule, new() { Presets = [QualityFilter.GopherQuality], GopherQuality = limits }, text, value);

    public static TheoryData<string, GopherRepetitionLimits, string, string?> RepetitionExamples() => new()
    {
        { "duplicate_paragraphs", Repetition with { DuplicateParagraphs = 0.3 }, "A\n\nB\n\n\nA\n", "0.3333" },
        { "duplicate_paragraphs", Repetition with { DuplicateParagraphs = 0.3 }, "A\n\nB\n\nC\n\nA", null },
        { "duplicate_paragraph_characters", Repetition with { DuplicateParagraphCharacters = 0.2 }, "AAA\n\nB\n\nAAA", "0.2727" },
        { "duplicate_paragraph_characters", Repetition with { DuplicateParagraphCharacters = 0.2 }, "A\n\nBB\n\nA", null },
        { "duplicate_lines", Repetition with { DuplicateLines = 0.3 }, "x\ny\n\nx", "0.3333" },
        { "duplicate_lines", Repetition with { DuplicateLines = 0.3 }, "x\ny\nz\nx", null },
        { "duplicate_line_characters", Repetition with { DuplicateLineCharacters = 0.2 }, "x\ny\nx", null },
        { "duplicate_line_characters", Repetition with { DuplicateLineCharacters = 0.2 }, "xx\ny\nxx", "0.2857" },
        { "top_2_gram", Repetition with { Top2Gram = 0.2 }, "a b a b c", "0.6667" },
        { "top_2_gram", Repetition with { Top2Gram = 0.2 }, "a b xxxxxx yyyyyyy zzzzzzz", null },
        { "top_3_gram", Repetition with { Top3Gram = 0.18 }, "a b c a b c", "0.9091" },
        { "top_4_gram", Repetition with { Top4Gram = 0.16 }, "a b c d a b c d", "0.9333" },
        { "duplicate_5_grams", Repetition with { Duplicate5Grams = 0.15 }, "a b c d e a b c d e", "0.2632" },
        { "duplicate_6_grams", Repetition with { Duplicate6Grams = 0.14 }, "a b c d e f a b c d e f", "0.2609" },
        { "duplicate_7_grams", Repetition with { Duplicate7Grams = 0.13 }, "a b c d e f g a b c d e f g", "0.2593" },
        { "duplicate_8_grams", Repetition with { Duplicate8Grams = 0.12 }, "a b c d e f g h a b c d e f g h", "0.2581" },
        { "duplicate_9_grams", Repetition with { Duplicate9Grams = 0.11 }, "a b c d e f g h i a b c d e f g h i", "0.2571" },
        { "duplicate_10_grams", Repetition with { Duplicate10Grams = 0.10 }, "a b c d e f g h i j a b c d e f g h i j", "0.2564" },
        { "duplicate_10_grams", Repetition with { Duplicate10Grams = 0.10 }, "a b c d e f g h i j a b c d e f g h i", null },
    };

    [Theory]
    [MemberData(nameof(RepetitionExamples))]
    public void Gopher_repetition_as_datatrove_reads_it(string rule, GopherRepetitionLimits limits, string text, string? value) =>
        Check("gopher_repetition." + rule, new() { Presets = [QualityFilter.GopherRepetition], GopherRepetition = limits }, text, value);

    public static TheoryData<string, GopherQualityLimits, string, string?> DolmaQualityExamples() => new()
    {
        { "minimum_words", Quality with { MinimumWords = 3 }, "one two .", null },
        { "minimum_words", Quality with { MinimumWords = 3 }, "one, two.", "2" },
        { "maximum_words", Quality with { MaximumWords = 1 }, "one two", "2" },
        { "minimum_word_length", Quality with { MinimumWordLength = 3 }, "a bb cccc dddd", null },
        { "minimum_word_length", Quality with { MinimumWordLength = 3 }, "aa bb ccccccc", "2" },
        { "maximum_word_length", Quality with { MaximumWordLength = 3 }, "a cccc dddd", "4" },
        { "symbols", Quality with { Symbols = 0.1 }, "a# b… c## d", "0.75" },
        { "bullet_lines", Quality with { BulletLines = 0.4 }, "* a\nb", "0.5" },
        { "bullet_lines", Quality with { BulletLines = 0.4 }, " - a\n• b", null },
        { "ellipsis_lines", Quality with { EllipsisLines = 0.3 }, "a…\nb...", "0.5" },
        { "words_with_letters", Quality with { WordsWithLetters = 0.8 }, "a1 b 2", "0.6667" },
        { "stop_words", Quality with { StopWords = 2 }, "the the", null },
        { "stop_words", Quality with { StopWords = 2 }, "the end, The.", "1" },
    };

    [Theory]
    [MemberData(nameof(DolmaQualityExamples))]
    public void Gopher_quality_as_dolma_reads_it(string rule, GopherQualityLimits limits, string text, string? value) =>
        Check("dolma_quality." + rule, new() { Presets = [QualityFilter.DolmaQuality], DolmaQuality = limits }, text, value);

    [Theory]
    [InlineData("duplicate_lines", "x\ny\nx", "0.6667")]
    [InlineData("duplicate_line_characters", "x\nyyyyyyyy\nxx\nw\nxx\nzzzzzz\nuuuuu\nvvvv\nx\nq\ns", "0.1875")]
    [InlineData("top_2_gram", "a b a b c", "0.8")]
    [InlineData("top_3_gram", "a b c a b c", "1")]
    [InlineData("top_4_gram", "a b c d a b c d", "1")]
    [InlineData("duplicate_5_grams", "a b c d e a b c d e", "0.3333")]
    [InlineData("duplicate_6_grams", "a b c d e f a b c d e f", "0.2857")]
    [InlineData("duplicate_7_grams", "a b c d e f g a b c d e f g", "0.25")]
    [InlineData("duplicate_8_grams", "a b c d e f g h a b c d e f g h", "0.2222")]
    [InlineData("duplicate_9_grams", "a b c d e f g h i a b c d e f g h i", "0.2")]
    [InlineData("duplicate_10_grams", "a b c d e f g h i j a b c d e f g h i j", "0.1818")]
    public void Gopher_repetition_as_dolma_reads_it(string rule, string text, string value)
    {
        var open = new DolmaRepetitionLimits
        {
            DuplicateLines = Most("duplicate_lines"), DuplicateLineCharacters = Most("duplicate_line_characters"), Top2Gram = Most("top_2_gram"), Top3Gram = Most("top_3_gram"), Top4Gram = Most("top_4_gram"),
            Duplicate5Grams = Most("duplicate_5_grams"), Duplicate6Grams = Most("duplicate_6_grams"), Duplicate7Grams = Most("duplicate_7_grams"), Duplicate8Grams = Most("duplicate_8_grams"),
            Duplicate9Grams = Most("duplicate_9_grams"), Duplicate10Grams = Most("duplicate_10_grams"),
        };
        Check("dolma_repetition." + rule, new() { Presets = [QualityFilter.DolmaRepetition], DolmaRepetition = open }, text, value);

        double Most(string own) => own == rule ? 0.01 : 1;
    }

    [Fact]
    public void The_published_thresholds_are_the_defaults()
    {
        var rules = new QualityFilter(new() { Presets = [QualityFilter.GopherQuality, QualityFilter.GopherRepetition, QualityFilter.DolmaRepetition] }).Rules.ToDictionary(r => r.Rule, r => r.Threshold);
        Assert.Equal(["50", "100000", "3", "10", "0.1", "0.1", "0.9", "0.3", "0.8", "2"], rules.Where(r => r.Key.StartsWith("gopher_quality", StringComparison.Ordinal)).Select(r => r.Value));
        Assert.Equal(["0.3", "0.2", "0.3", "0.2", "0.2", "0.18", "0.16", "0.15", "0.14", "0.13", "0.12", "0.11", "0.1"], rules.Where(r => r.Key.StartsWith("gopher_repetition", StringComparison.Ordinal)).Select(r => r.Value));
        Assert.Equal("0.3", rules["dolma_repetition.duplicate_line_characters"]);
    }

    [Theory]
    // Rows as extraction writes them: two one below the other.
    [InlineData("a | b | c\nd | e | f", null, 6)]
    [InlineData("| a | b |\n|---|:--:|\n| c | d |", null, 4)]
    [InlineData("Home | About | Contact\nnext", null, 6)]
    [InlineData("a | b\n\nc | d", null, 6)]
    [InlineData("use [a | b | c]\nor d | e", null, 12)]
    [InlineData("a | b\nc | d | e", null, 8)]
    [InlineData("Mary Ann: Yes, I do.\nBob: No.", "Mary Ann; Bob", 7)]
    [InlineData("Mary Ann: Yes, I do.\nBob: No.", null, 12)]
    [InlineData("He met Bob: once.\nJo: hi", "Bob", 9)]
    public void Bars_of_tables_and_names_of_speakers_are_no_words(string text, string? speakers, int words)
    {
        var document = Document.Create("s", text) with { Metadata = speakers is null ? new Dictionary<string, string>() : new() { ["speakers"] = speakers } };
        var measured = new MeasuredText();
        measured.Begin(text, NoWords.SpeakersOf(document));
        Assert.Equal(words, measured.Words.Count);
    }

    [Fact]
    public void A_document_that_is_too_long_goes_with_a_hint()
    {
        var filter = new QualityFilter(new() { Presets = [QualityFilter.GopherQuality], GopherQuality = Quality with { MaximumWords = 3 } });
        Assert.Contains("clean.chunk", Filtered.By(filter, "a b c d")["gopher_quality.maximum_words"].Hint, StringComparison.Ordinal);
        Assert.Null(Filtered.By(filter, "a b c")["gopher_quality.maximum_words"].Hint);
    }

    internal static void Check(string rule, QualityOptions options, string text, string? value)
    {
        var result = Filtered.By(new QualityFilter(options), text);
        Assert.Equal((value is null ? null : rule, value), (result.Rule, result.Value));
        if (value is null) Assert.Equal(text, result.Text);
    }
}
