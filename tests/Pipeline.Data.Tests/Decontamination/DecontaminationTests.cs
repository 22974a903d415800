using Pipeline.Data.Decontamination;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Decontamination;

public sealed class DecontaminationTests
{
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
    public void Cutting_takes_whole_sentences_and_leaves_the_others()
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("b:1", Question);
        var filter = new DecontaminationFilter(index, 13, ContaminationAction.Cut);
        var result = Filtered.By(filter, $"Before it. {Question} After it.\nAnd a line\n");
        Assert.Equal(("Before it. After it.\nAnd a line", "b:1"), (result.Text, result["overlap_cut"].Samples[0].Value));
        Assert.Equal(("overlap", "b:1"), (Filtered.By(filter, Question).Rule, Filtered.By(filter, Question).Value));
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
        Assert.Equal(left, Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Cut), text).Text);
    }

    [Fact]
    public void A_line_without_an_end_loses_a_stretch_and_not_all_of_itself()
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("b:1", Question);
        var (before, after) = (string.Join(' ', Enumerable.Range(0, 400).Select(i => $"before{i}")), string.Join(' ', Enumerable.Range(0, 400).Select(i => $"after{i}")));
        var left = Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Cut), $"{before} {Question.TrimEnd('.').ToLowerInvariant()} {after}").Text!;
        Assert.DoesNotContain("natalia", left, StringComparison.Ordinal);
        Assert.InRange(left.Length, before.Length + after.Length - 800, before.Length + after.Length);
    }

    [Theory]
    [InlineData("word ")]
    [InlineData("word. ")]
    [InlineData("word, e.g. ")]
    [InlineData("word… ")]
    [InlineData("Word. ")]
    public void A_line_of_a_megabyte_is_cut_like_any_other(string piece)
    {
        var index = new BenchmarkIndex(13, 5);
        index.Add("b:1", Question);
        var half = string.Concat(Enumerable.Repeat(piece, (1 << 19) / piece.Length));
        var left = Filtered.By(new DecontaminationFilter(index, 13, ContaminationAction.Cut), half + Question.TrimEnd('.').ToLowerInvariant() + " " + half).Text!;
        Assert.DoesNotContain("natalia", left, StringComparison.Ordinal);
        Assert.InRange(left.Length, (2 * half.Length) - 1000, 2 * half.Length);
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
