namespace Pipeline.Cli.Tests;

public sealed class VerifyTests
{
    /// <summary>Each of the last steps reads a file outside the pipeline that it did not declare.</summary>
    private const string Yaml = """
        name: p
        steps:
          base: { uses: shell, with: { run: 'printf base > $OUT/x' } }
          raw: { uses: shell, inputs: { x: base }, with: { run: 'cat "$IN_X" "$HOME/hidden.bin" > $OUT/x' } }
          json: { uses: shell, inputs: { x: base }, with: { run: 'cp "$HOME/hidden.json" $OUT/f.json && cp "$HOME/hidden.jsonl" $OUT/f.jsonl' } }
          more: { uses: shell, inputs: { x: base }, with: { run: 'cp "$HOME"/some/* $OUT/' } }
        """;

    private static readonly string[] Hidden = ["hidden.bin", "hidden.json", "hidden.jsonl", "some/a", "some/b"];

    private static async Task<(Project Project, Dictionary<string, string?> Home)> Ran()
    {
        var project = new Project(Yaml);
        foreach (var name in Hidden) project.Write(name, name.EndsWith(".json", StringComparison.Ordinal) ? """{"loss":1.5,"n":{"a":[1,2]}}""" : name.EndsWith(".jsonl", StringComparison.Ordinal) ? "{\"a\":1}\n{\"a\":2}\n" : "same");
        var home = new Dictionary<string, string?> { ["HOME"] = project.Path };
        (await project.Pipeline(home, "run", "p.yaml")).Expect(ExitCode.Success);
        return (project, home);
    }

    [Fact]
    public async Task Steps_that_give_the_same_bytes_are_the_same()
    {
        var (project, home) = await Ran();
        using var owned = project;
        var ended = (await project.Pipeline(home, "verify", "p.yaml", "--json")).Expect(ExitCode.Success);
        Assert.Equal("base:same raw:same json:same more:same", Verdicts(ended));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(project.State, "attempts")));
        Assert.Contains("4 same", (await project.Pipeline(home, "verify", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_that_do_not_are_told_with_file_offset_and_field_and_what_is_stored_stays()
    {
        var (project, home) = await Ran();
        using var owned = project;
        var lockFile = project.Read("p.lock.json");
        var results = Snapshot(project);
        project.Write("hidden.bin", "sane");
        project.Write("hidden.json", """{"loss":1.25,"n":{"a":[1,3]}}""");
        project.Write("hidden.jsonl", "{\"a\":1}\n{\"a\":3}\n");
        File.Delete(project["some/a"]);
        project.Write("some/c", "new");
        var ended = (await project.Pipeline(home, "verify", "p.yaml", "--json")).Expect(ExitCode.StepFailed);
        Assert.Equal("base:same raw:differs json:differs more:differs", Verdicts(ended));
        Assert.Equal("out/x@6 8 bytes, as before", Found(ended, "raw"));
        Assert.Equal("out/f.json@10 loss: 1.5 -> 1.25 · n.a[1]: 2 -> 3|out/f.jsonl@13 line 2: a: 2 -> 3", Found(ended, "json"));
        Assert.Equal("out/a@ was not made again|out/c@ is not in the stored result", Found(ended, "more"));
        Assert.Equal(lockFile, project.Read("p.lock.json"));
        Assert.Equal(results, Snapshot(project));
        Assert.Equal("base:same", Verdicts((await project.Pipeline(home, "verify", "p.yaml", "base", "--json")).Expect(ExitCode.Success)));
    }

    [Fact]
    public async Task A_step_that_fails_or_is_stale_is_no_success()
    {
        var (project, home) = await Ran();
        using var owned = project;
        File.Delete(project["hidden.json"]);
        var ended = (await project.Pipeline(home, "verify", "p.yaml", "json", "--json")).Expect(ExitCode.StepFailed);
        Assert.Equal("json:failed", Verdicts(ended));
        Assert.NotEmpty((string)ended.Rows[0]["note"]!);
        var stale = (await project.Pipeline(home, "verify", "p.yaml", "--json", "--set", "steps.base.with.run=printf other > $OUT/x")).Expect(ExitCode.Stale);
        Assert.Equal("base:stale raw:stale json:stale more:stale", Verdicts(stale));
        (await project.Pipeline(home, "verify", "p.yaml", "nobody")).Expect(ExitCode.WrongInput);
    }

    [Fact]
    public async Task A_training_gives_its_bits_again()
    {
        using var project = TinyTraining.Project("steps: 20, batch: { sequences: 4 }, validation: { every: 0 }, threads: 1");
        (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("pretrain:same", Verdicts((await project.Pipeline("verify", "p.yaml", "pretrain", "--json")).Expect(ExitCode.Success)));
    }

    private static string Verdicts(Ended ended) => string.Join(' ', ended.Rows.Select(r => $"{(string?)r["id"]}:{(string?)r["verdict"]}"));

    private static string Found(Ended ended, string step) =>
        string.Join('|', ended.Rows.Single(r => (string?)r["id"] == step)["differences"]!.AsArray().Select(d => $"{(string?)d!["output"]}/{(string?)d["file"]}@{d["offset"]?.ToJsonString()} {(string?)d["what"]}"));

    private static List<(string, DateTime)> Snapshot(Project project) =>
        [.. new[] { "store", "results" }.SelectMany(f => new DirectoryInfo(Path.Combine(project.State, f)).EnumerateFiles("*", SearchOption.AllDirectories)).Select(f => (f.FullName, f.LastWriteTimeUtc)).Order()];
}
