using CsCheck;
using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;

namespace Pipeline.Data.Tests.Partitioning;

public sealed class ContiguousCutTests
{
    private static readonly PartitionRules NanoGpt = new() { Train = 0.9, Validation = 0.1, Test = 0 };

    [Fact]
    public void One_long_text_is_cut_where_nanoGPT_cuts_it()
    {
        var text = string.Concat(Enumerable.Range(0, 1_115_394).Select(i => (char)('a' + (i % 26))));
        Assert.Equal(text[..1_003_854], Assert.Single(Cut(text, Part.Train, NanoGpt)).Text);
        Assert.Equal(text[1_003_854..], Assert.Single(Cut(text, Part.Validation, NanoGpt)).Text);
        Assert.Empty(Cut(text, Part.Test, NanoGpt));
    }

    [Fact]
    public void The_passages_of_any_text_follow_each_other_and_are_all_of_it() =>
        Gen.Select(Gen.String, Gen.Double[0.01, 1], Gen.Double[0, 1]).Sample((text, train, of) =>
        {
            var validation = (1 - train) * of;
            var rules = new PartitionRules { Train = train, Validation = validation, Test = Math.Max(0, 1 - train - validation) };
            Assert.Equal(text, string.Concat(Enum.GetValues<Part>().SelectMany(p => Cut(text, p, rules)).Select(d => d.Text)));
        });

    [Fact]
    public void No_character_is_torn_in_two() =>
        Gen.Int[0, 40].Select(Gen.Int[0, 40]).Sample((before, faces) =>
        {
            var text = new string('x', before) + string.Concat(Enumerable.Repeat("😀", faces));
            foreach (var passage in Enum.GetValues<Part>().SelectMany(p => Cut(text, p, new())))
                Assert.False(char.IsLowSurrogate(passage.Text[0]) || char.IsHighSurrogate(passage.Text[^1]));
        });

    [Fact]
    public void Passages_keep_their_source_and_have_ids_of_their_own()
    {
        var ids = Enum.GetValues<Part>().Select(p => Assert.Single(Cut(new string('a', 100), p, new())).Id).ToList();
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal("play.txt", Assert.Single(Cut("to be or not to be", Part.Train, new())).Source);
    }

    [Fact]
    public void Shares_that_do_not_add_up_are_refused() =>
        Assert.Contains("add up", Assert.Throws<ArgumentException>(() => Cut("a", Part.Train, new() { Train = 0.5 })).Message);

    private static List<Document> Cut(string text, Part part, PartitionRules rules) => [.. ContiguousCut.PassagesOf([Document.Create("play.txt", text)], part, rules)];
}
