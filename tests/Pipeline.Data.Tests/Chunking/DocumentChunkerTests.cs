using CsCheck;
using Pipeline.Data.Chunking;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Tests.Chunking;

public sealed class DocumentChunkerTests
{
    [Theory]
    [InlineData(4, "a b. c\n\nd e f", "a b. c\n\n|d e f")]
    [InlineData(4, "A b. C d e f.", "A b. |C d e f.")]
    [InlineData(4, "a b\nc d e f", "a b\n|c d e f")]
    [InlineData(4, "a b c d e f", "a b c |d e f")]
    [InlineData(4, "a b c d", "a b c d")]
    [InlineData(4, "", "")]
    [InlineData(3, "Mr. Fox ran. He hid.", "Mr. Fox ran. |He hid.")]
    [InlineData(6, "a\n```\nx\n\ny\n```\nb c\nd e", "a\n```\nx\n\ny\n|```\nb c\nd e")]
    public void Documents_are_cut_at_the_best_place_near_the_middle(int words, string text, string pieces) => Assert.Equal(pieces, string.Join('|', Pieces(new() { Size = words }, text).Select(d => d.Text)));

    [Fact]
    public void Pieces_have_the_document_s_id_and_metadata_and_say_what_they_are()
    {
        var document = Document.Create("s", "one two three four") with { License = "MIT", Metadata = new Dictionary<string, string> { ["title"] = "T" } };
        var chunker = new DocumentChunker(new() { Size = 3, Overlap = 1 });
        var tally = chunker.NewTally();
        var pieces = chunker.Apply(document, tally);
        Assert.Equal([document.Id + "#0001", document.Id + "#0002"], pieces.Select(p => p.Id));
        Assert.Equal(["one two ", "two three four"], pieces.Select(p => p.Text));
        Assert.All(pieces, p => Assert.Equal(("MIT", "T", document.Id, "2"), (p.License, p.Metadata["title"], p.Metadata["chunk_of"], p.Metadata["chunks"])));
        Assert.Equal(["1", "2"], pieces.Select(p => p.Metadata["chunk"]));
        Assert.Equal([null, "4"], pieces.Select(p => p.Metadata.GetValueOrDefault("chunk_overlap")));
        var rule = tally.ToFunnel().Rules.Single();
        Assert.Equal(("chunk_size", "3 words", 1L, 2L, 18L, 22L, 1L), (rule.Rule, rule.Threshold, rule.DocumentsIn, rule.DocumentsOut, rule.CharactersIn, rule.CharactersOut, rule.DocumentsChanged));
    }

    [Fact]
    public void Of_any_text_the_pieces_are_the_document_again_and_none_is_longer_than_the_size() =>
        Gen.Select(Gen.Int[0, Bits.Length - 1].Select(i => Bits[i]).Array[0, 200].Select(string.Concat), Gen.Enum<ChunkUnit>(), Gen.Int[16, 60], Gen.Int[0, 8]).Sample((text, unit, size, overlap) =>
        {
            var options = new ChunkOptions { Unit = unit, Size = size, Overlap = overlap, CountTokens = Tokens };
            var measure = new ChunkMeasure(options);
            var pieces = Pieces(options, text, "text/markdown");
            var overlaps = pieces.Select(p => int.Parse(p.Metadata.GetValueOrDefault("chunk_overlap") ?? "0", System.Globalization.CultureInfo.InvariantCulture)).ToList();
            return string.Concat(pieces.Zip(overlaps, (p, o) => p.Text[o..])) == text
                && pieces.All(p => measure.Of(p.Text, 0, p.Text.Length) <= size && (pieces.Count == 1 || p.Text.Length > 0))
                && pieces.Zip(overlaps).All(p => measure.Of(p.First.Text, 0, p.Second) <= overlap)
                && pieces.Skip(1).All(p => !(char.IsLowSurrogate(p.Text[0]) && text.Contains("\ud83d" + p.Text[0], StringComparison.Ordinal)));
        }, iter: 1_000);

    [Fact]
    public void Pieces_of_running_text_are_about_equally_long()
    {
        var text = string.Join("\n\n", Enumerable.Range(0, 450).Select(i => $"Sentence number {i} stands here. And another one follows it."));
        var lengths = Pieces(new() { Size = 1000 }, text).Select(p => p.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length).ToList();
        Assert.Equal(5, lengths.Count);
        Assert.All(lengths, l => Assert.InRange(l, 880, 920));
        Assert.All(Pieces(new() { Size = 1000 }, text), p => Assert.StartsWith("Sentence number", p.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a ")]
    [InlineData(". ")]
    [InlineData("\n\n")]
    [InlineData("\u0301")]
    [InlineData("\ud83d\ude00")]
    [InlineData("`a` ")]
    [InlineData("```\n")]
    public async Task Megabytes_of_anything_take_bounded_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 18) / piece.Length));
        foreach (var unit in (ChunkUnit[])[ChunkUnit.Words, ChunkUnit.Characters, ChunkUnit.Tokens])
        {
            var cut = Task.Run(() => Pieces(new() { Unit = unit, Size = 1000, Overlap = 20, CountTokens = Tokens }, text, "text/markdown"));
            Assert.True(await Task.WhenAny(cut, Task.Delay(TimeSpan.FromSeconds(30))) == cut, "took more than 30 s");
            Assert.True((await cut).Sum(p => p.Text.Length) >= text.Length);
        }
    }

    private static readonly string[] Bits = ["a", "word ", "Long sentence here. ", "\n", "\n\n", "é", "e\u0301", "\ud83d\ude00", " ", "\t", "```\n", "\n    ", "x", "。", "- ", "1. ", "? ", "abcdefghijklmnop"];

    /// <summary>A letter, a run of blanks, or three letters of a word: parts have more than the whole.</summary>
    private static int Tokens(string text)
    {
        var (tokens, run) = (0, 0);
        foreach (var c in text)
        {
            run = char.IsLetter(c) ? run + 1 : 0;
            if (!char.IsLowSurrogate(c) && run % 3 is 0 or 1) tokens++;
        }

        return tokens;
    }

    private static IReadOnlyList<Document> Pieces(ChunkOptions options, string text, string type = "text/plain") => new DocumentChunker(options) is var chunker ? chunker.Apply(Document.Create("s", text) with { MediaType = type }, chunker.NewTally()) : [];
}
