namespace Pipeline.Data.Mixing;

/// <summary>What a domain has and what it is asked for.</summary>
/// <param name="Size">In the unit of the budget: documents, bytes, words or tokens.</param>
/// <param name="Asked">Its share by weight and temperature.</param>
/// <param name="Target">How much is taken, in the unit.</param>
/// <param name="Limited">It is taken as often as allowed, and for that the shares or the whole are not what was asked for.</param>
public sealed record DomainPlan(string Domain, long Size, double Asked, double Target, bool Limited)
{
    /// <summary>How often its text is taken: 1.5 is all of it once and a half again.</summary>
    public double Epochs => Size == 0 ? 0 : Target / Size;
}

/// <summary>How much of each domain enters a mixture.</summary>
public static class MixPlan
{
    private const double Rounding = 1e-9;

    /// <param name="domains">Name, size and weight; a null weight is the size.</param>
    /// <param name="temperature">Shares are weights to the power of its inverse: above 1 evens them out.</param>
    /// <param name="budget">Of the whole; null takes as much as no domain's limit forbids, up to all of it once.</param>
    /// <param name="mostEpochs">How often a domain's text may be repeated.</param>
    public static IReadOnlyList<DomainPlan> Of(IReadOnlyList<(string Domain, long Size, double? Weight)> domains, double temperature, long? budget, double mostEpochs)
    {
        double[] powers = [.. domains.Select(d => d.Size == 0 ? 0 : Math.Pow(d.Weight ?? d.Size, 1 / temperature))];
        var sum = powers.Sum();
        double[] asked = [.. powers.Select(p => sum > 0 ? p / sum : 0)];
        double[] most = [.. domains.Select(d => d.Size * mostEpochs)];
        var targets = new double[domains.Count];
        var limited = new bool[domains.Count];
        var left = budget ?? domains.Sum(d => (double)d.Size);
        // What limited domains cannot give goes to the others in proportion, until nobody new is limited.
        for (var again = true; again;)
        {
            again = false;
            var open = Enumerable.Range(0, domains.Count).Where(i => !limited[i]).Sum(i => asked[i]);
            var rest = left - Enumerable.Range(0, domains.Count).Where(i => limited[i]).Sum(i => most[i]);
            for (var i = 0; i < domains.Count; i++)
            {
                if (!limited[i]) targets[i] = open > 0 ? rest * asked[i] / open : 0;
            }

            for (var i = 0; i < domains.Count; i++)
            {
                if (limited[i] || targets[i] <= most[i] * (1 + Rounding)) continue;
                (limited[i], targets[i], again) = (true, most[i], true);
            }
        }

        // What comes to all that there is just so is as spent as the others.
        if (limited.Contains(true))
            for (var i = 0; i < domains.Count; i++) limited[i] |= asked[i] > 0 && targets[i] >= most[i] * (1 - Rounding);
        return [.. domains.Select((d, i) => new DomainPlan(d.Domain, d.Size, asked[i], targets[i], limited[i]))];
    }
}
