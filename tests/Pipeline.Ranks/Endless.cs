using System.Diagnostics;
using Pipeline.Training.Distributed;
using static TorchSharp.torch;

namespace Pipeline.Ranks;

/// <summary>Ranks that exchange for ever, each having written its process id down.</summary>
internal static class Endless
{
    private const int Unlucky = 1;
    private const int RoundOfDeath = 200;

    public static int Run(ICollective collective, string folder, Action<ICollective> atRound)
    {
        File.WriteAllText(Path.Combine(folder, $"rank-{collective.Rank}"), Environment.ProcessId.ToString());
        using var scope = NewDisposeScope();
        var values = ones(10_000);
        for (var round = 0; ; round++)
        {
            collective.AllReduceSum(values);
            if (round == RoundOfDeath && collective.Rank == Unlucky) atRound(collective);
        }
    }

    public static void Kill(ICollective collective) => Process.GetCurrentProcess().Kill();

    public static void Throw(ICollective collective) => throw new InvalidOperationException("a deliberate failure");
}
