using Pipeline.Training.Batches;

namespace Pipeline.Training.Sampling;

/// <summary>Chooses a token by its logits.</summary>
static class Sampler
{
    /// <param name="logits">Of the vocabulary; changed by a repetition penalty.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="before">The tokens of the sequence so far.</param>
    /// <param name="seed">Decides the draws.</param>
    /// <param name="made">How many tokens were chosen before this one.</param>
    public static int Pick(Span<float> logits, GenerationOptions options, IReadOnlyList<long> before, long seed, int made)
    {
        if (options.RepetitionPenalty != 1)
            Penalise(logits, before, options.RepetitionPenalty);
        if (options.Temperature == 0)
            return MostProbable(logits);
        var order = Descending(logits);
        var weights = new double[options.TopK == 0 ? order.Length : Math.Min(options.TopK, order.Length)];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp(((double)logits[order[i]] - logits[order[0]]) / options.Temperature);
        var kept = Kept(weights, options);
        var draw = (Mix.Of(seed, made) >> 11) * (1.0 / (1L << 53)) * Sum(weights.AsSpan(0, kept));
        for (var i = 0; i < kept - 1; i++)
        {
            if ((draw -= weights[i]) < 0)
                return order[i];
        }
        return order[kept - 1];
    }

    static void Penalise(Span<float> logits, IReadOnlyList<long> before, double penalty)
    {
        foreach (var id in before.Distinct())
        {
            ref var logit = ref logits[(int)id];
            logit = (float)(logit > 0 ? logit / penalty : logit * penalty);
        }
    }

    // The first of equals.
    static int MostProbable(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var id = 1; id < logits.Length; id++)
        {
            if (logits[id] > logits[best])
                best = id;
        }
        return best;
    }

    /// <summary>Equal logits in the order of their ids, so that nothing is left to the sort.</summary>
    static int[] Descending(ReadOnlySpan<float> logits)
    {
        var keys = new ulong[logits.Length];
        for (var id = 0; id < keys.Length; id++)
        {
            // A number's bits, made to ascend as the number descends; 0 is added so that -0 is 0.
            var bits = BitConverter.SingleToInt32Bits(logits[id] + 0f);
            var descending = bits < 0 ? (uint)bits : ~((uint)bits | 0x8000_0000);
            keys[id] = ((ulong)descending << 32) | (uint)id;
        }
        Array.Sort(keys);
        return Array.ConvertAll(keys, key => (int)(uint)key);
    }

    /// <summary>How many of the weights, which descend, top-p and min-p leave: at least one.</summary>
    static int Kept(double[] weights, GenerationOptions options)
    {
        var kept = weights.Length;
        if (options.TopP < 1)
        {
            var left = options.TopP * Sum(weights);
            for (kept = 0; kept < weights.Length && left > 0; kept++)
                left -= weights[kept];
        }
        if (options.MinP > 0)
            kept = Math.Min(kept, weights.Count(weight => weight >= options.MinP));
        return kept;
    }

    static double Sum(ReadOnlySpan<double> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights)
            sum += weight;
        return sum;
    }
}
