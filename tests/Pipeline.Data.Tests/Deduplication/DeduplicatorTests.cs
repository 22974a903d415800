using System.Diagnostics;
using CsCheck;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Tests.Deduplication;

public class DeduplicatorTests
{
    private const string Story = "The old keeper of the lighthouse climbed the narrow stairs every evening to light the lamp and to write down what ships he saw upon the sea";

    [Fact]
    public void Of_exact_duplicates_the_smallest_id_stays()
    {
        var result = Deduplicator.Run([Doc("b", "one two"), Doc("a", "one two"), Doc("c", "one  two\n"), Doc("d", "other")], new() { Near = false });
        Assert.Equal(["c", "d"], result.Kept.Select(d => d.Id));
        Assert.Equal([("b", "c"), ("a", "c")], result.Exact.Select(d => (d.Dropped.Id, d.Kept.Id)));
        Assert.Equal("a", Deduplicator.Run([Doc("b", "one two"), Doc("a", "one two")], new()).Kept.Single().Id);
    }

    [Fact]
    public void Composed_and_decomposed_letters_are_exact_duplicates_and_case_is_not() =>
        Assert.Equal(["b"], Deduplicator.Run([Doc("a", "caf\u00E9"), Doc("b", "cafe\u0301"), Doc("c", "Caf\u00E9")], new() { Near = false }).Kept.Select(d => d.Id).Except(["c"]));

    [Fact]
    public void Of_near_duplicates_the_longest_stays_with_the_similarity_recorded()
    {
        var result = Deduplicator.Run([Doc("a", Story), Doc("b", Story + " tonight"), Doc("c", "Something else entirely was said by somebody on another day")], new());
        Assert.Equal(["b", "c"], result.Kept.Select(d => d.Id));
        var near = Assert.Single(result.Near);
        Assert.Equal(("a", "b"), (near.Dropped.Id, near.Kept.Id));
        Assert.Equal(Shingles.Jaccard(Shingles.SetOf(Story), Shingles.SetOf(Story + " tonight")), near.Similarity);
        Assert.Equal(2, result.LargestCluster);
    }

    [Fact]
    public void Short_texts_are_alike_only_as_a_whole_and_texts_without_words_never()
    {
        var result = Deduplicator.Run([Doc("a", "Hello world"), Doc("b", "hello, world"), Doc("c", "hello there"), Doc("d", "???"), Doc("e", "!!!"), Doc("f", "")], new());
        Assert.Equal(["b", "c", "d", "e", "f"], result.Kept.Select(d => d.Id));
    }

    [Fact]
    public void Candidates_below_the_threshold_both_stay()
    {
        var words = Story.Split(' ');
        var half = string.Join(' ', words[..14]) + " and then he went home to sleep until the morning came with rain";
        Assert.Equal(2, Deduplicator.Run([Doc("a", Story), Doc("b", half)], new()).Kept.Count);
    }

    [Fact]
    public void Every_pair_that_similarity_1_makes_is_found_and_no_dissimilar_one()
    {
        var word = Gen.Int[0, 40].Select(i => $"w{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}");
        word.Array[1, 25].List[1, 20].Sample(
            texts =>
            {
                var documents = texts.Select((t, i) => Doc(i.ToString("D3"), string.Join(' ', t))).ToList();
                documents.AddRange(documents.Select(d => Doc(d.Id + "x", d.Text.ToUpperInvariant() + "!")).ToList());
                var result = Deduplicator.Run(documents, new());
                var sets = documents.ToDictionary(d => d.Id, d => Shingles.SetOf(d.Text));
                Assert.Equal(documents.Count, result.Kept.Count + result.Exact.Count + result.Near.Count);
                Assert.Equal(result.Kept.Count, result.Kept.Select(d => string.Join(',', sets[d.Id])).Distinct().Count());
                Assert.All(result.Near, n => Assert.Equal(Shingles.Jaccard(sets[n.Dropped.Id], sets[n.Kept.Id]), n.Similarity));
            },
            iter: 60);
    }

    [Fact]
    public void Any_number_of_workers_gives_the_same_result()
    {
        var random = new Random(4);
        var documents = Enumerable.Range(0, 400).Select(i => Doc(i.ToString("D4"), string.Join(' ', Story.Split(' ').Where(_ => random.Next(25) > 0)))).ToList();
        var (one, many) = (Deduplicator.Run(documents, new(), workers: 1), Deduplicator.Run(documents, new(), workers: 8));
        Assert.Equal(one.Kept, many.Kept);
        Assert.Equal(one.Near, many.Near);
        Assert.Equal((one.Compared, one.CutShort), (many.Compared, many.CutShort));
        Assert.NotEmpty(one.Near);
    }

    [Fact]
    public void A_crowd_of_alike_texts_takes_linear_time()
    {
        var body = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"word{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}"));
        var clock = Stopwatch.StartNew();
        var result = Deduplicator.Run([.. Enumerable.Range(0, 30_000).Select(i => Doc(i.ToString("D6"), $"{body} {Letters(i)}"))], new());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"took {clock.Elapsed}");
        Assert.Single(result.Kept);
        Assert.InRange(result.Compared, 29_999, 200_000);
    }

    [Fact]
    public void A_crowd_in_one_band_whose_texts_are_not_alike_is_cut_short_and_says_so()
    {
        // Each text has its own long tail, so that the common part shares bands and nothing reaches the threshold.
        var common = string.Join(' ', Enumerable.Range(0, 120).Select(i => $"common{Letters(i)}"));
        var documents = Enumerable.Range(0, 3_000).Select(i => Doc(i.ToString("D6"), common + " " + string.Join(' ', Enumerable.Range(0, 30).Select(j => Letters((i * 31) + j + 1_000_000))))).ToList();
        var result = Deduplicator.Run(documents, new() { Threshold = 0.99 });
        Assert.Equal(3_000, result.Kept.Count);
        Assert.True(result.CutShort > 0);
        Assert.True(result.Compared < 3_000L * NearDuplicates.Crowd * MinHash.Bands);
    }

    [Fact]
    public void Nothing_gives_nothing() => Assert.Empty(Deduplicator.Run([], new()).Kept);

    private static string Letters(int number) => string.Concat(Enumerable.Range(0, 5).Select(_ =>
    {
        var letter = (char)('a' + (number % 26));
        number /= 26;
        return letter;
    }));

    private static Document Doc(string id, string text) => new() { Id = id, Text = text, Source = "test" };
}
