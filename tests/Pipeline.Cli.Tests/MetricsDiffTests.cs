using System.Text.Json.Nodes;
using Pipeline.Cli.Comparing;

namespace Pipeline.Cli.Tests;

public sealed class MetricsDiffTests : IDisposable
{
    private const string Yaml = """
        name: p
        params: { least: 1 }
        steps:
          files: { uses: collect.files, with: { paths: [a.txt, b.txt] } }
          clean: { uses: clean.text, inputs: { documents: files }, with: { minimum_words: "${{ params.least }}" } }
        """;

    private readonly Project project = new(Yaml);

    public MetricsDiffTests()
    {
        project.Write("a.txt", "A small document of seven words.");
        project.Write("b.txt", "Short.");
        project.Write(".gitignore", ".pipeline\n");
    }

    private async Task<JsonObject> Json(params string[] more) => (await project.Pipeline(["metrics", "diff", "p.yaml", .. more, "--json"])).Expect(ExitCode.Success).Last;

    private async Task CommitRun(string message, params string[] more)
    {
        (await project.Run(more)).Expect(ExitCode.Success);
        Git.Commit(project.Path, message);
    }

    [Fact]
    public async Task The_last_results_are_compared_with_the_lock_file_of_a_ref()
    {
        await CommitRun("first");
        Assert.Contains("all the same", (await project.Pipeline("metrics", "diff", "p.yaml", "main")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        (await project.Run("--param", "least=3")).Expect(ExitCode.Success);
        // The results of the file as it stands are those of main still.
        Assert.Contains("all the same", (await project.Pipeline("metrics", "diff", "p.yaml", "main")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        var json = await Json("main", "--param", "least=3");
        var change = json["steps"]!["clean"]!["metrics"]!["documents.out"]!;
        Assert.Equal((2.0, 1.0, -1.0, -0.5), ((double)change["old"]!, (double)change["new"]!, (double)change["change"]!, (double)change["relative"]!));
        Assert.Null(change["verdict"]);
        Assert.Equal("same", (string?)json["steps"]!["files"]!["state"]);
        project.Write("p.yaml", Yaml.Replace("least: 1", "least: 3", StringComparison.Ordinal));
        var text = (await project.Pipeline("metrics", "diff", "p.yaml", "main")).Expect(ExitCode.Success).Output;
        Assert.Matches(@"documents\.out +2 -> +1 +-1 +-50\.0 %", text);
        Assert.DoesNotContain("  files", text, StringComparison.Ordinal);
        Assert.Contains("  files", (await project.Pipeline("metrics", "diff", "p.yaml", "main", "--all")).Output, StringComparison.Ordinal);
        Assert.Contains("| clean | documents&#46;out | 2 | 1 | -1 | -50.0 % |  |", (await project.Pipeline("metrics", "diff", "p.yaml", "main", "--markdown")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_refs_are_compared_without_any_result_and_steps_that_came_or_went_are_shown()
    {
        await CommitRun("first");
        project.Write("p.yaml", Yaml.Replace("clean:", "tidy:", StringComparison.Ordinal));
        await CommitRun("second");
        using var clone = new Project();
        Git.In(clone.Path, "clone", "-q", project.Path, "copy");
        var ended = (await clone.Pipeline("metrics", "diff", "copy/p.yaml", "main~1", "--head", "main")).Expect(ExitCode.Success);
        Assert.Contains("  tidy  (added)", ended.Output, StringComparison.Ordinal);
        Assert.Contains("  clean  (removed)", ended.Output, StringComparison.Ordinal);
        Assert.Contains("1 step added, 1 step removed", ended.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(clone["copy/.pipeline"]));
        Assert.Contains("has no results yet", (await clone.Pipeline("metrics", "diff", "copy/p.yaml", "main")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ref_without_a_lock_file_is_an_error_that_says_what_to_do()
    {
        (await project.Run()).Expect(ExitCode.Success);
        File.Move(project["p.lock.json"], project["kept"]);
        Git.Commit(project.Path, "no lock");
        foreach (var reference in (string[])["main", "nowhere", "--output=stolen", "main:..", "$(touch stolen)"])
        {
            var ended = (await project.Pipeline("metrics", "diff", "p.yaml", "--", reference)).Expect(ExitCode.WrongInput);
            Assert.Contains($"no lock file p.lock.json at '{reference}'", ended.Error, StringComparison.Ordinal);
            Assert.Contains("commit it there", ended.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(project["stolen"]));
        project.Write("p.lock.json", "{ \"steps\": 7 }");
        Git.Commit(project.Path, "damaged");
        Assert.Contains("p.lock.json at 'main' is no lock file", (await project.Pipeline("metrics", "diff", "p.yaml", "main")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipeline_named_as_a_word_of_the_verb_is_shown_by_show()
    {
        Directory.CreateDirectory(project["pipelines"]);
        File.Move(project["p.yaml"], project["pipelines/diff.yaml"]);
        project.Write("pipelines/a.txt", "One.");
        project.Write("pipelines/b.txt", "Two.");
        (await project.Pipeline("run", "diff", "--json")).Expect(ExitCode.Success);
        Assert.Contains("documents", (await project.Pipeline("metrics", "show", "diff")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Equal((await project.Pipeline("metrics", "pipelines/diff.yaml", "--json")).Expect(ExitCode.Success).Output, (await project.Pipeline("metrics", "show", "diff", "--json")).Expect(ExitCode.Success).Output);
    }

    [Theory]
    [InlineData("validation.loss", -1)]
    [InlineData("finetune.test.perplexity", -1)]
    [InlineData("test.bits_per_byte", -1)]
    [InlineData("preference.accuracy_per_token", 1)]
    [InlineData("reward_accuracy", 1)]
    [InlineData("unigram.test.perplexity", 0)]
    [InlineData("documents.out", 0)]
    [InlineData("loss_scale", 0)]
    public void Only_where_a_name_says_it_a_change_is_better_or_worse(string metric, int direction) => Assert.Equal(direction, MetricDirection.Of(metric));

    [Fact]
    public void A_change_from_nothing_has_no_share_and_what_is_no_number_is_null_in_json()
    {
        var change = new MetricChange("train.loss", 0, 2);
        Assert.Equal((2, null, "worse"), (change.Change, change.Relative, change.Verdict));
        var side = new MetricsSide("a", new Dictionary<string, SideStep> { ["s"] = new("u", "k", new Dictionary<string, double> { ["train.loss"] = double.NaN }) });
        var json = ComparisonTable.Json(MetricsComparison.Of(side, side, ["s"]), "p");
        Assert.Null(json["steps"]!["s"]!["metrics"]!["train.loss"]!["old"]);
        Assert.Contains("all the same", ComparisonTable.Lines(MetricsComparison.Of(side, side, ["s"]), all: false).First(), StringComparison.Ordinal);
    }

    public void Dispose() => project.Dispose();
}
