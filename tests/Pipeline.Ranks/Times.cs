using System.Diagnostics;
using Pipeline.Training.Distributed;
using static TorchSharp.torch;

namespace Pipeline.Ranks;

/// <summary>Milliseconds of one sum over ranks: the median of nine.</summary>
internal static class Times
{
    public static int Report(ICollective collective, int megabytes)
    {
        using var scope = NewDisposeScope();
        var values = ones(megabytes * 250_000L);
        var times = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            collective.Barrier();
            var start = Stopwatch.GetTimestamp();
            collective.SumShards(values, [values], collective.Size);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        if (collective.Rank == 0) Console.WriteLine($"{megabytes} MB over {collective.Size} ranks: {times[4]:F2} ms");
        return 0;
    }
}
