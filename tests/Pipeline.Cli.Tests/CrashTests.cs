using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Tests;

/// <summary>kill -9 at random moments of the engine, the worker, or both: nothing finished is lost and the model comes out to the last bit.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const double LongestOrphan = 2;

    [Fact]
    public async Task A_training_killed_twenty_times_ends_with_the_bits_of_one_that_was_not()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CRASH_SEED"), out var given) ? given : (int)(TimeProvider.System.GetTimestamp() & 0xffffff);
        output.WriteLine($"CRASH_SEED={seed}");
        var random = new Random(seed);
        using var calm = TinyTraining.Project();
        var whole = (await calm.Run()).Expect(ExitCode.Success);
        output.WriteLine($"uninterrupted: {whole.Last["seconds"]} s, training {whole.Steps["pretrain"]["seconds"]} s");

        using var project = TinyTraining.Project();
        var orphans = new List<Task<double>>();
        var (kills, completed) = (0, 0);
        while (kills < Kills || completed == 0)
        {
            using var run = project.Start("run", "p.yaml", "--json");
            if (kills < Kills && await KillAtRandom(run, project, random, kills, orphans))
            {
                kills++;
                continue;
            }

            Same(whole, (await run.End()).Expect(ExitCode.Success));
            completed++;
            NothingFinishedRanAgain(project);
            Sound(project);
            // Done before the last kill: train once more from nothing.
            if (kills < Kills) Directory.Delete(project.State, recursive: true);
        }

        output.WriteLine($"{kills} kills, {completed} completed; the slowest orphan lived {(await Task.WhenAll(orphans)).DefaultIfEmpty().Max():0.00} s");
        Assert.Empty(Processes.Naming(project.Path));
    }

    /// <summary>False where the run ended before the blow fell.</summary>
    private static async Task<bool> KillAtRandom(ProgramRun run, Project project, Random random, int turn, List<Task<double>> orphans)
    {
        // Two in three while it trains, one in three anywhere from its first line on.
        var training = random.Next(3) > 0;
        var delay = training ? random.Next(400) : random.Next(1500);
        if (!await run.Says(training ? "\"step.progress\",\"id\":\"pretrain\"" : "run.started")) return false;
        await Task.Delay(delay);
        var workers = Processes.Workers(project.Path);
        if (run.Output.Contains("run.finished", StringComparison.Ordinal)) return false;
        switch (turn % 3)
        {
            case 1 when workers.Count > 0:
                foreach (var worker in workers) Processes.Signal(worker, ProgramRun.Kill);
                var ended = await run.End();
                if (ended.ExitCode == ExitCode.Success) return false;
                ended.Expect(ExitCode.StepFailed);
                Assert.Contains("signal 9", (string)ended.Steps["pretrain"]["failure"]!["message"]!, StringComparison.Ordinal);
                return true;
            case 2:
                run.Signal(ProgramRun.Kill);
                foreach (var worker in workers) Processes.Signal(worker, ProgramRun.Kill);
                await run.End();
                return true;
            default:
                run.Signal(ProgramRun.Kill);
                // Not waited for: the next run must bear with an orphan that is still ending.
                orphans.Add(Processes.Gone(workers, LongestOrphan));
                await run.End();
                return true;
        }
    }

    private static void Same(Ended whole, Ended resumed)
    {
        foreach (var port in new[] { "model", "log", "metrics" }) Assert.Equal(whole.Digest("pretrain", port), resumed.Digest("pretrain", port));
        foreach (var step in new[] { "split", "tokenizer" }) Assert.Equal(whole.Steps[step]["outputs"]!.ToJsonString(), resumed.Steps[step]["outputs"]!.ToJsonString());
    }

    private static void NothingFinishedRanAgain(Project project)
    {
        var done = new HashSet<string>();
        foreach (var (run, events) in RunLog.ReadAll(new StateFolder(project.State)).Reverse())
        {
            foreach (var happened in events)
            {
                var step = (string?)happened["id"] ?? "";
                if ((string?)happened["event"] == "step.started") Assert.False(done.Contains(step), $"{step} ran again in {run}");
                if ((string?)happened["event"] == "step.finished" && (string?)happened["decision"] == "ran") done.Add(step);
            }
        }

        Assert.Contains("pretrain", done);
    }

    /// <summary>Every blob of every result is what its name says.</summary>
    private static void Sound(Project project)
    {
        var state = new EngineState(new StateFolder(project.State), TimeProvider.System);
        var keys = state.Results.All().Select(r => r.Key).ToList();
        Assert.Equal(TinyTraining.Steps, keys.Count);
        foreach (var file in keys.SelectMany(key => state.Results.Read(key)!.Outputs.Values).SelectMany(o => o.Files)) Assert.Equal(file.Sha256, Sha256.OfFile(state.Store.Locate(file)));
        Assert.False(Directory.Exists(Path.Combine(state.Store.Root, "quarantine")));
    }
}
