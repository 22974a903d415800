using System.Reflection;
using System.Text.RegularExpressions;
using Pipeline.Engine.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>docs/errors: a page for each code, whose example really makes the message shown.</summary>
public class ErrorPageTests
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "docs", "errors");

    /// <summary>These are about the file itself, which an example on a page cannot be.</summary>
    private static readonly string[] WithoutExample = [ProblemCodes.CannotRead, ProblemCodes.TooLarge];

    private static readonly string[] Codes = [.. typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];

    public static TheoryData<string> Pages => [.. Codes.Except(WithoutExample)];

    [Fact]
    public void Every_code_has_a_page_and_every_page_a_code()
    {
        Assert.Equal(Codes.Length, Codes.Distinct().Count());
        var pages = Directory.GetFiles(Folder, "*.md").Select(Path.GetFileNameWithoutExtension).Where(n => n != "README");
        Assert.Equal(Codes.Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
        var index = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Codes, code => Assert.Contains($"[{code}]({code}.md)", index, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_example_of_a_page_makes_the_message_it_shows(string code)
    {
        var page = File.ReadAllText(Path.Combine(Folder, $"{code}.md"));
        var result = DefinitionReader.ReadText(Block("yaml").Match(page).Groups[1].Value, "example.yaml", SampleSteps.Catalog, Options(Block("sh").Match(page).Groups[1].Value));
        Assert.Contains(code, result.Problems.Select(p => p.Code));
        var printed = ProblemPrinter.Print(result.Problems);
        Golden.Matches($"../../docs/errors/{code}.md", Block("text").Replace(page, _ => $"```text\n{printed}```\n"));
    }

    [Fact]
    public void Every_code_has_a_message_that_a_golden_file_or_a_page_pins()
    {
        var pinned = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "tests", "golden"), "*.txt", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Folder, "PIPE*.md"))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @" error (PIPE\d{3}) \S").Select(m => m.Groups[1].Value)).ToHashSet();
        Assert.Equal(Codes.Order(StringComparer.Ordinal), Codes.Where(pinned.Contains).Order(StringComparer.Ordinal));
    }

    private static ReadOptions Options(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var given = words.Zip(words.Skip(1)).Where(w => w.First.StartsWith("--", StringComparison.Ordinal)).ToLookup(w => w.First, w => w.Second);
        return new ReadOptions
        {
            Profile = given["--profile"].FirstOrDefault(),
            Params = given["--param"].Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]),
            Sets = [.. given["--set"].Select(p => p.Split('=', 2)).Select(p => (p[0], p[1]))],
        };
    }

    private static Regex Block(string language) => new($"```{language}\\n(.*?)```\\n", RegexOptions.Singleline | RegexOptions.CultureInvariant);
}
