using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.TestKit;

namespace Pipeline.Architecture.Tests;

/// <summary>docs/promises.md names tests that exist, and leaves no promise without one unless it says so.</summary>
public sealed partial class PromiseTests
{
    private const int Promises = 19;

    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "promises.md"));

    [Fact]
    public void Every_promise_is_there_with_tests_or_the_words_not_yet()
    {
        var rows = Page.Select(line => Row().Match(line)).Where(m => m.Success).ToDictionary(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), m => m.Groups[2].Value);
        Assert.Equal(Enumerable.Range(1, Promises), rows.Keys);
        var missing = rows.Where(r => !Name().IsMatch(r.Value)).ToList();
        Assert.All(missing, r => Assert.StartsWith("not yet", r.Value, StringComparison.Ordinal));
        Assert.All(rows.Except(missing), r => Assert.DoesNotContain("not yet", r.Value, StringComparison.Ordinal));
        Assert.Equal(missing.Count == 0 ? null : $"Not yet: {string.Join(", ", missing.Select(r => r.Key))}.", Page.SingleOrDefault(line => line.StartsWith("Not yet:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_failure_of_a_peer_has_a_test()
    {
        var rows = Page.SkipWhile(line => !line.StartsWith("## Where other engines", StringComparison.Ordinal)).TakeWhile(line => !line.StartsWith("## The faults", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2).ToList();
        Assert.True(rows.Count >= 12, "the table is gone");
        Assert.All(rows, row => Assert.Matches(Name(), row));
    }

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .SelectMany(f => Test().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        Assert.Contains(nameof(Every_test_that_is_named_exists), tests);
        Assert.Equal([], Page.SelectMany(line => Name().Matches(line)).Select(m => m.Groups[1].Value).Where(name => !tests.Contains(name)).Distinct());
    }

    [GeneratedRegex(@"^\| (\d+) \| .* \| (.*) \|$")]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`")]
    private static partial Regex Name();

    /// <summary>The first method after an attribute of xunit's.</summary>
    [GeneratedRegex(@"\[(?:Fact|Theory)\b(?:(?!\[Fact|\[Theory)[\s\S])*?\bpublic (?:async )?(?:Task|void) ([A-Z]\w+)\(")]
    private static partial Regex Test();
}
