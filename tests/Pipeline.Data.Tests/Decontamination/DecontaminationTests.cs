using Pipeline.Data.Decontamination;
using Pipeline.Data.Documents;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Decontamination;

public sealed class DecontaminationTests
{
    private static readonly CutRules Short = new(LeastCharacters: 1);

    private const string Question = "Natalia sold clips to forty eight of her friends in April and then she sold half as many clips in May.";

    [Theory]
    [InlineData("Some say: NATALIA sold clips, to forty eight of her friends in April and then; nobody knows.", true)]
    [InlineData("natalia sold clips to forty eight of her friends in april and", false)]
    [InlineData("before that sold clips to forty eight of her friends in April and then she slept", true)]
    [InlineData("What is the boiling point of water?", true)]
    [InlineData("I wonder what is the boiling point of water here", true)]
    [InlineData("the boiling point of water", false)]
    [InlineData("Yes or no", false)]
    public void A_run_of_n_words_or_a_whole_short_item_is_found(string text, bool found)
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("test.jsonl:1", Question);
        index.Add("test.jsonl:2", "What is the boiling point of water?");
        index.Add("test.jsonl:3", "Yes or no?");
        Assert.Equal((2, 1), (index.Count, index.TooShort));
        var result = Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Drop), text);
        Assert.Equal(found, result.Text is null);
        if (found) Assert.Equal(1, result.Funnel.Found!["contaminated.test.jsonl"]);
        Assert.Equal(text, Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Report), text).Text);
    }

    [Fact]
    public void What_is_reported_is_marked_with_its_items_and_shown_where_it_stands()
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("test.jsonl:1", Question);
        index.Add("other.jsonl:7", "What is the boiling point of water?");
        var before = string.Concat(Enumerable.Repeat("Nothing of it is here. ", 20));
        var document = Document.Create("s", $"{before}{Question} What is the boiling point of water?") with { Metadata = new Dictionary<string, string> { ["k"] = "v" } };
        foreach (var action in (ContaminationAction[])[ContaminationAction.Report, ContaminationAction.Drop, ContaminationAction.Cut])
        {
            var filter = new DecontaminationFilter(index, 13, action);
            var tally = filter.NewTally();
            var left = filter.Apply(document, tally);
            var sample = Assert.Single(tally.ToFunnel().Rules.SelectMany(r => r.Samples));
            Assert.Contains(action == ContaminationAction.Drop ? "What is the boiling point" : "Nothing of it is here. Natalia sold clips", sample.Before, StringComparison.Ordinal);
            if (action == ContaminationAction.Report) Assert.Equal(("v", "test.jsonl:1; other.jsonl:7", sample.Before), (left!.Metadata["k"], left.Metadata[DecontaminationFilter.ContaminatedBy], sample.After));
            if (action == ContaminationAction.Cut) Assert.DoesNotContain("Natalia", sample.After, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Cutting_takes_whole_sentences_and_leaves_the_others()
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("b:1", Question);
        var filter = new DecontaminationFilter(index, 13, ContaminationAction.Cut, Short);
        var result = Filtered.By(filter, $"Before it. {Question} After it.\nAnd a line\n");
        Assert.Equal(("Before it. After it.\nAnd a line", "b:1"), (result.Text, result["overlap_cut"].Samples[0].Value));
        Assert.Equal(("overlap_rest", "0"), (Filtered.By(filter, Question).Rule, Filtered.By(filter, Question).Value));
    }

    [Theory]
    // Sentences without capitals, and marks of other kinds.
    [InlineData("this came before. natalia sold clips to forty eight of her friends in april and then she sold half as many clips in may. and this after", "this came before. and this after")]
    [InlineData("who knows? natalia sold clips to forty eight of her friends in april and then she sold half as many! nobody… really", "who knows? nobody… really")]
    // An abbreviation ends none.
    [InlineData("It was Mr. Natalia sold clips to forty eight of her friends in April and then she went with Dr. No, e.g. by car. Later on.", "Later on.")]
    public void Sentences_end_at_marks_whatever_letter_follows(string text, string left)
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("b:1", Question);
        Assert.Equal(left, Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Cut, Short), text).Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(200)]
    public void A_line_without_an_end_loses_what_is_shared_and_a_margin(int margin)
    {
        var (before, after) = (string.Join(' ', Enumerable.Range(0, 400).Select(i => $"before{i}")), string.Join(' ', Enumerable.Range(0, 400).Select(i => $"after{i}")));
        var shared = Question.TrimEnd('.').ToLowerInvariant();
        var left = Filtered.By(Cutting(new(Margin: margin)), $"{before} {shared} {after}").Text!.Split('\n');
        Assert.Equal(2, left.Length);
        Assert.StartsWith(left[0], before + " ", StringComparison.Ordinal);
        Assert.EndsWith(left[1], after, StringComparison.Ordinal);
        // Whole words go, and no more than the margin.
        Assert.Equal(' ', (before + " ")[left[0].Length]);
        Assert.Equal(' ', (" " + after)[after.Length - left[1].Length]);
        Assert.InRange(before.Length - left[0].Length, Math.Max(0, margin - 12), margin);
        Assert.InRange(after.Length - left[1].Length, Math.Max(0, margin - 12), margin);
    }

    [Fact]
    public void A_margin_ends_where_its_sentence_ends_and_marks_stay_with_their_words()
    {
        var (before, after) = (Many("Before", 40), Many("After", 40));
        Assert.Equal($"{before}\n“No.” Yes.", Filtered.By(Cutting(new(Margin: 0)), $"{before} {Question.TrimEnd('.')} “No.” Yes.").Text);
        Assert.Equal($"{before} {after}", Filtered.By(Cutting(new()), $"{before} It is known that {Question} {after}").Text);
        // What lies between two runs and is no longer than the margin goes with them.
        Assert.Equal($"{before} {after}", Filtered.By(Cutting(new()), $"{before} {Question.TrimEnd('.')} and so on and {Question} {after}").Text);
    }

    [Theory]
    [InlineData(3, 4, 1, null)]
    [InlineData(3, 3, 1, "overlap_pieces")]
    [InlineData(3, 4, 400, null)]
    [InlineData(3, 4, 10_000, "overlap_rest")]
    public void A_document_of_many_pieces_or_of_which_little_is_left_is_dropped(int times, int most, int least, string? rule)
    {
        var text = Many("Begin", 20) + string.Concat(Enumerable.Repeat($" {Question} {Many("And", 20)}", times));
        var result = Filtered.By(Cutting(new(MostPieces: most, LeastCharacters: least)), text);
        Assert.Equal(rule, result.Rule);
        if (rule is null) Assert.Equal(text.Length - result.Text!.Length, result.Funnel.Rules[0].CharactersIn - result.Funnel.Rules[0].CharactersOut);
    }

    [Fact]
    public void A_text_without_blanks_is_cut_within_its_margin_and_not_within_a_letter()
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("b:1", "これは学校の試験問題である");
        var (before, after) = (string.Concat(Enumerable.Repeat("𠮷野家", 200)), string.Concat(Enumerable.Repeat("丼𠮷", 200)));
        foreach (var margin in Enumerable.Range(0, 9))
        {
            var left = Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Cut, new(Margin: margin)), before + "これは学校の試験問題である" + after).Text!;
            Assert.DoesNotContain("試験", left, StringComparison.Ordinal);
            Assert.InRange(left.Length, before.Length + after.Length - (2 * margin) - 1, before.Length + after.Length + 2);
            Assert.Equal(left, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(left)));
        }
    }

    private static DecontaminationFilter Cutting(CutRules rules)
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("b:1", Question);
        return new(index, 13, ContaminationAction.Cut, rules);
    }

    private static string Many(string word, int times) => string.Join(' ', Enumerable.Range(0, times).Select(i => $"{word} it was {i}."));

    [Theory]
    [InlineData("word ")]
    [InlineData("word. ")]
    [InlineData("word, e.g. ")]
    [InlineData("word… ")]
    [InlineData("Word. ")]
    [InlineData("x")]
    [InlineData("試")]
    [InlineData("...")]
    public void A_line_of_a_megabyte_is_cut_like_any_other(string piece)
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("b:1", Question);
        var half = string.Concat(Enumerable.Repeat(piece, (1 << 19) / piece.Length));
        var left = Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Cut, Short), half + " " + Question.TrimEnd('.').ToLowerInvariant() + " " + half).Text!;
        Assert.DoesNotContain("natalia", left, StringComparison.Ordinal);
        Assert.InRange(left.Length, (2 * half.Length) - 1000, 2 * half.Length);
    }

    [Fact]
    public void A_megabyte_of_nothing_but_what_is_shared_is_dropped()
    {
        var all = string.Concat(Enumerable.Repeat(Question.ToLowerInvariant().TrimEnd('.') + " ", (1 << 20) / Question.Length));
        Assert.Equal("overlap_rest", Filtered.By(Cutting(new()), all).Rule);
        var apart = string.Concat(Enumerable.Repeat(Question.TrimEnd('.') + Many(" then", 30) + " ", 2000));
        Assert.Equal("overlap_pieces", Filtered.By(Cutting(new()), apart).Rule);
    }

    [Fact]
    public async Task Benchmarks_are_read_from_lines_and_Parquet_and_damaged_lines_cost_themselves()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(folder["b.jsonl"], [$$"""{"question":"{{Question}}","answer":{"text":["forty eight and then some more words"]},"id":7}""", "{broken", "", "[1]", """{"other":"x"}"""]);
        var index = new BenchmarkIndex(13, 5);
        Assert.Equal((2, 1), await BenchmarkFiles.ReadAsync("b.jsonl", folder["b.jsonl"], [], index));
        Assert.Equal(1, index.Count);
        Assert.NotNull(Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Drop), Question).Rule);
        Assert.StartsWith("b.jsonl: has no item with text in answers", (await Assert.ThrowsAsync<InvalidDataException>(() => BenchmarkFiles.ReadAsync("b.jsonl", folder["b.jsonl"], ["answers"], index))).Message, StringComparison.Ordinal);

        await Data.Documents.DocumentShards.WriteAllAsync(folder["p"], [Data.Documents.Document.Create("s", Question)]);
        var parquet = new BenchmarkIndex(13, 5);
        Assert.Equal((1, 0), await BenchmarkFiles.ReadAsync("p.parquet", folder["p/part-00000.parquet"], ["text"], parquet));
        Assert.NotNull(Filtered.By(new DecontaminationFilter(parquet, 13, ContaminationAction.Drop), Question).Rule);
        await File.WriteAllBytesAsync(folder["x.parquet"], [1, 2, 3]);
        await Assert.ThrowsAsync<InvalidDataException>(() => BenchmarkFiles.ReadAsync("x.parquet", folder["x.parquet"], [], parquet));
    }
}
