using System.Text.Json;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;
using Pipeline.Data.Tests.Documents;

namespace Pipeline.Data.Tests.Partitioning;

public class CertificateTests
{
    private const string Story = "The old keeper of the lighthouse climbed the narrow stairs every evening to light the lamp and to write down what ships he saw upon the sea";
    private static readonly PartitionRules Rules = new() { GroupBy = "type" };
    private static readonly PartitionRules Ungrouped = new();

    [Fact]
    public Task It_counts_and_names_an_exact_overlap() => Finds([Doc("a", "One  text.", "x")], [Doc("b", "One text.", "y")], [], "1 of validation overlap train (exact), such as b (test) with a (test)", o => o.Exact);

    [Fact]
    public Task It_counts_and_names_a_near_duplicate() => Finds([Doc("a", Story, "x")], [], [Doc("b", Story.ToUpperInvariant() + "!", "y")], "1 of test overlap train (near), such as b (test) with a (test)", o => o.Near);

    [Fact]
    public Task It_counts_and_names_a_shared_run_of_13_words() =>
        Finds([], [Doc("a", Story, "x")], [Doc("b", string.Join(' ', Story.Split(' ')[5..18]) + " and nothing more of that in this text which is another one", "y")], "1 of test overlap validation (ngram), such as b (test) with a (test)", o => o.Ngram);

    [Fact]
    public async Task It_counts_and_names_a_group_in_two_parts()
    {
        var certificate = await Certify([Doc("a", "one", "x")], [Doc("b", "two", "x")], [], Rules);
        Assert.Equal(1, certificate.GroupLeaks);
        Assert.Equal(["1 groups of type are in more than one part, such as x"], certificate.Violations);
        Assert.False(certificate.Holds);
    }

    [Fact]
    public async Task Twelve_words_in_common_are_no_overlap() =>
        Assert.True((await Certify([Doc("a", Story, "x")], [Doc("b", string.Join(' ', Story.Split(' ')[5..17]) + " but then all of it goes on in quite another way", "y")], [], Rules)).Holds);

    [Fact]
    public async Task A_crowd_that_shares_a_band_across_parts_does_not_pass_unseen()
    {
        var crowd = Enumerable.Range(0, 200).Select(i => Doc($"d{i:D3}", $"{Story} {(char)('a' + (i % 26))}{(char)('a' + (i / 26))}", i.ToString())).ToList();
        Assert.Equal(100, (await Certify([.. crowd[..100]], [.. crowd[100..]], [], Rules)).Overlaps[0].Near);
    }

    [Fact]
    public async Task The_file_has_every_count_and_the_same_bytes_each_time()
    {
        var json = (await ShardedDocuments.SplitAsync(PartitionerTests.Unrelated(50), Ungrouped)).Certificate.ToJson();
        Assert.Equal(json, (await ShardedDocuments.SplitAsync(PartitionerTests.Unrelated(50), Ungrouped, workers: 3)).Certificate.ToJson());
        var root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(50, root.GetProperty("sizes").EnumerateObject().Sum(p => p.Value.GetProperty("documents").GetInt32()));
        Assert.Equal(["earlier", "later", "exact", "near", "ngram"], root.GetProperty("overlaps")[0].EnumerateObject().Select(p => p.Name));
        Assert.True(root.GetProperty("holds").GetBoolean());
        Assert.Equal(0, root.GetProperty("group_leaks").GetInt32());
    }

    private static async Task Finds(Document[] train, Document[] validation, Document[] test, string expected, Func<PartOverlap, int> count)
    {
        var certificate = await Certify(train, validation, test, Rules);
        Assert.Contains(expected, certificate.Violations);
        Assert.Equal(1, certificate.Overlaps.Sum(count));
        Assert.False(certificate.Holds);
    }

    private static Task<Certificate> Certify(Document[] train, Document[] validation, Document[] test, PartitionRules rules) => ShardedDocuments.CertifyAsync(train, validation, test, rules);

    private static Document Doc(string id, string text, string type) => new() { Id = id, Text = text, Source = "test", Metadata = new Dictionary<string, string> { ["type"] = type } };
}
