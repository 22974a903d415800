using System.Numerics;
using System.Runtime.InteropServices;
using Pipeline.Training.Batches;

namespace Pipeline.Training.Evaluation;

/// <summary>Counts of token sequences with interpolated modified Kneser-Ney smoothing (Chen and Goodman 1998): what can be had of a text without learning anything.</summary>
/// <remarks>The whole training part is one stream. Sequences of the full order are counted as they occur, shorter ones by how many different tokens they follow.</remarks>
public sealed class KneserNey
{
    readonly int bits;
    readonly int vocabulary;
    readonly Level[] levels;

    /// <param name="order">Tokens of the longest sequence, the predicted one included: 5 looks at four tokens before it.</param>
    /// <exception cref="ArgumentException">The order is not from 1 to 10, or sequences of it do not fit into 128 bits.</exception>
    public KneserNey(TokenFile training, int vocabulary, int order)
    {
        bits = Math.Max(1, BitOperations.Log2((uint)Math.Max(1, vocabulary - 1)) + 1);
        if (order is < 1 or > 10 || order * bits > 128)
            throw new ArgumentException($"An n-gram model of order {order} over {vocabulary} tokens cannot be counted: the order is from 1 to {Math.Min(10, 128 / bits)} for that vocabulary.");
        this.vocabulary = vocabulary;
        var counts = Count(training, order);
        levels = new Level[order];
        levels[order - 1] = new(counts, bits);
        for (var n = order - 1; n >= 1; n--)
        {
            var followed = new Dictionary<UInt128, int>();
            foreach (var sequence in counts.Keys)
                CollectionsMarshal.GetValueRefOrAddDefault(followed, sequence & Mask(n), out _)++;
            levels[n - 1] = new(counts = followed, bits);
        }
    }

    public int Order => levels.Length;

    /// <summary>Measured on every token of <paramref name="test"/> but its first, as <see cref="LanguageModelQuality"/> is.</summary>
    public LanguageModelQuality Measure(TokenFile test, long utf8Bytes)
    {
        UInt128 seen = 0;
        double nats = 0;
        Each(test, (token, before) =>
        {
            if (before > 0)
                nats -= Math.Log(Probability(seen, (int)Math.Min(before, Order - 1), token));
            seen = (seen << bits) | (UInt128)(ulong)token;
        });
        return LanguageModelQuality.Of(nats, test.Count - 1, utf8Bytes);
    }

    /// <summary>Of a token after the last <paramref name="length"/> tokens of <paramref name="seen"/>, the latest in the lowest bits.</summary>
    internal double Probability(UInt128 seen, int length, long token)
    {
        var probability = 1.0 / vocabulary;
        for (var n = 1; n <= length + 1; n++)
        {
            var context = seen & Mask(n - 1);
            // What was never seen was never seen after something longer.
            if (!levels[n - 1].Contexts.TryGetValue(context, out var follows))
                break;
            probability = levels[n - 1].Interpolate(context, follows, token, probability);
        }
        return probability;
    }

    UInt128 Mask(int tokens) => tokens * bits >= 128 ? UInt128.MaxValue : (UInt128.One << (tokens * bits)) - 1;

    Dictionary<UInt128, int> Count(TokenFile tokens, int order)
    {
        var counts = new Dictionary<UInt128, int>();
        UInt128 seen = 0;
        Each(tokens, (token, before) =>
        {
            seen = ((seen << bits) | (UInt128)(ulong)token) & Mask(order);
            if (before + 1 >= order)
                CollectionsMarshal.GetValueRefOrAddDefault(counts, seen, out _)++;
        });
        return counts;
    }

    static void Each(TokenFile tokens, Action<long, long> with)
    {
        var buffer = new long[1 << 14];
        for (long at = 0; at < tokens.Count; at += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tokens.Count - at));
            tokens.Read(at, part);
            for (var i = 0; i < part.Length; i++)
                with(part[i], at + i);
        }
    }

    /// <summary>How often tokens follow a context, and how many of them once, twice, and more often.</summary>
    record struct Follows(long Total, int Once, int Twice, int Often);

    /// <summary>The sequences of one length.</summary>
    sealed class Level
    {
        readonly Dictionary<UInt128, int> counts;
        readonly int bits;
        readonly double[] discounts;

        public Level(Dictionary<UInt128, int> counts, int bits)
        {
            this.counts = counts;
            this.bits = bits;
            var of = new long[5];
            foreach (var (sequence, count) in counts)
            {
                ref var follows = ref CollectionsMarshal.GetValueRefOrAddDefault(Contexts, sequence >> bits, out _);
                follows = new(follows.Total + count, follows.Once + (count == 1 ? 1 : 0), follows.Twice + (count == 2 ? 1 : 0), follows.Often + (count > 2 ? 1 : 0));
                if (count < of.Length)
                    of[count]++;
            }
            discounts = Discounts(of);
        }

        public Dictionary<UInt128, Follows> Contexts { get; } = [];

        public double Interpolate(UInt128 context, Follows follows, long token, double shorter)
        {
            var count = counts.GetValueOrDefault((context << bits) | (UInt128)(ulong)token);
            var left = (discounts[1] * follows.Once) + (discounts[2] * follows.Twice) + (discounts[3] * follows.Often);
            return (Math.Max(0, count - discounts[Math.Min(count, 3)]) + (left * shorter)) / follows.Total;
        }

        /// <summary>What is taken from sequences that occur once, twice, and more often, from how many occur once to four times. Where a text is so small or so regular that those are not all there, half of a count.</summary>
        static double[] Discounts(long[] of)
        {
            if (of[1] == 0 || of[2] == 0 || of[3] == 0 || of[4] == 0)
                return [0, 0.5, 0.5, 0.5];
            var share = of[1] / (of[1] + (2.0 * of[2]));
            var discounts = new double[4];
            for (var count = 1; count <= 3; count++)
                discounts[count] = Math.Clamp(count - ((count + 1) * share * of[count + 1] / of[count]), 0, count);
            return discounts;
        }
    }
}
