using System.Diagnostics;
using Pipeline.Training.Distributed;

namespace Pipeline.Training.Tests.Distributed;

public sealed class WatchedProcessTests
{
    [Fact]
    public void A_process_is_alive_until_it_ends_even_if_nobody_reaped_it()
    {
        // A shell that never waits: its killed child stays a zombie.
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"]) { RedirectStandardOutput = true })!;
        try
        {
            var child = WatchedProcess.Of(int.Parse(shell.StandardOutput.ReadLine()!))!;
            Assert.True(child.IsAlive);
            Assert.True(child.IsHere);
            Process.GetProcessById(child.Id).Kill();
            Assert.True(SpinWait.SpinUntil(() => !child.IsAlive, TimeSpan.FromSeconds(10)));
        }
        finally
        {
            shell.Kill();
        }
    }

    [Fact]
    public void Another_process_under_the_same_number_is_not_the_one_watched()
    {
        var self = WatchedProcess.Current();
        Assert.True(self.IsAlive);
        Assert.False((self with { StartTime = self.StartTime - 1 }).IsAlive);
        Assert.False((self with { Machine = "elsewhere" }).IsHere);
        Assert.Null(WatchedProcess.Of(int.MaxValue));
    }

    [Fact]
    public void What_is_written_for_descendants_is_read_back()
    {
        var self = WatchedProcess.Current();
        Assert.Equal([self, self with { Id = 1 }], WatchedProcess.Parse($"{self};{self with { Id = 1 }}"));
        Assert.Empty(WatchedProcess.Parse(""));
        foreach (var broken in new[] { "1", "1,2", "x,2,m", "-1,2,m", "1,2,", "1,2,m,n" }) Assert.Throws<FormatException>(() => WatchedProcess.Parse(broken));
    }

    [Fact]
    public void Watching_allocates_nothing()
    {
        var self = WatchedProcess.Current();
        Assert.True(self.IsAlive);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) _ = self.IsAlive;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
