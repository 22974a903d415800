using Pipeline.TestKit;

[assembly: AssemblyFixture(typeof(Pipeline.Cli.Tests.SharedCluster))]

namespace Pipeline.Cli.Tests;

/// <summary>One Slurm for all tests, started by the first that asks.</summary>
public sealed class SharedCluster : IDisposable
{
    private readonly Lazy<SlurmCluster> slurm = new(() => new SlurmCluster());

    public SlurmCluster Slurm
    {
        get
        {
            Assert.SkipWhen(SlurmCluster.Unavailable is not null, SlurmCluster.Unavailable ?? "");
            return slurm.Value;
        }
    }

    public void Dispose()
    {
        if (slurm.IsValueCreated) slurm.Value.Dispose();
    }
}

/// <summary>Steps as jobs of a real Slurm: found again by an engine that comes after, done once, stopped when asked.</summary>
public sealed class SlurmTests(SharedCluster cluster)
{
    /// <summary>Says that it began, waits for a file named go, and ends.</summary>
    private static string Waiting(Project project, string more = "") => $$"""
        name: p
        defaults: { executor: slurm }
        steps:
          long:
            uses: shell
            with: { run: "echo began >> {{project.Path}}/begun; until [ -e {{project.Path}}/go ]; do sleep 0.1; done; echo done > $OUT/t" }
            {{more}}
          after: { uses: shell, inputs: { t: long }, with: { run: "cat $IN_T > $OUT/u" } }
        """;

    private static Project Waiting(string more = "")
    {
        var project = new Project();
        project.Write("p.yaml", Waiting(project, more));
        return project;
    }

    private static string[] Begun(Project project) => File.Exists(project["begun"]) ? File.ReadAllLines(project["begun"]) : [];

    private ProgramRun Start(Project project, IReadOnlyDictionary<string, string?>? variables = null) => new(project.Path, ["run", "p.yaml", "--json"], variables ?? cluster.Slurm.Variables);

    private Task<Ended> Run(Project project, params string[] more) => project.Pipeline(cluster.Slurm.Variables, ["run", "p.yaml", "--json", .. more]);

    private string Jobs(params string[] more) => cluster.Slurm.Ask("squeue", more.Length > 0 ? ["--noheader", .. more] : ["--noheader", "--format=%T"]);

    private static string Log(Project project, string step) => string.Concat(Directory.EnumerateFiles(project[".pipeline/runs"], step + ".log", SearchOption.AllDirectories).Order().Select(File.ReadAllText));

