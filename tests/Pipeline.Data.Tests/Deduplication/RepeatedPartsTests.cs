using CsCheck;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Tests.Documents;

namespace Pipeline.Data.Tests.Deduplication;

public class RepeatedPartsTests
{
    [Fact]
    public async Task A_line_that_occurred_before_is_cut_and_its_first_copy_stays()
    {
        var (kept, rule) = await Run(TextPart.Line, 2, "We use cookies\nThe tide\ncomes in\n", "Another page\nWe  use cookies\nwithout it\nThe tide", "We use cookies");
        Assert.Equal(["We use cookies\nThe tide\ncomes in\n", "Another page\nwithout it\n"], kept);
        Assert.Equal(("repeated lines", "2 words or more", 3L, 2L, 1L), (rule.Rule, rule.Threshold, rule.DocumentsIn, rule.DocumentsOut, rule.DocumentsChanged));
        Assert.Equal(kept.Sum(t => t.Length), rule.CharactersOut);
        Assert.Equal(["1", "2"], rule.Samples.Select(s => s.Id));
        Assert.Null(rule.Samples[1].After);
    }

    [Fact]
    public async Task Short_lines_recur_and_stay() =>
        Assert.Equal(["}\na b c", "}\nd e f"], (await Run(TextPart.Line, 3, "}\na b c", "}\nd e f")).Kept);

    [Fact]
    public async Task A_paragraph_goes_with_the_empty_lines_after_it() =>
        Assert.Equal(["One one\none.\n\nTwo two.", "Zero.\n\nThree three."], (await Run(TextPart.Paragraph, 2, "One one\none.\n\nTwo two.", "Zero.\n\nOne one one.\n \n\nThree three.")).Kept);

    [Fact]
    public async Task Three_sentences_in_a_row_go_and_two_stay()
    {
        const string A = "It rained all day. Nobody came! Was it Sunday? ";
        Assert.Equal([A + "Yes.", "So. No.", "Nobody came! Was it Sunday? Never."], (await Run(TextPart.Sentences, 2, A + "Yes.", "So. " + A + "No.", "Nobody came! Was it Sunday? Never.")).Kept);
    }

    [Fact]
    public async Task A_text_that_repeats_one_sentence_keeps_its_first_run_whole() =>
        Assert.Equal(["Ho ho ho. Ho ho ho. Ho ho ho. "], (await Run(TextPart.Sentences, 1, string.Concat(Enumerable.Repeat("Ho ho ho. ", 9)))).Kept);

    [Theory]
    [InlineData("He said “Stop.” Then he left.", 2)]
    [InlineData("v1.2 of e.g.this", 1)]
    [InlineData("一。二！三？", 3)]
    [InlineData("A heading\n\nA text.", 2)]
    [InlineData("Wait... what?! Yes", 3)]
    [InlineData("", 0)]
    public void Sentences_end_where_readers_see_it(string text, int count)
    {
        var ends = new List<int>();
        TextParts.EndsOf(text, TextPart.Sentences, ends);
        Assert.Equal(count, ends.Count);
        Assert.Equal(text.Length, ends.LastOrDefault());
    }

    [Fact]
    public Task What_stays_is_what_a_set_of_all_lines_seen_would_leave() =>
        Gen.Select(Gen.Int[0, 12].Array[0, 12].Array[1, 12], Gen.Int[1, 5]).SampleAsync(async (texts, perShard) =>
        {
            string[] given = [.. texts.Select(t => string.Concat(t.Select(i => i == 0 ? "\n" : $"line {i}\n")))];
            var seen = new HashSet<string>();
            string[] expected = [.. given.Select(t => t.Length == 0 ? t : string.Concat(t.Split('\n')[..^1].Where(l => l.Length == 0 || seen.Add(l)).Select(l => l + "\n")))];
            var (kept, _) = await Run(TextPart.Line, 1, perShard, given);
            Assert.Equal(expected.Where((t, i) => t == given[i] || !string.IsNullOrWhiteSpace(t)), kept);
        }, iter: 25, threads: 1);

    private static Task<(List<string> Kept, FunnelRule Rule)> Run(TextPart part, int words, params string[] texts) => Run(part, words, 2, texts);

    private static async Task<(List<string> Kept, FunnelRule Rule)> Run(TextPart part, int words, int perShard, string[] texts)
    {
        var documents = texts.Select((t, i) => new Document { Id = i.ToString(), Text = t, Source = "test" });
        var (kept, result) = await ShardedDocuments.DeduplicateAsync(documents, new() { Exact = false, Near = false, Parts = [new(part, words)] }, perShard: perShard);
        return ([.. kept.Select(d => d.Text)], result.Funnel.Rules.Single());
    }
}
