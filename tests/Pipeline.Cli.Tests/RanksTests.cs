namespace Pipeline.Cli.Tests;

/// <summary>A step on two processes: the same model as on one, with MPI or without.</summary>
public sealed class RanksTests
{
    private const string Training = "steps: 150, batch: { sequences: 8, micro: 4 }, validation: { every: 0 }, threads: 1, checkpoint_seconds: 0.1";
    private const string TwoRanks = "resources: { ranks: 2 }";

    [Fact]
    public async Task Two_ranks_give_the_model_of_one_process_and_none_outlives_a_killed_engine()
    {
        Assert.SkipUnless(Processes.HasMpi, "mpirun is not on this machine");
        using var alone = TinyTraining.Project(Training);
        var one = (await alone.Run()).Expect(ExitCode.Success);

        using var project = TinyTraining.Project(Training, TwoRanks);
        using var killed = project.Start("run", "p.yaml", "--json");
        Assert.True(await killed.Says("\"step.progress\",\"id\":\"pretrain\""));
        var ranks = Processes.Workers(project.Path);
        Assert.True(ranks.Count >= 2, $"{ranks.Count} processes");
        killed.Signal(ProgramRun.Kill);
        await Processes.Gone(ranks, limit: 2);
        await killed.End();

        var two = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("ran", two.Decision("pretrain"));
        Assert.Equal("reused", two.Decision("tokens"));
        Assert.Null(two.Steps["pretrain"]["notice"]);
        Assert.Equal(one.Digest("pretrain", "model"), two.Digest("pretrain", "model"));
        Assert.Equal(one.Digest("pretrain", "log"), two.Digest("pretrain", "log"));
        Assert.Empty(Processes.Naming(project.Path));
    }

    [Fact]
    public async Task Without_a_launcher_one_process_does_it_and_the_run_names_what_to_install()
    {
        using var project = TinyTraining.Project("steps: 3, batch: { sequences: 4 }, validation: { every: 0 }, threads: 1", TwoRanks);
        var noMpi = new Dictionary<string, string?> { ["PATH"] = project.Path };
        var run = (await project.Pipeline(noMpi, "run", "p.yaml", "--json")).Expect(ExitCode.Success);
        var notice = (string)run.Steps["pretrain"]["notice"]!;
        Assert.StartsWith("one process instead of 2, with the same result: ", notice, StringComparison.Ordinal);
        Assert.Contains("apt-get install", notice, StringComparison.Ordinal);
        var plain = (await project.Pipeline(noMpi, "run", "p.yaml", "--force", "pretrain")).Expect(ExitCode.Success).Output;
        Assert.Contains($"note: pretrain: {notice}", plain, StringComparison.Ordinal);
    }
}
