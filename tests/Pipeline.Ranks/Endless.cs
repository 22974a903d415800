using System.Diagnostics;
using Pipeline.Training.Distributed;
using static TorchSharp.torch;

namespace Pipeline.Ranks;

/// <summary>Ranks that exchange for ever, each having written its process id down.</summary>
internal static class Endless
{
    private const int Unlucky = 1;
    private const int RoundOfDeath = 200;

    public static int Run(ICollective collective, string folder, Action<ICollective> atRound, bool onAll = false)
    {
        File.WriteAllText(Path.Combine(folder, $"rank-{collective.Rank}"), Environment.ProcessId.ToString());
        using var scope = NewDisposeScope();
        var values = ones(10_000);
        for (var round = 0; ; round++)
        {
            collective.SumShards(values, [values], collective.Size);
            if (round == RoundOfDeath && (onAll || collective.Rank == Unlucky)) atRound(collective);
        }
    }

    /// <summary>As a worker does: what went wrong is told, slowly, before the process ends.</summary>
    public static int TellOnRankZero(Func<int> job)
    {
        try
        {
            return job();
        }
        catch (InvalidOperationException)
        {
            Thread.Sleep(500);
            Console.Error.WriteLine("the last word of rank 0");
            return 1;
        }
    }

    public static void Kill(ICollective collective) => Process.GetCurrentProcess().Kill();

    public static void Throw(ICollective collective) => throw new InvalidOperationException("a deliberate failure");
}
