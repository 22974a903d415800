using System.Diagnostics;
using CsCheck;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Tests.Documents;

namespace Pipeline.Data.Tests.Deduplication;

public class DeduplicatorTests
{
    private const string Story = "The old keeper of the lighthouse climbed the narrow stairs every evening to light the lamp and to write down what ships he saw upon the sea";

    [Fact]
    public async Task Of_exact_duplicates_the_longest_stays_and_among_equals_the_smallest_id()
    {
        var (kept, result) = await Run([Doc("b", "one two"), Doc("a", "one two"), Doc("c", "one  two\n"), Doc("d", "other")], new() { Near = false });
        Assert.Equal(["c", "d"], kept.Select(d => d.Id));
        Assert.Equal([("b", "1 like c: one  two\n"), ("a", "1 like c: one  two\n")], result.Funnel.Rules.Single().Samples.Select(s => (s.Id, s.Value)));
        Assert.Equal("a", (await Run([Doc("b", "one two"), Doc("a", "one two")], new())).Kept.Single().Id);
    }

    [Fact]
    public async Task Composed_and_decomposed_letters_are_exact_duplicates_and_case_is_not() =>
        Assert.Equal(["b", "c"], (await Run([Doc("a", "caf\u00E9"), Doc("b", "cafe\u0301"), Doc("c", "Caf\u00E9")], new() { Near = false })).Kept.Select(d => d.Id));

    [Theory]
    [InlineData(Keep.Longest, null, "c")]
    [InlineData(Keep.First, null, "d")]
    [InlineData(Keep.Highest, "score", "a")]
    [InlineData(Keep.Lowest, "score", "b")]
    [InlineData(Keep.Highest, "day", "b")]
    [InlineData(Keep.Highest, "none", "a")]
    public async Task The_best_by_the_stated_order_stays(Keep keep, string? field, string expected)
    {
        Document[] documents =
        [
            Doc("d", Story) with { Metadata = new Dictionary<string, string> { ["score"] = "not known" } },
            Doc("b", Story + " today") with { Metadata = new Dictionary<string, string> { ["score"] = "-1.5", ["day"] = "2024-03-01" } },
            Doc("a", Story) with { Metadata = new Dictionary<string, string> { ["score"] = "10", ["day"] = "2023-12-31T23:59:59Z" } },
            Doc("c", Story + " tonight") with { Metadata = new Dictionary<string, string> { ["score"] = "9" } },
        ];
        Assert.Equal(expected, (await Run(documents, new() { Keep = keep, Field = field })).Kept.Single().Id);
    }

