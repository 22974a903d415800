using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Execution;

public sealed class AttemptFolderTests
{
    [Fact]
    public async Task Runs_that_begin_and_end_at_once_never_take_one_another_for_dead()
    {
        using var folder = new TemporaryFolder();
        var state = new StateFolder(folder["state"]);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(
            () =>
            {
                for (var i = 0; i < 250; i++)
                {
                    using var attempts = new AttemptFolder(state, $"run-{worker}-{i}");
                    for (var look = 0; look < 3; look++, Thread.Yield())
                        Assert.True(Directory.Exists(attempts.Path), "its folder went while it was alive");
                }
            },
            TestContext.Current.CancellationToken)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["state/attempts"]));
    }

    [Fact]
    public void What_a_dead_run_left_goes_with_the_next()
    {
        using var folder = new TemporaryFolder();
        var state = new StateFolder(folder["state"]);
        folder.Write("state/attempts/dead/s/f", "left");
        folder.Write("state/attempts/gone.alive", "");
        using (var live = new AttemptFolder(state, "live"))
        using (new AttemptFolder(state, "next"))
            Assert.Equal(["live", "live.alive", "next", "next.alive"], Directory.EnumerateFileSystemEntries(folder["state/attempts"]).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["state/attempts"]));
    }
}
