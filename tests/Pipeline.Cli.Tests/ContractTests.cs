using System.Text.Json.Nodes;

namespace Pipeline.Cli.Tests;

/// <summary>What scripts and CI rely on.</summary>
public sealed class ContractTests
{
    private const string Documents = """
        name: papers
        params: { least: 1 }
        profiles:
          strict: { steps: { clean: { with: { minimum_words: 4 } } } }
        steps:
          pages: { uses: collect.files, with: { paths: ["data/**/*"] } }
          clean: { uses: clean.text, inputs: { documents: pages }, with: { minimum_words: "${{ params.least }}" } }
        """;

    private const string Page = """
        <html><head><title>Engines</title><script>track()</script></head><body><nav><a href="/">Home</a> <a href="/shop">Shop now</a></nav>
        <article><h1>On engines</h1><p>A steam engine turns heat into motion, and for a century it did so in mills and mines everywhere.</p>
        <p>Its governor keeps the speed steady, which was the first feedback that engineers described in equations.</p></article>
        <footer>All rights reserved</footer></body></html>
        """;

    private static Project Papers()
    {
        var project = new Project(Documents);
        project.Write("data/deep/page.html", Page);
        project.Write("data/note.txt", "One small note.");
        return project;
    }

    [Fact]
    public async Task A_run_prints_one_object_a_line_and_ends_with_what_became_of_each_step()
    {
        using var project = Papers();
        var run = (await project.Run()).Expect(ExitCode.Success);

        Assert.Equal("run.started", (string?)run.Rows[0]["event"]);
        Assert.Equal(["event", "run", "status", "seconds", "steps"], Names(run.Last));
        Assert.Equal("run.finished", (string?)run.Last["event"]);
        Assert.Equal("succeeded", (string?)run.Last["status"]);
        Assert.Equal((string?)run.Rows[0]["run"], (string?)run.Last["run"]);
        Assert.Equal("pages:ran clean:ran", run.Decisions);
        foreach (var step in run.Steps.Values)
        {
            Assert.Equal(["id", "uses", "decision", "reason", "key", "seconds", "outputs"], Names(step).Where(n => n is not ("summary" or "notice" or "failure")));
            Assert.Matches("^[0-9a-f]{64}$", (string)step["key"]!);
            Assert.All(step["outputs"]!.AsObject(), o => Assert.Matches("^[0-9a-f]{64}$", (string)o.Value!));
        }

        Assert.Equal(["datasheet", "documents", "metrics"], run.Steps["pages"]["outputs"]!.AsObject().Select(o => o.Key).Order());
        var again = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("pages:reused clean:reused", again.Decisions);
        Assert.Equal(run.Digest("clean", "documents"), again.Digest("clean", "documents"));
    }

