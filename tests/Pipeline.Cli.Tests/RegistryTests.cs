namespace Pipeline.Cli.Tests;

public sealed class RegistryTests(SharedServer server)
{
    private const string Yaml = """
        name: p
        params: { words: one two three }
        steps:
          pages: { uses: collect.files, with: { paths: [a.txt] } }
          enough: { uses: gate, inputs: { metrics: pages }, with: { require: ["documents >= LEAST"] } }
          model: { uses: shell, inputs: { pages: pages.documents }, with: { run: 'mkdir $OUT/in; echo "${{ params.words }}" > $OUT/in/model.txt' } }
          ship: { uses: shell, needs: [enough], inputs: { model: model }, with: { run: 'cat "$IN_MODEL"/in/model.txt > $OUT/shipped.txt' } }
          other: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }
        """;

    private static Project Ready(string least = "1")
    {
        var project = new Project(Yaml.Replace("LEAST", least, StringComparison.Ordinal));
        project.Write("a.txt", "A small document.");
        project.Write(".gitignore", ".pipeline\nstore\n");
        return project;
    }

    private static Task<Ended> Registry(Project project, string verb, params string[] more) => project.Pipeline(["registry", verb, .. more]);

    [Fact]
    public async Task A_model_is_promoted_listed_rolled_back_and_exported_elsewhere()
    {
        using var project = Ready();
        string[] store = ["--store", $"file:{project["store"]}"];
        (await project.Run(store)).Expect(ExitCode.Success);
        Git.Commit(project.Path, "first");
        var commit = Git.In(project.Path, "rev-parse", "HEAD");
        Assert.Contains("models/chat/production -> version 1 in file:", (await Registry(project, "promote", ["p.yaml", "ship", "chat@production", .. store])).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        (await project.Run(["--param", "words=four", .. store])).Expect(ExitCode.Success);
        Assert.Contains("-> version 2 (was 1)", (await Registry(project, "promote", ["p.yaml", "ship", "chat@production", "--param", "words=four", "--note", "more words", .. store])).Expect(ExitCode.Success).Output, StringComparison.Ordinal);

        // Another machine, which has nothing but the store.
        using var other = new Project();
        Assert.Equal("chat  2 versions  production -> 2\n", (await Registry(other, "ls", store)).Expect(ExitCode.Success).Output);
        (await Registry(other, "export", ["chat@production", "there", .. store])).Expect(ExitCode.Success);
        Assert.Equal("four\n", other.Read("there/shipped.txt"));
        Assert.Contains("is not empty", (await Registry(other, "export", ["chat@1", "there", .. store])).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("-> version 1 (was 2)", (await Registry(other, "rollback", ["chat", "production", .. store])).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Equal(["rollback", "promote", "promote"], (await Registry(other, "history", ["chat@production", "--json", .. store])).Expect(ExitCode.Success).Rows.Select(r => (string?)r["action"]));
        var first = (await Registry(other, "history", ["chat@production", "--json", .. store])).Rows[^1];
        Assert.StartsWith(commit, (string?)first["git_commit"], StringComparison.Ordinal);
        Assert.Equal(64, ((string?)first["lock_digest"])!.Length);
        Assert.Equal(["gate enough: 1 condition holds"], first["gates"]!.AsArray().Select(g => (string?)g));
        Assert.Contains("more words", (await Registry(other, "history", ["chat@production", .. store])).Output, StringComparison.Ordinal);
        var resolved = (await Registry(other, "resolve", ["chat@production", .. store])).Expect(ExitCode.Success).Output.Trim();
        Assert.Matches("^[0-9a-f]{64}$", resolved);
        Assert.Equal(resolved, (await Registry(other, "resolve", ["models/chat/production", .. store])).Output.Trim());
        Assert.Contains("shipped.txt", (await Registry(other, "show", ["chat@production", .. store])).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("points at version 1 already", (await Registry(other, "rollback", ["chat@production", "--to", "1", .. store])).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        (await Registry(other, "rollback", ["chat@production", "--to", "2", .. store])).Expect(ExitCode.Success);
        Assert.Contains("There is no models/chat/versions/000009.json", (await Registry(other, "rollback", ["chat@production", "--to", "9", .. store])).Expect(ExitCode.StepFailed).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_that_has_not_passed_holds_a_promotion_back()
    {
        using var project = Ready("2");
        (await project.Pipeline("run", "p.yaml", "--keep-going")).Expect(ExitCode.GateFailed);
        // The model itself is made; what is to be shipped is not.
        Assert.Contains("'ship' has no current result", (await Registry(project, "promote", "p.yaml", "ship", "chat@production")).Expect(ExitCode.Stale).Error, StringComparison.Ordinal);
        Assert.Contains("neither stands above the other", (await Registry(project, "promote", "p.yaml", "model", "chat@production", "--gate", "enough")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        var ended = (await Registry(project, "promote", "p.yaml", "pages.documents", "corpus@production")).Expect(ExitCode.GateFailed);
        Assert.Contains("gate enough has not passed: never ran", ended.Error, StringComparison.Ordinal);
        (await Registry(project, "promote", "p.yaml", "pages.documents", "corpus@production", "--ungated")).Expect(ExitCode.Success);
        Assert.Contains("did not hold: gate enough has not passed", (await Registry(project, "history", "corpus@production")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Equal("corpus  1 version  production -> 1\n", (await Registry(project, "ls")).Output);
    }

    [Fact]
    public async Task Conditions_read_metrics_of_the_step_of_others_and_of_what_the_alias_points_at()
    {
        using var project = Ready();
        (await project.Run()).Expect(ExitCode.Success);
        string[] promote = ["p.yaml", "pages.documents", "corpus@best", "--require", "documents > current.documents", "--require", "pages.documents < 10"];
        Assert.Contains("version 1", (await Registry(project, "promote", promote)).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("documents > current.documents (1 against 1)", (await Registry(project, "promote", promote)).Expect(ExitCode.GateFailed).Error, StringComparison.Ordinal);
        project.Write("a.txt", "Changed.");
        Assert.Contains("has no current result: sources: changed", (await Registry(project, "promote", promote)).Expect(ExitCode.Stale).Error, StringComparison.Ordinal);
        (await project.Run()).Expect(ExitCode.Success);
        Assert.Contains("version 2 (was 1)", (await Registry(project, "promote", "p.yaml", "pages.documents", "corpus@best", "--require", "characters < current.characters or documents >= current.documents")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("there is no metric 'loss'", (await Registry(project, "promote", "p.yaml", "pages.documents", "corpus@best", "--require", "loss < 1")).Expect(ExitCode.GateFailed).Error, StringComparison.Ordinal);
        Assert.Contains("--require: ", (await Registry(project, "promote", "p.yaml", "pages.documents", "corpus@best", "--require", "loss <")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_promoted_outlives_garbage_collection_here_and_in_the_store()
    {
        using var project = Ready();
        string[] store = ["--store", $"file:{project["store"]}"];
        (await project.Run(store)).Expect(ExitCode.Success);
        (await Registry(project, "promote", ["p.yaml", "model", "chat@shared", .. store])).Expect(ExitCode.Success);
        (await Registry(project, "promote", "p.yaml", "model", "chat@local")).Expect(ExitCode.Success);
        File.Delete(project["p.lock.json"]);
        (await project.Run(["--param", "words=other", .. store])).Expect(ExitCode.Success);
        foreach (var file in Directory.EnumerateFiles(project["store"], "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        File.Delete(project["p.lock.json"]);
        // ship alone was made of the old model and not promoted.
        Assert.Contains("removed 1 result", (await project.Pipeline(["gc", "--older-than", "1", .. store])).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("removed 1 result", (await project.Pipeline("gc", "--older-than", "0")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        using var elsewhere = new Project();
        (await Registry(elsewhere, "export", ["chat@shared", "out", .. store])).Expect(ExitCode.Success);
        Assert.Equal("one two three\n", elsewhere.Read("out/in/model.txt"));
        (await Registry(project, "export", "chat@local", "out")).Expect(ExitCode.Success);
        Assert.Equal("one two three\n", project.Read("out/in/model.txt"));
    }

    [Fact]
    public async Task A_machine_that_may_only_read_promotes_nothing_and_reads_all()
    {
        using var project = Ready();
        string[] store = ["--store", $"file:{project["store"]}"];
        (await project.Run(store)).Expect(ExitCode.Success);
        (await Registry(project, "promote", ["p.yaml", "model", "chat@production", .. store])).Expect(ExitCode.Success);
        Assert.Contains("is only read", (await Registry(project, "promote", ["p.yaml", "model", "chat@other", "--cache", "read-only", .. store])).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("is only read", (await project.Pipeline(new Dictionary<string, string?> { ["PIPELINE_CACHE"] = "read-only" }, ["registry", "rollback", "chat@production", .. store])).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Equal("chat  1 version  production -> 1\n", (await Registry(project, "ls", store)).Output);
    }

    [Theory]
    [InlineData("promote", "p.yaml", "model", "../x@production")]
    [InlineData("promote", "p.yaml", "model", "chat@my alias")]
    [InlineData("promote", "p.yaml", "model", "chat@3")]
    [InlineData("promote", "p.yaml", "nobody", "chat@production")]
    [InlineData("promote", "p.yaml", "model", "chat@production", "--gate", "other")]
    [InlineData("history", "chat")]
    [InlineData("resolve", "models/../etc")]
    [InlineData("export", "chat@..", "out")]
    [InlineData("rollback", "chat", "a/b")]
    public async Task A_wrong_name_is_refused_and_nothing_is_written(params string[] arguments)
    {
        using var project = Ready();
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Pipeline(["registry", .. arguments])).Expect(ExitCode.WrongInput);
        Assert.False(Directory.Exists(project[".pipeline/registry/models"]));
    }

    [Fact]
    public async Task It_is_the_same_on_Azure()
    {
        using var project = Ready();
        var variables = new Dictionary<string, string?>(server.Azurite.Variables) { ["PIPELINE_STORE"] = server.Azurite.Uri("registry") };
        (await project.Pipeline(variables, "run", "p.yaml")).Expect(ExitCode.Success);
        var ends = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => project.Pipeline(variables, "registry", "promote", "p.yaml", "ship", "chat@production", "--json")));
        Assert.Contains(ends, e => e.ExitCode == ExitCode.Success);
        Assert.All(ends, e => Assert.True(e.ExitCode == ExitCode.Success || (e.ExitCode == ExitCode.Stale && e.Error.Contains("was moved by another", StringComparison.Ordinal)), e.Error));
        using var other = new Project();
        Assert.Equal(ends.Count(e => e.ExitCode == ExitCode.Success), (await other.Pipeline(variables, "registry", "history", "chat@production", "--json")).Expect(ExitCode.Success).Rows.Count);
        (await other.Pipeline(variables, "registry", "export", "chat@production", "out")).Expect(ExitCode.Success);
        Assert.Equal("one two three\n", other.Read("out/shipped.txt"));
    }
}
