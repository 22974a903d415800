namespace Pipeline.Training.Batches;

/// <summary>
/// Several sets of examples as one, each with its share. An epoch has a fixed number of slots, dealt out by weight; the trainer shuffles them. A slot of a set is the next of that
/// set's own shuffled epochs, so a set is seen whole before it is seen again, and which example stands where is a pure function of (seed, place).
/// </summary>
public sealed class Mixture : IExamples<TokenBatch>
{
    /// <summary>Of an epoch: shares are exact to one in so many.</summary>
    public const int Slots = 1024;

    readonly (IExamples<TokenBatch> Examples, DataOrder Order, int First, int Slots)[] parts;

    /// <param name="sets">What to mix.</param>
    /// <param name="weights">Of each; only their ratios count.</param>
    /// <param name="seed">Decides the order within each set.</param>
    public Mixture(IReadOnlyList<IExamples<TokenBatch>> sets, IReadOnlyList<double> weights, long seed)
    {
        var shares = Shares(weights);
        parts = new (IExamples<TokenBatch>, DataOrder, int, int)[sets.Count];
        for (int i = 0, first = 0; i < parts.Length; first += shares[i++])
            parts[i] = (sets[i], new DataOrder((long)Mix.Of(seed, i), sets[i].Count), first, shares[i]);
    }

    public long Count => Slots;

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var rows = new TokenBatch[places.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            var (epoch, slot) = places[row];
            var part = Array.FindLast(parts, candidate => candidate.First <= slot && candidate.Slots > 0);
            rows[row] = part.Examples.Read([part.Order.At(epoch * part.Slots + slot - part.First)]);
        }
        return TokenBatch.Join(rows);
    }

    /// <summary>Slots of each, the largest remainders rounded up.</summary>
    public static int[] Shares(IReadOnlyList<double> weights)
    {
        var sum = weights.Sum();
        if (weights.Count == 0 || weights.Any(weight => weight is not (> 0 and < double.PositiveInfinity)) || !double.IsFinite(sum))
            throw new ArgumentException($"The weights of a mixture are {string.Join(", ", weights)}, but must each be above 0.");
        double[] exact = [.. weights.Select(weight => weight / sum * Slots)];
        int[] shares = [.. exact.Select(share => (int)share)];
        foreach (var i in Enumerable.Range(0, shares.Length).OrderByDescending(i => exact[i] - shares[i]).ThenBy(i => i).Take(Slots - shares.Sum()))
            shares[i]++;
        return Array.IndexOf(shares, 0) is >= 0 and var none ? throw new ArgumentException($"The weight {weights[none]} of {sum} is less than one in {Slots}: raise it, or leave that set out.") : shares;
    }
}
