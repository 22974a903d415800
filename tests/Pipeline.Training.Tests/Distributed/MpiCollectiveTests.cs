using System.Diagnostics;
using Pipeline.TestKit;
using Pipeline.Training.Distributed;

namespace Pipeline.Training.Tests.Distributed;

/// <summary>Real processes, two to four of them, under mpirun.</summary>
public sealed class MpiCollectiveTests
{
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Sums_and_broadcasts_are_exact(int ranks)
    {
        Ranks.SkipWithoutMpi();
        Assert.Equal($"sums are exact on {ranks} ranks", Ranks.Run(ranks, "sums").Trim());
    }

    [Fact]
    public void Training_gives_the_same_bits_on_one_two_and_four_ranks()
    {
        Ranks.SkipWithoutMpi();
        var alone = Ranks.Run(1, "train", "8", "5");
        Assert.Equal(alone, Ranks.Run(2, "train", "8", "5"));
        Assert.Equal(alone, Ranks.Run(4, "train", "8", "5"));
        // The check can fail: another split of the same work into shards is another sum.
        Assert.NotEqual(alone, Ranks.Run(1, "train", "4", "5"));
    }

    [Theory]
    [InlineData(3, 8)]
    [InlineData(2, 3)]
    [InlineData(4, 7)]
    [InlineData(3, 2)]
    public void So_it_does_where_the_shards_cannot_be_shared_out_evenly(int ranks, int shards)
    {
        Ranks.SkipWithoutMpi();
        Assert.Equal(Ranks.Run(1, "train", $"{shards}", "3"), Ranks.Run(ranks, "train", $"{shards}", "3"));
    }

    [Theory]
    [InlineData("lose-a-rank", "")]
    [InlineData("throw-on-a-rank", "rank 1 of 2 failed: System.InvalidOperationException: a deliberate failure")]
    [InlineData("throw-on-all", "the last word of rank 0")]
    public void A_rank_that_dies_ends_the_job_within_seconds(string how, string said)
    {
        Ranks.SkipWithoutMpi();
        using var folder = new TemporaryFolder();
        using var job = Ranks.Start(2, [], how, folder.Path);
        var processes = Ranks.Await(folder, 2);
        var (exitCode, _, error) = job.Wait();
        Assert.NotEqual(0, exitCode);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.True(Ranks.AllGone(processes, Seconds));
    }

    [Fact]
    public void A_killed_launcher_leaves_no_rank_behind()
    {
        Ranks.SkipWithoutMpi();
        using var folder = new TemporaryFolder();
        using var job = Ranks.Start(2, [], "loop", folder.Path);
        var processes = Ranks.Await(folder, 2);
        job.Launcher.Kill();
        Assert.True(Ranks.AllGone(processes, Seconds));
    }

    [Fact]
    public void A_killed_engine_leaves_neither_rank_nor_launcher_behind()
    {
        Ranks.SkipWithoutMpi();
        using var folder = new TemporaryFolder();
        using var engine = Process.Start("sleep", "1000");
        using var job = Ranks.Start(2, [WatchedProcess.Of(engine.Id)!], "loop", folder.Path);
        var processes = Ranks.Await(folder, 2);
        var all = processes.Append(WatchedProcess.Of(job.Launcher.Id)!).ToArray();
        Assert.True(all.All(process => process.IsAlive));
        engine.Kill();
        Assert.True(Ranks.AllGone(all, Seconds));
    }
}
