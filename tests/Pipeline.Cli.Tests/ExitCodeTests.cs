namespace Pipeline.Cli.Tests;

public sealed class ExitCodeTests
{
    private const string Gated = """
        name: p
        steps:
          files: { uses: collect.files, with: { paths: [a.txt] } }
          clean: { uses: clean.text, inputs: { documents: files } }
          gate: { uses: gate, inputs: { metrics: clean }, with: { require: ["documents.out >= LEAST"] } }
          after: { uses: shell, needs: [gate], with: { run: "true" } }
        """;

    [Theory]
    [InlineData("run", "absent.yaml")]
    [InlineData("run")]
    [InlineData("fly", "p.yaml")]
    [InlineData("run", "p.yaml", "--jobs", "0")]
    [InlineData("run", "p.yaml", "--jobs", "none")]
    [InlineData("run", "p.yaml", "--fast")]
    [InlineData("gc", "--older-than", "long")]
    [InlineData("run", "p.yaml", "--force", "nobody")]
    [InlineData("run", "p.yaml", "--param", "nothing")]
    [InlineData("run", "p.yaml", "--param", "unknown=1")]
    [InlineData("run", "p.yaml", "--profile", "none")]
    [InlineData("artifacts", "cat", "p.yaml", "a")]
    [InlineData("artifacts", "cat", "p.yaml", "nobody")]
    [InlineData("worker", "absent.json")]
    public async Task A_wrong_command_line_ends_with_2_and_says_why(params string[] arguments)
    {
        using var project = new Project("name: p\nsteps:\n  a: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }\n");
        var ended = (await project.Pipeline(arguments)).Expect(ExitCode.WrongInput);
        Assert.Empty(ended.Output);
        Assert.NotEmpty(ended.Error.Trim());
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.State));
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_written_ends_with_2_and_what_to_do()
    {
        using var project = new Project("name: p\nsteps:\n  a: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }\n");
        project.Write("taken", "a file");
        foreach (var folder in new[] { "taken", "taken/below", "/proc/nope" })
        {
            var ended = (await project.Pipeline("run", "p.yaml", "--state", folder)).Expect(ExitCode.WrongInput);
            Assert.Contains("cannot be written", ended.Error, StringComparison.Ordinal);
            Assert.Contains("--state FOLDER", ended.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_source_file_that_is_missing_ends_with_2_and_its_place()
    {
        using var project = new Project("name: p\nsteps:\n  files: { uses: collect.files, with: { paths: [nowhere.txt, '*.none'] } }\n");
        var ended = (await project.Run()).Expect(ExitCode.WrongInput);
        Assert.Contains("p.yaml:3:", ended.Error, StringComparison.Ordinal);
        Assert.Contains("'nowhere.txt' matches no file; '*.none' matches no file", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_pipeline_ends_a_check_with_3_until_it_has_run()
    {
        using var project = new Project("name: p\nsteps:\n  files: { uses: collect.files, with: { paths: [a.txt] } }\n");
        project.Write("a.txt", "first");
        (await project.Pipeline("plan", "p.yaml", "--check")).Expect(ExitCode.Stale);
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Pipeline("plan", "p.yaml", "--check")).Expect(ExitCode.Success);
        project.Write("a.txt", "second");
        (await project.Pipeline("plan", "p.yaml", "--check")).Expect(ExitCode.Stale);
    }

    [Fact]
    public async Task A_gate_that_does_not_hold_ends_with_4_and_holds_back_what_needs_it()
    {
        using var project = new Project(Gated.Replace("LEAST", "2", StringComparison.Ordinal));
        project.Write("a.txt", "A small document.");
        var run = (await project.Run()).Expect(ExitCode.GateFailed);
        Assert.Equal("files:ran clean:ran gate:failed after:skipped", run.Decisions);
        Assert.Contains("documents.out >= 2  (1 against 2)", (string)run.Steps["gate"]["failure"]!["message"]!, StringComparison.Ordinal);
        project.Write("p.yaml", Gated.Replace("LEAST", "1", StringComparison.Ordinal));
        Assert.Equal("files:reused clean:reused gate:ran after:ran", (await project.Run()).Expect(ExitCode.Success).Decisions);
    }

    [Theory]
    [InlineData(ProgramRun.Interrupt)]
    [InlineData(ProgramRun.Terminate)]
    public async Task A_cancelled_run_ends_with_130_says_so_and_the_next_one_goes_on(int signal)
    {
        Assert.SkipWhen(signal == ProgramRun.Interrupt && Processes.IgnoresInterrupt(), "this process was started with SIGINT ignored, as shells start jobs in the background, and its children inherit that");
        using var project = new Project("name: p\nsteps:\n  first: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }\n  long: { uses: shell, inputs: { x: first }, with: { run: 'echo begun; test -e $HOME/short || sleep 60; echo 2 > $OUT/x' } }\n  last: { uses: shell, inputs: { x: long }, with: { run: 'true' } }\n");
        var home = new Dictionary<string, string?> { ["HOME"] = project.Path };
        using var run = new ProgramRun(project.Path, ["run", "p.yaml", "--json"], home);
        Assert.True(await run.Says("begun"));
        run.Signal(signal);
        var ended = (await run.End()).Expect(ExitCode.Cancelled);
        Assert.Equal("cancelled", (string?)ended.Last["status"]);
        Assert.Equal("first:ran long:failed last:skipped", ended.Decisions);
        Assert.Empty(Processes.Naming(project.Path));
        project.Write("short", "");
        Assert.Equal("first:reused long:ran last:ran", (await project.Pipeline(home, "run", "p.yaml", "--json")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task A_cancelled_training_goes_on_from_where_it_was_to_the_same_bits()
    {
        const string Training = "steps: 400, batch: { sequences: 8 }, validation: { every: 0 }, threads: 1, checkpoint_seconds: 3600";
        using var calm = TinyTraining.Project(Training);
        var whole = (await calm.Run()).Expect(ExitCode.Success);
        using var project = TinyTraining.Project(Training);
        using var run = project.Start("run", "p.yaml", "--json");
        Assert.True(await run.Says("\"step.progress\",\"id\":\"pretrain\""));
        await Task.Delay(100);
        run.Signal(ProgramRun.Terminate);
        var ended = (await run.End()).Expect(ExitCode.Cancelled);
        Assert.Equal("cancelled", (string?)ended.Steps["pretrain"]["failure"]!["cause"]);
        // Hours between checkpoints: only one written on the way out can be what the next run goes on from.
        using var again = project.Start("run", "p.yaml", "--json");
        Assert.True(await again.Says("\"step.progress\",\"id\":\"pretrain\""));
        var first = again.Events.First(e => (string?)e["event"] == "step.progress" && (string?)e["id"] == "pretrain");
        Assert.True((double)first["done"]! > 1, first.ToJsonString());
        Assert.Equal(whole.Digest("pretrain", "model"), (await again.End()).Expect(ExitCode.Success).Digest("pretrain", "model"));
    }
}
