using System.Text.RegularExpressions;
using Pipeline.Engine.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Generated;

/// <summary>What README and guide show as whole pipelines must be pipelines.</summary>
public sealed partial class DocumentedPipelinesTests
{
    public static TheoryData<string, int> Blocks() => new(
        from page in (string[])["README.md", "docs/guide.md"]
        from number in Enumerable.Range(0, PipelinesOf(page).Count)
        select (page, number));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_pipeline_in_the_documentation_has_no_problem(string page, int number)
    {
        var text = PipelinesOf(page)[number];
        var read = DefinitionReader.ReadText(text, Path.Combine(Checkout.Root, $"{page}.{number}.yaml"), BuiltInSteps.Catalog(), new ReadOptions());
        Assert.True(read.Problems.Count == 0, ProblemPrinter.Print(read.Problems));
    }

    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("docs/guide.md", 14)]
    public void There_are_as_many_as_there_are_meant_to_be(string page, int expected) => Assert.Equal(expected, PipelinesOf(page).Count);

    [Fact]
    public void Links_within_the_documentation_lead_somewhere()
    {
        var pages = Directory.GetFiles(Checkout.Root, "*.md").Concat(Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories));
        var broken = from page in pages
                     from Match link in Link().Matches(File.ReadAllText(page))
                     let target = link.Groups[1].Value.Split('#')[0]
                     where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
                     let path = Path.Combine(Path.GetDirectoryName(page)!, target)
                     where !File.Exists(path) && !Directory.Exists(path)
                     select $"{page}: {target}";
        Assert.Empty(broken);
    }

    /// <summary>The YAML blocks with steps of their own; others show a part.</summary>
    private static List<string> PipelinesOf(string page) =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(Checkout.Root, page)).ReplaceLineEndings("\n")).Select(m => m.Groups[1].Value).Where(b => b.Contains("\nsteps:\n", StringComparison.Ordinal))];

    [GeneratedRegex("^```yaml\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
