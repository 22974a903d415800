using System.Text.Json.Nodes;

namespace Pipeline.Cli.Tests;

public sealed class LockTests
{
    private const string Yaml = """
        name: p
        params: { least: 1 }
        steps:
          files: { uses: collect.files, with: { paths: [a.txt] } }
          clean: { uses: clean.text, inputs: { documents: files }, with: { minimum_words: "${{ params.least }}" } }
        """;

    /// <summary>Gives other bytes each time it runs.</summary>
    private const string Moody = """
        name: p
        steps:
          moody: { uses: shell, with: { run: 'head -c 16 /dev/urandom > $OUT/x' } }
          after: { uses: shell, inputs: { x: moody }, with: { run: 'cp "$IN_X" $OUT/y' } }
        """;

    private static Project Ready()
    {
        var project = new Project(Yaml);
        project.Write("a.txt", "A small document of seven words.");
        return project;
    }

    [Fact]
    public async Task What_the_lock_says_runs_again_from_nothing()
    {
        using var project = Ready();
        (await project.Run()).Expect(ExitCode.Success);
        var written = project.Read("p.lock.json");
        Assert.Equal(1, (int)JsonNode.Parse(written)!["steps"]!["clean"]!["metrics"]!["documents.out"]!);
        Directory.Delete(project.State, recursive: true);
        (await project.Plan("--locked")).Expect(ExitCode.Success);
        Assert.Equal("files:ran clean:ran", (await project.Run("--locked")).Expect(ExitCode.Success).Decisions);
        Assert.Equal(written, project.Read("p.lock.json"));
    }

    [Fact]
    public async Task A_changed_param_or_source_ends_a_locked_run_before_it_begins_and_names_only_what_changed()
    {
        using var project = Ready();
        (await project.Run()).Expect(ExitCode.Success);
        var ended = (await project.Pipeline("run", "p.yaml", "--locked", "--param", "least=2")).Expect(ExitCode.Stale);
        Assert.Contains("clean: with.minimum_words: 1 -> 2", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("files:", ended.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(Path.Combine(project.State, "runs")));

        project.Write("a.txt", "Another text of other words.");
        // Though what clean reads would change, the one cause is the file.
        Assert.Equal("files: sources: changed", Said(await project.Run("--locked")));
        Assert.Equal("files: sources: changed", Said(await project.Plan("--locked")));
        Assert.Equal("files: sources: changed", Said(await project.Run("--locked", "--dry-run")));
    }

    [Fact]
    public async Task Without_the_locked_recipe_in_the_store_the_keys_are_named()
    {
        using var project = Ready();
        (await project.Run()).Expect(ExitCode.Success);
        Directory.Delete(project.State, recursive: true);
        Assert.Matches("^clean: key [0-9a-f]{12} instead of the locked [0-9a-f]{12} ", Said(await project.Run("--locked", "--param", "least=2")));
        Assert.False(Directory.Exists(project.State));
    }

    [Fact]
    public async Task Steps_that_came_or_went_are_named()
    {
        using var project = Ready();
        (await project.Run()).Expect(ExitCode.Success);
        project.Write("p.yaml", Yaml.Replace("clean:", "tidy:", StringComparison.Ordinal));
        Assert.Equal("tidy: not in the lock file|clean: in the lock file, but not in the pipeline", Said(await project.Run("--locked")));
    }

    [Fact]
    public async Task A_step_that_gives_other_bytes_fails_and_holds_back_what_is_below_it()
    {
        using var project = new Project(Moody);
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Run("--locked")).Expect(ExitCode.Success);
        var written = project.Read("p.lock.json");
        Directory.Delete(project.State, recursive: true);
        var run = (await project.Run("--locked")).Expect(ExitCode.Stale);
        Assert.Equal("moody:failed after:skipped", run.Decisions);
        Assert.Equal("lock", (string?)run.Steps["moody"]["failure"]!["cause"]);
        Assert.Matches("output out: [0-9a-f]{12} instead of the locked [0-9a-f]{12}", (string)run.Steps["moody"]["failure"]!["message"]!);
        Assert.Equal(written, project.Read("p.lock.json"));
        // The other bytes are in the store now: the next run sees that before it begins.
        Assert.StartsWith("moody: output out:", Said(await project.Run("--locked")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "There is no lock file")]
    [InlineData("", "no lock file")]
    [InlineData("null", "is empty")]
    [InlineData("[]", "no lock file")]
    [InlineData("{\"steps\":[]}", "no lock file")]
    [InlineData("{\"steps\":{\"files\":{\"key\":\"x\",\"outputs\":{}}}}", "'files'")]
    [InlineData("{\"steps\":{\"files\":{\"key\":7,\"outputs\":{}}}}", "no lock file")]
    [InlineData("<<<<<<< HEAD\n{}", "Restore it from git")]
    public async Task A_lock_file_that_is_missing_or_damaged_ends_with_2(string? content, string says)
    {
        using var project = Ready();
        if (content is not null) project.Write("p.lock.json", content);
        var ended = (await project.Run("--locked")).Expect(ExitCode.WrongInput);
        Assert.Contains(says, ended.Error, StringComparison.Ordinal);
        Assert.Contains("p.lock.json", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.State));
    }

    private static string Said(Ended ended) =>
        string.Join('|', ended.Expect(ExitCode.Stale).Rows.Where(r => (string?)r["event"] == "lock.differs").Select(r => $"{(string?)r["id"]}: {(string?)r["what"]}"));
}