    [Fact]
    public async Task Steps_run_as_jobs_with_what_they_ask_for_and_are_reused_as_any_other()
    {
        using var project = new Project("""
            name: p
            defaults: { executor: { slurm: { time: 5m, options: ["--comment=it's $HOME; \"quoted\""] } } }
            steps:
              one:
                uses: shell
                with: { run: "scontrol show job $PARENT_JOB | tr ' ' '\\n' > /dev/null; echo \"$WORDS\" > $OUT/t" }
                env: { WORDS: "it's $(touch hurt) `touch hurt` \"x\"" }
                resources: { cpus: 3, memory: 300MB }
              here: { uses: shell, executor: local, inputs: { t: one }, with: { run: "cat $IN_T > $OUT/u" } }
            """);
        var run = (await Run(project)).Expect(ExitCode.Success);
        Assert.Contains("submitted to Slurm as job ", Log(project, "one"), StringComparison.Ordinal);
        Assert.DoesNotContain("Slurm", File.Exists(project[".pipeline/runs"]) ? Log(project, "here") : "", StringComparison.Ordinal);
        var number = System.Text.RegularExpressions.Regex.Match(Log(project, "one"), @"as job (\d+)").Groups[1].Value;
        var job = cluster.Slurm.Ask("scontrol", "show", "job", number);
        Assert.Contains("NumCPUs=3", job, StringComparison.Ordinal);
        Assert.Contains("mem=287M", job, StringComparison.Ordinal);
        Assert.Contains("TimeLimit=00:05:00", job, StringComparison.Ordinal);
        Assert.Contains("Comment=it's $HOME; \"quoted\"", job, StringComparison.Ordinal);

        // Where a step runs is no part of its recipe.
        var again = (await project.Run("--set", "steps.one.executor=local")).Expect(ExitCode.Success);
        Assert.Equal("one:reused here:reused", again.Decisions);
        Assert.Equal(run.Digest("one", "out"), again.Digest("one", "out"));
        Assert.False(File.Exists(project["hurt"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(project[".pipeline/workspaces"], "*.job"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_engine_that_is_killed_finds_its_job_again_running_or_done_and_submits_none_twice(bool doneMeanwhile)
    {
        using var project = Waiting();
        using (var killed = Start(project))
        {
            SlurmCluster.Until(() => Begun(project).Length > 0);
            killed.Signal(ProgramRun.Kill);
            await killed.End();
        }

        if (doneMeanwhile)
        {
            project.Write("go", "");
            SlurmCluster.Until(() => Directory.EnumerateFiles(project[".pipeline/workspaces"], "outcome.json", SearchOption.AllDirectories).Any());
        }

        using var second = Start(project);
        SlurmCluster.Until(() => Log(project, "long").Contains("goes on with job", StringComparison.Ordinal));
        project.Write("go", "");
        var run = (await second.End()).Expect(ExitCode.Success);
        Assert.Equal("long:ran after:ran", run.Decisions);
        Assert.Single(Begun(project));
        Assert.Equal(1, Log(project, "long").Split("submitted to Slurm").Length - 1);
    }

    [Fact]
    public async Task A_job_that_waits_in_the_queue_is_found_again_too()
    {
        using var project = Waiting();
        cluster.Slurm.Ask("scontrol", "update", "PartitionName=main", "State=DOWN");
        try
        {
            using var killed = Start(project);
            Assert.True(await killed.Says("\"step.waits\",\"id\":\"long\""));
            SlurmCluster.Until(() => Directory.Exists(project[".pipeline/runs"]) && Log(project, "long").Contains("in the queue (", StringComparison.Ordinal));
            killed.Signal(ProgramRun.Kill);
            await killed.End();
        }
        finally
        {
            cluster.Slurm.Ask("scontrol", "update", "PartitionName=main", "State=UP");
        }

        project.Write("go", "");
        (await Run(project)).Expect(ExitCode.Success);
        Assert.Single(Begun(project));
        Assert.Equal(1, Log(project, "long").Split("submitted to Slurm").Length - 1);
    }

    /// <summary>The engine dies while sbatch is at work: its job is found by the name that was written down before, or comes too late and does nothing.</summary>
    [Theory]
    [InlineData("submit; kill -9 $PPID; exit", false)]
    [InlineData("kill -9 $PPID; sleep 4; submit; exit", true)]
    public async Task An_engine_that_dies_while_it_submits_does_no_step_twice(string wrapper, bool late)
    {
        using var project = Waiting();
        var sbatch = project.Write("bin/sbatch", $"#!/bin/bash\nsubmit() {{ {Sbatch} \"$@\"; echo >> {project.Path}/submitted; }}\n{wrapper.Replace("submit;", "submit \"$@\";", StringComparison.Ordinal)}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(sbatch, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var dying = new Dictionary<string, string?>(cluster.Slurm.Variables) { ["PATH"] = $"{project["bin"]}:{Environment.GetEnvironmentVariable("PATH")}" };
        using (var killed = Start(project, dying)) await killed.End();
        if (!late) SlurmCluster.Until(() => File.Exists(project["submitted"]));
        using var second = Start(project);
        if (late) SlurmCluster.Until(() => File.Exists(project["submitted"]));
        SlurmCluster.Until(() => Begun(project).Length > 0);
        await Task.Delay(1500, TestContext.Current.CancellationToken);
        project.Write("go", "");
        (await second.End()).Expect(ExitCode.Success);
        Assert.Single(Begun(project));
    }

    private static string Sbatch => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(f => Path.Combine(f, "sbatch")).First(File.Exists);

    [Fact]
    public async Task An_interrupted_run_stops_its_jobs_and_a_training_goes_on_from_its_checkpoint_to_the_same_bytes()
    {
        using var alone = TinyTraining.Project();
        var one = (await alone.Run()).Expect(ExitCode.Success);
        using var project = TinyTraining.Project(resources: "executor: slurm");
        using (var stopped = Start(project))
        {
            Assert.True(await stopped.Says("\"step.progress\",\"id\":\"pretrain\""));
            stopped.Signal(ProgramRun.Terminate);
            (await stopped.End()).Expect(ExitCode.Cancelled);
        }

        Assert.Empty(Jobs().Trim());
        Assert.NotEmpty(Directory.EnumerateFiles(project[".pipeline/workspaces"], "*.safetensors", SearchOption.AllDirectories));
        using (var killed = Start(project))
        {
            Assert.True(await killed.Says("\"step.progress\",\"id\":\"pretrain\""));
            killed.Signal(ProgramRun.Kill);
            await killed.End();
        }

        var two = (await Run(project)).Expect(ExitCode.Success);
        Assert.Equal(one.Digest("pretrain", "model"), two.Digest("pretrain", "model"));
        Assert.Equal(one.Digest("pretrain", "log"), two.Digest("pretrain", "log"));
    }

    [Fact]
    public async Task Two_ranks_under_srun_give_the_model_of_one_process()
    {
        Assert.SkipUnless(Processes.HasMpi, "mpirun is not on this machine");
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/pmix2/lib/libpmix.so"), "libpmix-dev is not on this machine");
        const string training = "steps: 30, batch: { sequences: 8, micro: 4 }, validation: { every: 0 }, threads: 1";
        using var alone = TinyTraining.Project(training);
        var one = (await alone.Run()).Expect(ExitCode.Success);
        using var project = TinyTraining.Project(training, "resources: { ranks: 2 }\n    executor: slurm");
        var two = (await Run(project)).Expect(ExitCode.Success);
        Assert.Equal(one.Digest("pretrain", "model"), two.Digest("pretrain", "model"));
    }

    [Fact]
    public async Task A_job_that_somebody_cancels_or_that_takes_too_long_or_is_lost_is_told_as_that()
    {
        using var project = Waiting();
        using (var run = Start(project))
        {
            SlurmCluster.Until(() => Begun(project).Length > 0);
            cluster.Slurm.Ask("scancel", "--user", Environment.UserName);
            var ended = (await run.End()).Expect(ExitCode.StepFailed);
            Assert.Contains("somebody cancelled job", ended.Output, StringComparison.Ordinal);
        }

        project.Write("p.yaml", Waiting(project, "timeout: 2s"));
        var slow = (await Run(project)).Expect(ExitCode.StepFailed);
        Assert.Contains("\"cause\":\"timeout\"", slow.Output, StringComparison.Ordinal);
        Assert.Contains("ran longer than its timeout of 2", slow.Output, StringComparison.Ordinal);

        File.Delete(project["begun"]);
        project.Write("p.yaml", Waiting(project));
        using var doomed = Start(project);
        SlurmCluster.Until(() => Begun(project).Length > 0);
        foreach (var worker in Processes.Workers(project[".pipeline/workspaces"])) Processes.Signal(worker, ProgramRun.Kill);
        var dead = (await doomed.End()).Expect(ExitCode.StepFailed);
        Assert.Contains("\"cause\":\"crash\"", dead.Output, StringComparison.Ordinal);
        Assert.Contains("left no word of its end", dead.Output, StringComparison.Ordinal);
        Assert.Empty(Jobs().Trim());
    }

    [Fact]
    public async Task A_step_that_loses_its_node_goes_on_on_another_and_what_still_runs_there_ends()
    {
        using var project = Waiting();
        using var run = Start(project);
        SlurmCluster.Until(() => Begun(project).Length > 0);
        var orphans = Processes.Workers(project[".pipeline/workspaces"]);
        Assert.NotEmpty(orphans);
        var node = Jobs("--format=%N").Trim();
        cluster.Slurm.Lose(node);
        SlurmCluster.Until(() => Begun(project).Length > 1);
        await Processes.Gone(orphans, limit: 5);
        cluster.Slurm.Return(node);
        project.Write("go", "");
        (await run.End()).Expect(ExitCode.Success);
        Assert.Contains("lost its node (NODE_FAIL); the step goes on in another one", Log(project, "long"), StringComparison.Ordinal);
        Assert.Equal(2, Begun(project).Length);
    }

    [Fact]
    public async Task What_slurm_refuses_and_a_machine_without_it_fail_the_step_with_the_reason()
    {
        using var project = new Project("""
            name: p
            steps:
              one: { uses: shell, with: { run: "true" }, executor: { slurm: { partition: moon } } }
            """);
        var refused = (await Run(project)).Expect(ExitCode.StepFailed);
        Assert.Contains("invalid partition specified: moon", refused.Output, StringComparison.OrdinalIgnoreCase);
        var without = new Dictionary<string, string?> { ["PATH"] = project.Path };
        var absent = (await project.Pipeline(without, "run", "p.yaml", "--json")).Expect(ExitCode.StepFailed);
        Assert.Contains("sbatch is not on PATH here", absent.Output, StringComparison.Ordinal);
    }
}
