namespace Pipeline.Cli.Tests;

/// <summary>Successive halving of real trainings, through the real program.</summary>
public sealed class HalvingRunTests
{
    private const string Matrix = "matrix: { with.optimizer.learning_rate: [1e-5, 1e-2, 10, 3e-3] }";
    private const string Search = $"{Matrix}\n    halving: {{ first_rung: 12 }}\n    select: {{ metric: validation.loss, goal: min }}";

    // A learning rate of 10 makes the weights 99 times as large at each step.
    private static Project Searched(string resources = Search, string optimizer = "weight_decay: 10") =>
        TinyTraining.Project($"steps: 48, optimizer: {{ {optimizer} }}, schedule: {{ name: cosine }}, batch: {{ sequences: 4 }}, validation: {{ every: 24, sequences: 16 }}, threads: 1, checkpoint_seconds: 0.05", resources);

    private static string Trial(string rate, int rung) => $"pretrain--learning_rate-{rate}--rung-{rung}";

    [Fact]
    public async Task Killed_in_the_middle_it_goes_on_to_the_bytes_of_a_run_that_was_long_from_the_start_and_then_has_nothing_to_do()
    {
        using var project = Searched();
        Assert.Equal("waits for pretrain--rung-1; goes on if it is one of the best 2 of 4 there", (await project.Plan()).Expect(ExitCode.Success).Reason(Trial("1e-2", 2)));
        using (var killed = project.Start("run", "p.yaml", "--json"))
        {
            Assert.True(await killed.Says("checkpoint at step"));
            var workers = Processes.Workers(project.Path);
            killed.Signal(ProgramRun.Kill);
            foreach (var worker in workers) Processes.Signal(worker, ProgramRun.Kill);
            await killed.End();
        }

        var run = (await project.Run()).Expect(ExitCode.Success);
        Assert.StartsWith("lost: ", run.Reason(Trial("10", 1)), StringComparison.Ordinal);
        Assert.Equal("skipped", run.Decision(Trial("1e-5", 2)));
        Assert.Equal(12, (int?)run.Steps[Trial("1e-2", 2)]["went_on_from"]!["horizon"]);
        Assert.Equal(12, (int?)run.Steps[Trial("3e-3", 2)]["went_on_from"]!["horizon"]);
        var winner = Assert.Single(["1e-2", "3e-3"], rate => run.Decision(Trial(rate, 3)) == "ran");

        Assert.DoesNotContain(":ran", (await project.Run()).Expect(ExitCode.Success).Decisions, StringComparison.Ordinal);
        (await project.Pipeline("plan", "p.yaml", "--check")).Expect(ExitCode.Success);

        var sweep = (await project.Pipeline("sweep", "p.yaml", "--json", "--output", "drawn/sweep.html")).Expect(ExitCode.Success).Rows.Single();
        var trials = sweep["trials"]!.AsArray().ToDictionary(t => (string)t!["values"]!["with.optimizer.learning_rate"]!, t => t!);
        Assert.Equal(winner, trials.Keys.First());
        Assert.Equal(["best", "stopped at rung 2", "stopped at rung 1"], trials.Values.Take(3).Select(t => (string?)t["state"]));
        Assert.StartsWith("lost", (string?)trials["10"]["state"], StringComparison.Ordinal);
        Assert.Equal([12, 24, 48], trials[winner]["rungs"]!.AsArray().Select(r => (int)r!["horizon"]!));
        Assert.Equal((48, 48 * 4 * 32), ((int)trials[winner]["steps"]!, (int)trials[winner]["tokens"]!));
        var page = project.Read("drawn/sweep.html");
        Assert.Contains("validation.loss over the steps", page, StringComparison.Ordinal);
        Assert.Contains($"best: {winner}", page, StringComparison.Ordinal);
        Assert.Contains("log10 learning_rate", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"(?!#)", page);

        using var whole = Searched("", $"weight_decay: 10, learning_rate: {winner}");
        var alone = (await whole.Run()).Expect(ExitCode.Success);
        foreach (var port in new[] { "model", "log", "metrics" }) Assert.Equal((port, alone.Digest("pretrain", port)), (port, run.Digest("pretrain", port)));
    }
}
