using System.Diagnostics;

namespace Pipeline.Cli.Tests;

public sealed class WatchRunTests
{
    private const string Watched = """
        name: p
        on: { files: ["data/*.txt"], debounce: 100ms }
        steps:
          texts: { uses: collect.files, with: { paths: ["data/*.txt"] } }
          check: { uses: shell, inputs: { texts: texts.documents }, with: { run: 'ls "$IN_TEXTS" > $OUT/list' } }
        """;

    private static Project With(string text, string yaml = Watched)
    {
        var project = new Project(yaml);
        project.Write("data/a.txt", text);
        return project;
    }

    [Fact]
    public async Task Once_runs_what_became_stale_and_otherwise_says_nothing()
    {
        using var project = With("A first text.");
        var first = (await project.Pipeline("watch", "p.yaml", "--once", "--json")).Expect(ExitCode.Success);
        Assert.Equal(["watch.triggered", "run.started"], first.Rows.Take(2).Select(r => (string?)r["event"]));
        Assert.Equal("texts:ran check:ran", first.Decisions);
        Assert.Empty((await project.Pipeline("watch", "p.yaml", "--once", "--json")).Expect(ExitCode.Success).Output);
        project.Write("data/a.txt", "A second text.");
        var second = (await project.Pipeline("watch", "p.yaml", "--once", "--json")).Expect(ExitCode.Success);
        Assert.Equal("data/a.txt changed", (string?)second.Rows[0]["by"]![0]!["what"]);
        Assert.Equal("texts:ran check:ran", second.Decisions);
    }

    [Fact]
    public async Task A_watch_outlives_a_failing_run_and_a_broken_file_and_stops_when_told()
    {
        using var project = With("A first text.");
        using var watch = project.Start("watch", "p.yaml", "--every", "100ms", "--json");
        Assert.True(await Finished(watch, 1));
        project.Write("p.yaml", Watched.Replace("ls \"$IN_TEXTS\"", "exit 3; ls", StringComparison.Ordinal));
        project.Write("data/a.txt", "A second text.");
        Assert.True(await Finished(watch, 2));
        project.Write("p.yaml", Watched.Replace("uses: shell", "uses: shall", StringComparison.Ordinal));
        Assert.True(await watch.Says("PIPE018"));
        project.Write("p.yaml", Watched);
        project.Write("data/b.txt", "Another text.");
        Assert.True(await Finished(watch, 3));
        watch.Signal(ProgramRun.Terminate);
        var ended = (await watch.End()).Expect(ExitCode.Success);
        Assert.Equal(["succeeded", "failed", "succeeded"], ended.Rows.Where(r => (string?)r["event"] == "run.finished").Select(r => (string?)r["status"]));
        Assert.Equal("watch.stopped", (string?)ended.Last["event"]);
        Assert.Contains("PIPE018", (string)ended.Rows.Single(r => (string?)r["event"] == "watch.failed")["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_stopped_ends_with_130_and_is_begun_again()
    {
        using var project = With("A text.", Watched.Replace("ls \"$IN_TEXTS\"", "echo begun; test -e $HOME/short || sleep 60; ls", StringComparison.Ordinal));
        var home = new Dictionary<string, string?> { ["HOME"] = project.Path };
        using var watch = new ProgramRun(project.Path, ["watch", "p.yaml", "--every", "100ms", "--json"], home);
        Assert.True(await watch.Says("begun"));
        watch.Signal(ProgramRun.Terminate);
        var ended = (await watch.End()).Expect(ExitCode.Cancelled);
        Assert.Equal("watch.stopped", (string?)ended.Last["event"]);
        Assert.Empty(Processes.Naming(project.Path));
        project.Write("short", "");
        Assert.Equal("texts:reused check:ran", (await project.Pipeline(home, "watch", "p.yaml", "--once", "--json")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task Commits_of_a_branch_start_a_run()
    {
        using var project = With("A text.", Watched.Replace("files: [\"data/*.txt\"], debounce: 100ms", "commits: [main]", StringComparison.Ordinal));
        Git(project, "init", "-q", "-b", "main");
        Commit(project, "first");
        Assert.Equal("texts:ran check:ran", (await project.Pipeline("watch", "p.yaml", "--once", "--json")).Expect(ExitCode.Success).Decisions);
        Assert.Empty((await project.Pipeline("watch", "p.yaml", "--once", "--json")).Expect(ExitCode.Success).Output);
        project.Write("data/a.txt", "Changed and not committed.");
        Assert.Empty((await project.Pipeline("watch", "p.yaml", "--once", "--json")).Expect(ExitCode.Success).Output);
        Commit(project, "second");
        var again = (await project.Pipeline("watch", "p.yaml", "--once", "--json")).Expect(ExitCode.Success);
        Assert.Equal("commits main", (string?)again.Rows[0]["by"]![0]!["trigger"]);
        Assert.Equal("texts:ran check:ran", again.Decisions);
    }

    [Fact]
    public async Task Triggers_can_be_given_on_the_command_line_and_are_checked_like_those_of_the_file()
    {
        using var project = With("A text.", Watched.Replace("on: { files: [\"data/*.txt\"], debounce: 100ms }\n", "", StringComparison.Ordinal));
        Assert.Contains("nothing to watch", (await project.Pipeline("watch", "p.yaml", "--once")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("PIPE061", (await project.Pipeline("watch", "p.yaml", "--schedule", "hourly")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        (await project.Pipeline("watch", "p.yaml", "--once", "--every", "soon", "--sources")).Expect(ExitCode.WrongInput);
        (await project.Pipeline("watch", "p.yaml", "--once", "--blobs", "http://example.org")).Expect(ExitCode.WrongInput);
        Assert.Equal("texts:ran check:ran", (await project.Pipeline("watch", "p.yaml", "--once", "--json", "--sources")).Expect(ExitCode.Success).Decisions);
        Assert.Empty((await project.Pipeline("watch", "p.yaml", "--once", "--json", "--schedule", "0 0 1 1 *")).Expect(ExitCode.Success).Output);
        Assert.Contains("blobs file:drop", (await project.Pipeline("watch", "p.yaml", "--once", "--blobs", "file:drop")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_gate_or_step_is_the_exit_code_of_a_single_look()
    {
        using var project = With("A text.", Watched.Replace("ls \"$IN_TEXTS\"", "exit 3; ls", StringComparison.Ordinal));
        (await project.Pipeline("watch", "p.yaml", "--once")).Expect(ExitCode.StepFailed);
        (await project.Pipeline("watch", "p.yaml", "--once")).Expect(ExitCode.Success);
    }

    private static async Task<bool> Finished(ProgramRun watch, int runs)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromMinutes(2); await Task.Delay(20))
        {
            if (watch.Lines.Count(line => line.Contains("\"event\":\"run.finished\"", StringComparison.Ordinal)) >= runs) return true;
        }

        return false;
    }

    private static void Commit(Project project, string message)
    {
        Git(project, "add", "p.yaml", "data");
        Git(project, "-c", "user.name=Tester", "-c", "user.email=tester@example.org", "commit", "-q", "--allow-empty", "-m", message);
    }

    private static void Git(Project project, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = project.Path })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
