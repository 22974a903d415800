using Pipeline.TestKit;

namespace Pipeline.Cli.Tests;

/// <summary>Every example does what it says, on the data that comes with it.</summary>
public sealed class ExamplesTests : IDisposable
{
    /// <summary>Needs a text of the user's own.</summary>
    private const string Shakespeare = "shakespeare";

    /// <summary>Waits for a person.</summary>
    private const string Approve = "approve";

    private static readonly string Examples = Path.Combine(Checkout.Root, "examples");

    private readonly Project project = new();

    public static TheoryData<string> Names() => new(Directory.GetFiles(Examples, "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)!).Where(n => n is not (Shakespeare or Approve)).Order(StringComparer.Ordinal));

    public ExamplesTests()
    {
        foreach (var file in Directory.GetFiles(Examples, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock.json", StringComparison.Ordinal)))
            project.Write(Path.GetRelativePath(Examples, file), File.ReadAllText(file));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_example_runs_and_is_then_reused(string name)
    {
        var first = (await project.Pipeline("run", $"{name}.yaml", "--json")).Expect(ExitCode.Success);
        Assert.DoesNotContain(first.Steps.Values, s => (string?)s["decision"] != "ran" && !Meant((string)s["reason"]!));
        (await project.Pipeline("plan", $"{name}.yaml", "--check")).Expect(ExitCode.Success);
    }

    /// <summary>Whether a step is skipped as its pipeline says.</summary>
    private static bool Meant(string reason) => reason.Contains("was the last", StringComparison.Ordinal) || reason.Contains("--rung-", StringComparison.Ordinal);

    [Fact]
    public async Task The_shell_counts_words()
    {
        (await project.Pipeline("run", "shell.yaml")).Expect(ExitCode.Success);
        var rows = (await project.Pipeline("artifacts", "cat", "shell.yaml", "count", "--json")).Expect(ExitCode.Success).Rows;
        Assert.Equal(("fish", 4), ((string?)rows[0]["word"], (int?)rows[0]["count"]));
    }

    [Fact]
    public async Task Pages_become_their_main_content()
    {
        (await project.Pipeline("run", "clean-html.yaml")).Expect(ExitCode.Success);
        var rows = (await project.Pipeline("artifacts", "cat", "clean-html.yaml", "clean.documents")).Expect(ExitCode.Success).Rows;
        Assert.Equal(["bread.html", "tides.html"], rows.Select(r => (string?)r["source"]));
        Assert.All(rows, r => Assert.DoesNotContain("ookies", (string?)r["text"]));
        Assert.Contains("can be had at [URL]", (string?)rows[1]["text"]);
    }

    [Fact]
    public async Task A_gate_that_does_not_hold_ends_with_4_and_ships_nothing()
    {
        var ended = (await project.Pipeline("run", "gate.yaml", "--json", "--param", "least=100")).Expect(ExitCode.GateFailed);
        Assert.Equal("pages:ran enough:failed ship:skipped", ended.Decisions);
    }

    [Fact]
    public async Task Rounds_go_on_until_the_root_is_close()
    {
        var first = (await project.Pipeline("run", "repeat.yaml", "--json")).Expect(ExitCode.Success);
        Assert.Equal(("ran", "skipped"), (first.Decision("improve--round-4"), first.Decision("improve--round-5")));
        (await project.Pipeline("artifacts", "export", "repeat.yaml", "answer", "root")).Expect(ExitCode.Success);
        Assert.StartsWith("1.41421356237", project.Read("root/root"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_asks_for_approval_waits_for_it()
    {
        var first = (await project.Pipeline("run", "approve.yaml", "--json", "--no-wait")).Expect(ExitCode.WaitsForApproval);
        Assert.Equal("pages:ran publish:skipped", first.Decisions);
        (await project.Pipeline("approve", (string)first.Last["run"]!, "publish")).Expect(ExitCode.Success);
        Assert.Equal("pages:reused publish:ran", (await project.Pipeline("run", "approve.yaml", "--json", "--no-wait")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task A_profile_leaves_the_results_of_the_other_where_they_are()
    {
        (await project.Pipeline("run", "profiles.yaml", "--json")).Expect(ExitCode.Success);
        Assert.Equal("pages:reused clean:ran tokenizer:ran", (await project.Pipeline("run", "profiles.yaml", "--json", "--profile", "thorough")).Expect(ExitCode.Success).Decisions);
        Assert.Equal("pages:reused clean:reused tokenizer:reused", (await project.Pipeline("run", "profiles.yaml", "--json")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task Shakespeare_asks_for_its_text()
    {
        var ended = (await project.Pipeline("run", $"{Shakespeare}.yaml")).Expect(ExitCode.WrongInput);
        Assert.Contains("text", ended.Error);
        (await project.Pipeline("validate", $"{Shakespeare}.yaml", "--param", "text=data/tides.html")).Expect(ExitCode.Success);
    }

    public void Dispose() => project.Dispose();
}
