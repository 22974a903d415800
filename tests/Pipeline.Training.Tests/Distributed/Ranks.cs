using System.Diagnostics;
using Pipeline.TestKit;
using Pipeline.Training.Distributed;

namespace Pipeline.Training.Tests.Distributed;

/// <summary>A running job of tests/Pipeline.Ranks: real processes under a real launcher.</summary>
internal sealed class Ranks : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private Ranks(Process launcher)
    {
        Launcher = launcher;
        (_output, _error) = (launcher.StandardOutput.ReadToEndAsync(), launcher.StandardError.ReadToEndAsync());
    }

    public Process Launcher { get; }

    public static void SkipWithoutMpi() => Assert.SkipUnless(Mpi.Availability().Remedy is null, Mpi.Availability().Remedy ?? "");

    public static Ranks Start(int ranks, IReadOnlyList<WatchedProcess> follow, params string[] arguments)
    {
        var info = MpiLaunch.On(Mpi.Availability(), ranks, threadsPerRank: 1).StartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Pipeline.Ranks.dll"), .. arguments], follow);
        info.RedirectStandardInput = info.RedirectStandardOutput = info.RedirectStandardError = true;
        return new Ranks(Process.Start(info)!);
    }

    /// <summary>What a job that succeeds prints.</summary>
    public static string Run(int ranks, params string[] arguments)
    {
        using var job = Start(ranks, [], arguments);
        var (exitCode, output, error) = job.Wait();
        return exitCode == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', arguments)} on {ranks} ranks ended with {exitCode}: {error}");
    }

    public (int ExitCode, string Output, string Error) Wait()
    {
        if (!Launcher.WaitForExit(Patience)) throw new TimeoutException("the job did not end");
        return (Launcher.ExitCode, _output.Result, _error.Result);
    }

    /// <summary>The ranks' processes, once each has said which it is.</summary>
    public static IReadOnlyList<WatchedProcess> Await(TemporaryFolder folder, int ranks)
    {
        var found = new WatchedProcess?[ranks];
        var all = SpinWait.SpinUntil(() => Enumerable.Range(0, ranks).All(rank => (found[rank] ??= Find(folder[$"rank-{rank}"])) is not null), Patience);
        return all ? found.OfType<WatchedProcess>().ToArray() : throw new TimeoutException("the ranks did not start");
    }

    public static bool AllGone(IReadOnlyList<WatchedProcess> processes, TimeSpan within) => SpinWait.SpinUntil(() => processes.All(process => !process.IsAlive), within);

    public void Dispose()
    {
        if (!Launcher.HasExited) Launcher.Kill(entireProcessTree: true);
        Launcher.Dispose();
    }

    private static WatchedProcess? Find(string path) => File.Exists(path) && int.TryParse(File.ReadAllText(path), out var id) ? WatchedProcess.Of(id) : null;
}