    [Fact]
    public async Task A_plan_prints_the_same_steps_with_what_would_become_of_them()
    {
        using var project = Papers();
        var first = (await project.Plan()).Expect(ExitCode.Success);
        Assert.Equal("pages:run clean:run", first.Decisions);
        Assert.Equal([true, false], first.Steps.Values.Select(s => s["key"] is not null));
        Assert.Equal(["id", "uses", "decision", "reason", "key", "seconds", "outputs"], Names(first.Steps["pages"]));
        Assert.False(Directory.Exists(project.State));
        (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("pages:reuse clean:reuse", (await project.Plan()).Decisions);
        Assert.Equal("pages:reuse clean:run", (await project.Plan("--set", "steps.clean.with.casing=lower")).Decisions);
        Assert.Equal("pages:run clean:maybe", (await project.Pipeline("run", "p.yaml", "--dry-run", "--json", "--force", "pages")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task Documents_have_an_id_a_text_and_a_source_relative_to_the_folder_they_are_collected_from()
    {
        using var project = Papers();
        project.Write("elsewhere/x", "");
        (await project.Run()).Expect(ExitCode.Success);
        using var cat = new ProgramRun(project["elsewhere"], ["artifacts", "cat", "../p.yaml", "pages", "--json"]);
        var rows = (await cat.End()).Expect(ExitCode.Success).Rows;

        Assert.Equal(["deep/page.html", "note.txt"], rows.Select(r => (string?)r["source"]));
        Assert.Equal(2, rows.Select(r => (string?)r["id"]).Distinct().Count());
        var page = (string)rows[0]["text"]!;
        Assert.Contains("A steam engine turns heat into motion", page, StringComparison.Ordinal);
        Assert.DoesNotContain("track()", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Shop now", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rights reserved", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<p>", page, StringComparison.Ordinal);
        Assert.Single((await project.Pipeline("artifacts", "cat", "p.yaml", "pages.documents", "--limit", "1")).Rows);
    }

    [Fact]
    public async Task Metrics_are_numbers_by_step_and_name()
    {
        using var project = Papers();
        (await project.Run()).Expect(ExitCode.Success);
        var metrics = Assert.Single((await project.Pipeline("metrics", "p.yaml", "--json")).Expect(ExitCode.Success).Rows);
        Assert.Equal(["pages", "clean"], Names(metrics));
        Assert.NotEmpty(metrics["clean"]!.AsObject());
        Assert.All(metrics["clean"]!.AsObject(), m => Assert.True(double.IsFinite((double)m.Value!)));
    }

    [Fact]
    public async Task An_artifact_is_exported_as_the_files_it_has()
    {
        using var project = new Project("name: p\nsteps:\n  made: { uses: shell, with: { run: 'mkdir $OUT/in; echo deep > $OUT/in/a.txt; echo flat > $OUT/b.txt' } }\n");
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Pipeline("artifacts", "export", "p.yaml", "made.out", "there")).Expect(ExitCode.Success);
        Assert.Equal("deep\n", project.Read("there/in/a.txt"));
        Assert.Equal("flat\n", project.Read("there/b.txt"));
        Assert.Contains("made.out", (await project.Pipeline("artifacts", "ls", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Params_sets_and_profiles_reach_the_step_and_only_it_runs_again()
    {
        using var project = Papers();
        (await project.Run()).Expect(ExitCode.Success);
        var param = (await project.Run("--param", "least=2")).Expect(ExitCode.Success);
        Assert.Equal("pages:reused clean:ran", param.Decisions);
        Assert.Contains("with.minimum_words: 1 -> 2", param.Reason("clean"), StringComparison.Ordinal);
        Assert.Equal("pages:reused clean:ran", (await project.Run("--set", "steps.clean.with.casing=lower")).Expect(ExitCode.Success).Decisions);
        var profile = (await project.Run("--profile", "strict")).Expect(ExitCode.Success);
        Assert.Equal("pages:reused clean:ran", profile.Decisions);
        Assert.Single((await project.Pipeline("artifacts", "cat", "p.yaml", "clean.documents", "--profile", "strict")).Expect(ExitCode.Success).Rows);
        Assert.Equal("pages:ran clean:reused", (await project.Run("--force", "pages")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task State_lies_beside_the_repository_root_or_where_it_is_told_to()
    {
        using var project = new Project();
        Directory.CreateDirectory(project[".git"]);
        project.Write("pipelines/here.yaml", "name: here\nsteps:\n  a: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }\n");
        (await project.Pipeline("run", "here", "--json")).Expect(ExitCode.Success);
        Assert.True(Directory.Exists(project.State));
        Assert.False(Directory.Exists(project["pipelines/.pipeline"]));
        Assert.Equal("a:ran", (await project.Pipeline("run", "here", "--json", "--state", "other")).Expect(ExitCode.Success).Decisions);
        Assert.True(Directory.Exists(project["other/store"]));
        Assert.True(File.Exists(project["pipelines/here.lock.json"]));
    }

    [Fact]
    public async Task Without_a_terminal_no_escape_code_is_written()
    {
        using var project = Papers();
        foreach (var arguments in new string[][] { ["run", "p.yaml"], ["plan", "p.yaml"], ["status", "p.yaml"], ["metrics", "p.yaml"], ["graph", "p.yaml"], ["explain", "p.yaml", "clean"], ["runs"], ["steps"] })
        {
            var ended = (await project.Pipeline(new Dictionary<string, string?> { ["TERM"] = "xterm-256color", ["NO_COLOR"] = null, ["FORCE_COLOR"] = null }, arguments)).Expect(ExitCode.Success);
            Assert.NotEmpty(ended.Output);
            Assert.DoesNotContain('\u001b', ended.Output + ended.Error);
        }
    }

    private static IEnumerable<string> Names(JsonObject row) => row.Select(p => p.Key);
}
