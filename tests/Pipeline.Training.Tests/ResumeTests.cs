using System.Diagnostics;
using Pipeline.Ranks;
using Pipeline.TestKit;

namespace Pipeline.Training.Tests;

public sealed class ResumeTests
{
    [Fact]
    public void A_run_stopped_at_any_step_ends_with_the_same_bits_as_one_that_was_not()
    {
        using var folder = new TemporaryFolder();
        var expected = Train(folder["whole"], new SilentObserver());
        var random = new Random(5);
        for (var attempt = 0; attempt < 6; attempt++)
        {
            var run = folder[$"stopped-{attempt}"];
            // Not a step that was just saved: the steps after the last checkpoint are lost, and taken again.
            for (var stop = random.Next(1, 12); stop < Resumable.Steps; stop += random.Next(1, 12))
                Assert.Throws<OperationCanceledException>(() => Train(run, new StopAt(stop)));
            var (parameters, log, result) = Train(run, new SilentObserver());
            Assert.Equal(expected.Parameters, parameters);
            Assert.Equal(expected.Log, log);
            Assert.Equal(expected.Result.Loss, result.Loss);
            Assert.Equal(expected.Result.Validation, result.Validation);
        }
    }

    [Fact]
    public void A_cancelled_run_goes_on_from_the_very_step()
    {
        using var folder = new TemporaryFolder();
        var expected = Train(folder["whole"], new SilentObserver());
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Train(folder["run"], new CancelAt(7, cancellation), cancellation.Token));
        var watcher = new Watcher();
        Assert.Equal(expected.Parameters, Train(folder["run"], watcher).Parameters);
        Assert.Equal(7, watcher.ResumedAt);
    }

    [Fact]
    public void A_damaged_checkpoint_is_passed_over_for_the_one_before()
    {
        using var folder = new TemporaryFolder();
        var expected = Train(folder["whole"], new SilentObserver());
        Assert.Throws<OperationCanceledException>(() => Train(folder["run"], new StopAt(14)));
        var newest = Directory.GetDirectories(folder["run/checkpoints"]).Order().Last();
        Assert.EndsWith("12", newest);
        var tensors = Path.Combine(newest, "tensors.safetensors");
        var bytes = File.ReadAllBytes(tensors);
        bytes[^100] ^= 1;
        File.WriteAllBytes(tensors, bytes);
        var watcher = new Watcher();
        var resumed = Train(folder["run"], watcher);
        Assert.Equal(8, watcher.ResumedAt);
        Assert.Contains("damaged", Assert.Single(watcher.Warnings));
        Assert.Equal(expected.Parameters, resumed.Parameters);
        Assert.Equal(expected.Log, resumed.Log);
    }

    [Fact]
    public void A_checkpoint_of_another_run_or_without_its_log_is_not_taken()
    {
        using var folder = new TemporaryFolder();
        var expected = Train(folder["run"], new SilentObserver());
        var watcher = new Watcher();
        Train(folder["run"], watcher, identity: "other");
        Assert.Null(watcher.ResumedAt);
        Assert.All(watcher.Warnings, warning => Assert.Contains("another", warning.Replace("other options", "another")));

        Train(folder["gone"], new SilentObserver());
        File.WriteAllText(folder["gone/log.jsonl"], "{}\n");
        var second = new Watcher();
        Assert.Equal(expected.Log, Train(folder["gone"], second).Log);
        Assert.Null(second.ResumedAt);
    }

    [Fact]
    public void A_run_killed_at_any_moment_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var watch = Stopwatch.StartNew();
        var expected = Child(folder["whole"], killAfter: null);
        var whole = watch.Elapsed;
        Assert.NotNull(expected);
        var random = new Random(11);
        string? resumed = null;
        var kills = 0;
        while (resumed is null)
        {
            // Spread over the training, however fast the machine; without limit at last.
            resumed = Child(folder["run"], kills < 6 ? whole * random.NextDouble() * 0.3 : null);
            kills += resumed is null ? 1 : 0;
        }
        Assert.InRange(kills, 1, 6);
        Assert.Equal(expected, resumed);
        Assert.Equal(File.ReadAllText(folder["whole/log.jsonl"]), File.ReadAllText(folder["run/log.jsonl"]));
    }

    [Fact]
    public void Two_three_and_four_ranks_end_with_the_bits_of_one_and_can_take_over_its_run()
    {
        Distributed.Ranks.SkipWithoutMpi();
        using var folder = new TemporaryFolder();
        var expected = Child(folder["alone"], killAfter: null);
        foreach (var ranks in new[] { 2, 3, 4 })
            Assert.Equal(expected, Distributed.Ranks.Run(ranks, "resumable", folder[$"ranks-{ranks}"]).Replace("training", "").Trim());
        Assert.Throws<OperationCanceledException>(() => Train(folder["taken-over"], new StopAt(11)));
        Assert.Equal(expected, Distributed.Ranks.Run(3, "resumable", folder["taken-over"]).Replace("training", "").Trim());
        Assert.Equal(File.ReadAllText(folder["alone/log.jsonl"]), File.ReadAllText(folder["taken-over/log.jsonl"]));
    }

    [Fact]
    public void Every_architecture_and_optimiser_killed_at_any_moment_ends_with_the_same_bits_also_on_two_ranks()
    {
        using var folder = new TemporaryFolder();
        var watch = Stopwatch.StartNew();
        var expected = Child(folder["whole"], killAfter: null, "pairs");
        var whole = watch.Elapsed;
        Assert.Equal(Pairs.All.Count, expected!.Split('\n').Length);
        var seed = Environment.TickCount;
        var random = new Random(seed);
        string? resumed = null;
        for (var kills = 0; resumed is null; kills++)
            resumed = Child(folder["run"], kills < 5 ? whole * random.NextDouble() * 0.4 : null, "pairs");
        Assert.True(expected == resumed, $"seed {seed}:\n{expected}\n{resumed}");
        if (Training.Distributed.Mpi.Availability().Remedy is not null)
            return;
        Child(folder["shared"], whole * random.NextDouble() * 0.6, "pairs");
        var shared = Distributed.Ranks.Run(2, "pairs", folder["shared"]).Replace("training", "").Trim();
        Assert.True(expected == shared, $"seed {seed}, two ranks:\n{expected}\n{shared}");
    }

    /// <summary>The digest that the child printed, or null if it was killed before.</summary>
    static string? Child(string run, TimeSpan? killAfter, string what = "resumable")
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pipeline.Ranks.dll"), what, run]) { RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        if (killAfter is { } delay)
        {
            // Loading libtorch takes a while that depends on the machine: the clock starts with the training.
            while (child.StandardOutput.ReadLine() is { } line && line != "training")
            {
            }
            if (!child.WaitForExit(delay))
                child.Kill();
        }
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? output.Replace("training", "").Trim() : null;
    }

    static (float[] Parameters, string Log, TrainingResult Result) Train(string run, ITrainingObserver observer, CancellationToken cancellation = default, string identity = "run")
    {
        var (parameters, result) = Resumable.Train(run, observer, identity: identity, cancellation: cancellation);
        return (parameters, File.ReadAllText(Path.Combine(run, "log.jsonl")), result);
    }
}