    [Fact]
    public async Task Of_near_duplicates_the_longest_stays_with_the_similarity_recorded()
    {
        var (kept, result) = await Run([Doc("a", Story), Doc("b", Story + " tonight"), Doc("c", "Something else entirely was said by somebody on another day")], new());
        Assert.Equal(["b", "c"], kept.Select(d => d.Id));
        var near = Assert.Single(result.Funnel.Rules[1].Samples);
        Assert.Equal("a", near.Id);
        Assert.StartsWith(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Shingles.Jaccard(Shingles.SetOf(Story), Shingles.SetOf(Story + " tonight")):0.###} like b: The old"), near.Value);
        Assert.Equal(2, result.LargestCluster);
    }

    [Fact]
    public async Task Short_texts_are_alike_only_as_a_whole_and_texts_without_words_never()
    {
        var (kept, _) = await Run([Doc("a", "Hello world"), Doc("b", "hello, world"), Doc("c", "hello there"), Doc("d", "???"), Doc("e", "!!!"), Doc("f", "")], new());
        Assert.Equal(["b", "c", "d", "e", "f"], kept.Select(d => d.Id));
    }

    [Fact]
    public async Task Candidates_below_the_threshold_both_stay()
    {
        var words = Story.Split(' ');
        var half = string.Join(' ', words[..14]) + " and then he went home to sleep until the morning came with rain";
        Assert.Equal(2, (await Run([Doc("a", Story), Doc("b", half)], new())).Kept.Count);
    }

    [Fact]
    public async Task Every_pair_that_similarity_1_makes_is_found_and_no_dissimilar_one()
    {
        var word = Gen.Int[0, 40].Select(i => $"w{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}");
        await word.Array[1, 25].List[1, 20].SampleAsync(
            async texts =>
            {
                var documents = texts.Select((t, i) => Doc(i.ToString("D3"), string.Join(' ', t))).ToList();
                documents.AddRange(documents.Select(d => Doc(d.Id + "x", d.Text.ToUpperInvariant() + "!")).ToList());
                var (kept, result) = await Run(documents, new());
                var sets = documents.ToDictionary(d => d.Id, d => Shingles.SetOf(d.Text));
                Assert.Equal(kept.Count, result.Funnel.Rules[^1].DocumentsOut);
                Assert.Equal(kept.Count, kept.Select(d => string.Join(',', sets[d.Id])).Distinct().Count());
                // Whatever went is in one chain of near duplicates with something that stayed.
                Assert.All(documents.ExceptBy(kept.Select(d => d.Id), d => d.Id), gone => Assert.Contains(documents, d => d.Id != gone.Id && (d.Text == gone.Text || Shingles.Jaccard(sets[d.Id], sets[gone.Id]) >= 0.8)));
            },
            iter: 30, threads: 1);
    }

    [Fact]
    public async Task Any_number_of_workers_and_any_memory_give_the_same_bytes()
    {
        var random = new Random(4);
        var documents = Enumerable.Range(0, 250).Select(i => Doc(i.ToString("D4"), string.Join(' ', Story.Split(' ').Where(_ => random.Next(25) > 0)) + $"\nLine {random.Next(40)} of the story is told here once more.")).ToList();
        var rules = new DeduplicationRules { Parts = [new(TextPart.Paragraph, 2), new(TextPart.Line, 2), new(TextPart.Sentences, 2)], Substring = 50, Threshold = 0.95 };
        var expected = await Outcome(512 << 20, 1);
        Assert.True(expected.Compared > 0);
        foreach (var (memory, workers) in ((long, int)[])[(1, 1), (1, 7), (40_000, 2), (1 << 20, 7)]) Assert.Equal(expected, await Outcome(memory, workers));

        async Task<(string Files, string Funnel, int Largest, long Compared, long CutShort)> Outcome(long memory, int workers)
        {
            using var sharded = new ShardedDocuments();
            var result = await Deduplicator.RunAsync(await sharded.WriteAsync(documents, 20), rules, sharded.Work(memory, workers));
            return (string.Join(' ', result.Shards.Select(s => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(s.Path))))), result.Funnel.ToJson(), result.LargestCluster, result.Compared, result.CutShort);
        }
    }

    [Fact]
    public async Task A_run_that_is_damaged_on_disk_is_made_anew_once_and_then_named()
    {
        var documents = Enumerable.Range(0, 300).Select(i => Doc(i.ToString("D4"), $"{Story} {Letters(i % 100)} {Letters(i % 100)}")).ToList();
        using var sharded = new ShardedDocuments();
        var shards = await sharded.WriteAsync(documents, 100);
        var (lines, damaged) = (new List<string>(), 0);
        var once = await Deduplicator.RunAsync(shards, new(), sharded.Work(1, 2, path => Damage(path, damaged++ == 0), lines.Add));
        Assert.Contains("made anew", Assert.Single(lines));
        Assert.Equal((await Deduplicator.RunAsync(shards, new(), sharded.Work())).Funnel.ToJson(), once.Funnel.ToJson());
        var error = await Assert.ThrowsAnyAsync<Exception>(() => Deduplicator.RunAsync(shards, new(), sharded.Work(1, 2, path => Damage(path, true))));
        Assert.Contains("the run was damaged on disk", error.Message);

        static void Damage(string path, bool really)
        {
            if (really) File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        }
    }

    [Fact]
    public async Task A_shard_of_which_nothing_goes_is_passed_on_as_it_is()
    {
        using var sharded = new ShardedDocuments();
        var shards = await sharded.WriteAsync([Doc("a", "one"), Doc("b", "two"), Doc("c", "three"), Doc("d", "one")], perShard: 1);
        var result = await Deduplicator.RunAsync(shards, new() { Parts = [new(TextPart.Line, 3)] }, sharded.Work());
        Assert.Equal(shards.Take(3), result.Shards);
    }

    [Fact]
    public async Task A_crowd_of_alike_texts_takes_linear_time()
    {
        var body = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"word{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}"));
        var clock = Stopwatch.StartNew();
        var (kept, result) = await Run([.. Enumerable.Range(0, 10_000).Select(i => Doc(i.ToString("D6"), $"{body} {Letters(i)}"))], new(), perShard: 10_000);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"took {clock.Elapsed}");
        Assert.Single(kept);
        Assert.InRange(result.Compared, 9_999, 70_000);
    }

    [Fact]
    public async Task A_crowd_in_one_band_whose_texts_are_not_alike_is_cut_short_and_says_so()
    {
        // Each text has its own long tail, so that the common part shares bands and nothing reaches the threshold.
        var common = string.Join(' ', Enumerable.Range(0, 120).Select(i => $"common{Letters(i)}"));
        var documents = Enumerable.Range(0, 3_000).Select(i => Doc(i.ToString("D6"), common + " " + string.Join(' ', Enumerable.Range(0, 30).Select(j => Letters((i * 31) + j + 1_000_000))))).ToList();
        var (kept, result) = await Run(documents, new() { Threshold = 0.99 }, perShard: 1000);
        Assert.Equal(3_000, kept.Count);
        Assert.True(result.CutShort > 0);
        Assert.True(result.Compared < 3_000L * NearDuplicates.Crowd * MinHash.Bands);
    }

    [Theory]
    [InlineData(0)]
    // Where an excerpt ends within the address.
    [InlineData(108)]
    [InlineData(115)]
    public async Task Samples_show_nothing_personal(int before)
    {
        var (text, line) = ($"{new string('y', before)} zoe@mail.org and {Story}", "Of another kind, that two write to zoe@mail.org about");
        Document[] documents =
        [
            Doc("1", text), Doc("2", text), Doc("3", text + " tonight"),
            Doc("4", $"First, zoe@mail.org\n{line}\nand on"), Doc("5", $"Second, by zoe@mail.org\n{line}\nit ends"),
            Doc("6", $"Third: {text}, says everybody who was there on that day and nobody believed it until the end came"),
        ];
        var funnel = (await Run(documents, new() { Parts = [new(TextPart.Line, 3)], Substring = 100, Threshold = 0.9 })).Result.Funnel;
        Assert.Equal(4, funnel.Rules.Count);
        Assert.All(funnel.Rules, rule => Assert.NotEmpty(rule.Samples));
        Assert.DoesNotContain("zo", funnel.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_gives_nothing()
    {
        Assert.Empty((await Run([], new())).Kept);
        Assert.Equal(0, (await Run([], new() { Parts = [new(TextPart.Line, 1)], Substring = 100 })).Result.Funnel.Rules[^1].DocumentsIn);
    }

    private static Task<(List<Document> Kept, Deduplicated Result)> Run(IEnumerable<Document> documents, DeduplicationRules rules, int perShard = 7) => ShardedDocuments.DeduplicateAsync(documents, rules, perShard: perShard);

    private static string Letters(int number) => string.Concat(Enumerable.Range(0, 5).Select(_ =>
    {
        var letter = (char)('a' + (number % 26));
        number /= 26;
        return letter;
    }));

    private static Document Doc(string id, string text) => new() { Id = id, Text = text, Source = "test" };
}
