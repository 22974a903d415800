using Pipeline.Training.Distributed;
using static TorchSharp.torch;

namespace Pipeline.Ranks;

/// <summary>Sums of small whole numbers are exact, so every rank can say what each must be.</summary>
internal static class Sums
{
    public static int Check(ICollective collective)
    {
        using var scope = NewDisposeScope();
        var ranks = collective.Size * (collective.Size + 1) / 2;
        // Below, at and above the size of one exchange, and fewer elements than ranks.
        foreach (var count in new[] { 0, 1, 3, 1000, (1 << 20) - 1, (1 << 20) + 5 })
        {
            foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
            {
                var pattern = arange(count, type).remainder(1000);
                var values = pattern * (collective.Rank + 1);
                collective.SumShards(values, [values], collective.Size);
                Expect(values.equal(pattern * ranks).all().item<bool>(), $"the sum of {count} {type}");
            }
        }

        double[] doubles = [collective.Rank, 1, 0.5];
        collective.AllReduceSum(doubles);
        Expect(doubles.SequenceEqual([ranks - collective.Size, collective.Size, 0.5 * collective.Size]), "the sum of doubles");

        for (var root = 0; root < collective.Size; root++)
        {
            foreach (var type in new[] { ScalarType.Int64, ScalarType.BFloat16, ScalarType.Bool })
            {
                var value = full(3_000_001, collective.Rank == root ? 1 : 0, type);
                collective.Broadcast(value, root);
                Expect(value.equal(ones_like(value)).all().item<bool>(), $"the broadcast of {type} from rank {root}");
            }
        }

        collective.Barrier();
        if (collective.Rank == 0) Console.WriteLine($"sums are exact on {collective.Size} ranks");
        return 0;
    }

    private static void Expect(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what + " is wrong");
    }
}
