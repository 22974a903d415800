namespace Pipeline.Cli.Tests;

public sealed class ShellTests
{
    [Fact]
    public async Task A_command_sees_its_inputs_its_outputs_and_only_the_environment_it_declares()
    {
        using var project = new Project("""
            name: p
            steps:
              one: { uses: shell, with: { run: "echo alone > $OUT/only.txt" } }
              many: { uses: shell, with: { run: "echo a > $OUT/a; echo b > $OUT/b" } }
              look:
                uses: shell
                inputs: { my_one: one, many: many }
                with:
                  run: |
                    echo said on stdout; echo said on stderr >&2
                    ls -A > $OUT/left/folder.txt
                    cat "$IN_MY_ONE" > $OUT/left/one.txt
                    ls "$IN_MANY" > $OUT/left/many.txt
                    env | sort > $OUT/right/env.txt
                  outputs: [left, right]
                  env: { GREETING: hello }
            """);
        var secret = new Dictionary<string, string?> { ["MY_SECRET"] = "hunter2", ["PIPELINE_MARK"] = "x" };
        (await project.Pipeline(secret, "run", "p.yaml", "--json")).Expect(ExitCode.Success);
        (await project.Pipeline("artifacts", "export", "p.yaml", "look.left", "left")).Expect(ExitCode.Success);
        (await project.Pipeline("artifacts", "export", "p.yaml", "look.right", "right")).Expect(ExitCode.Success);

        Assert.Equal("", project.Read("left/folder.txt"));
        Assert.Equal("alone\n", project.Read("left/one.txt"));
        Assert.Equal("a\nb\n", project.Read("left/many.txt"));
        var names = project.Read("right/env.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]);
        // The shell itself adds the last ones.
        Assert.Equal(["GREETING", "HOME", "IN_MANY", "IN_MY_ONE", "OUT", "PATH", "PIPELINE_METRICS"], names.Except(["PWD", "OLDPWD", "SHLVL", "_"]));
        var log = (await project.Pipeline("logs", "p.yaml", "look")).Expect(ExitCode.Success).Output;
        Assert.Contains("said on stdout\n", log, StringComparison.Ordinal);
        Assert.Contains("said on stderr\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_fails_fails_the_step_with_its_exit_code_and_its_last_words()
    {
        using var project = new Project("name: p\nsteps:\n  bad: { uses: shell, with: { run: 'echo last words; exit 7' } }\n  below: { uses: shell, inputs: { x: bad }, with: { run: 'true' } }\n  beside: { uses: shell, needs: [slow], with: { run: 'true' } }\n  slow: { uses: shell, with: { run: 'sleep 0.5' } }\n");
        var plain = (await project.Pipeline("run", "p.yaml", "-j", "1")).Expect(ExitCode.StepFailed);
        Assert.Contains("bad failed after", plain.Output, StringComparison.Ordinal);
        Assert.Contains("exit code 7", plain.Output, StringComparison.Ordinal);
        Assert.Contains("| last words", plain.Output, StringComparison.Ordinal);

        var run = (await project.Run("--keep-going")).Expect(ExitCode.StepFailed);
        Assert.Equal("failed", (string?)run.Last["status"]);
        Assert.Equal(["bad:failed", "below:skipped", "beside:ran", "slow:ran"], run.Decisions.Split(' ').Order(StringComparer.Ordinal));
        Assert.Equal("bad failed", run.Reason("below"));
    }

    [Theory]
    [InlineData(0, ExitCode.Success)]
    [InlineData(2, ExitCode.StepFailed)]
    public async Task A_log_that_cannot_be_written_costs_lines_and_is_told_and_a_command_of_many_words_still_ends(int code, int exit)
    {
        using var project = new Project($"name: p\nsteps:\n  bar: {{ uses: shell, with: {{ run: 'mkdir \"$PLACE\"/$(ls \"$PLACE\")/talks.log', env: {{ PLACE: STATE/runs }} }} }}\n  talks: {{ uses: shell, needs: [bar], with: {{ run: 'seq 200000; exit {code}' }} }}\n");
        project.Write("p.yaml", project.Read("p.yaml").Replace("STATE", project.State, StringComparison.Ordinal));
        var run = (await project.Run()).Expect(exit);
        var talks = run.Last["steps"]!.AsArray().Single(s => (string?)s!["id"] == "talks")!;
        Assert.Contains("its log is not whole", (string?)talks["notice"], StringComparison.Ordinal);
        Assert.Equal(exit == ExitCode.Success ? "ran" : "failed", (string?)talks["decision"]);
    }

    [Fact]
    public async Task A_command_does_not_outlive_an_engine_that_is_killed()
    {
        using var project = new Project("name: p\nsteps:\n  long: { uses: shell, with: { run: 'sh -c \"sleep 600; :\" in $OUT & sh -c \"sleep 0.2; echo begun; sleep 600; :\" too $OUT' } }\n");
        using var run = project.Start("run", "p.yaml", "--json");
        Assert.True(await run.Says("begun"));
        var left = Processes.Naming(project.Path).Where(id => id != run.Id).ToList();
        Assert.NotEmpty(left);
        run.Signal(ProgramRun.Kill);
        await run.End();
        await Processes.Gone(left, 3);
    }

    [Fact]
    public async Task What_a_command_leaves_in_the_background_is_ended_and_does_not_hold_the_step()
    {
        using var project = new Project("name: p\nsteps:\n  quick: { uses: shell, with: { run: 'sleep 600 & echo $! > $OUT/pid; setsid sleep 20 & echo done' } }\n");
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Pipeline("artifacts", "export", "p.yaml", "quick", "out")).Expect(ExitCode.Success);
        await Processes.Gone([int.Parse(project.Read("out/pid"), System.Globalization.CultureInfo.InvariantCulture)], 1);
    }

    [Theory]
    [InlineData(ProgramRun.Interrupt)]
    [InlineData(ProgramRun.Terminate)]
    public async Task A_cancelled_command_is_asked_to_stop_before_it_is_ended(int signal)
    {
        using var project = new Project("name: p\nsteps:\n  long: { uses: shell, with: { run: 'trap \"echo tidied > FOLDER/tidied; exit 1\" TERM; echo begun; sleep 600 & wait' } }\n");
        Assert.SkipWhen(signal == ProgramRun.Interrupt && Processes.IgnoresInterrupt(), "this process was started with SIGINT ignored, and so are its children");
        project.Write("p.yaml", project.Read("p.yaml").Replace("FOLDER", project.Path, StringComparison.Ordinal));
        using var run = project.Start("run", "p.yaml", "--json");
        Assert.True(await run.Says("begun"));
        run.Signal(signal);
        (await run.End()).Expect(ExitCode.Cancelled);
        Assert.Equal("tidied\n", project.Read("tidied"));
    }

    [Fact]
    public async Task One_job_at_a_time_means_one()
    {
        using var project = new Project("name: p\nsteps:\n" + string.Concat(Enumerable.Range(0, 3).Select(i => $"  s{i}: {{ uses: shell, with: {{ run: 'mkdir {{0}}/busy && sleep 0.2 && rmdir {{0}}/busy' }} }}\n")));
        project.Write("p.yaml", project.Read("p.yaml").Replace("{0}", project.Path, StringComparison.Ordinal));
        (await project.Run("-j", "1")).Expect(ExitCode.Success);
    }
}
