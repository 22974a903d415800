using Pipeline.TestKit;
using Pipeline.Training.Evaluation;

namespace Pipeline.Training.Tests;

public sealed class KneserNeyTests
{
    /// <summary>Written down from the formulas, over lists of tokens.</summary>
    static double Written(long[] training, int vocabulary, int order, long[] before, long token)
    {
        static string Key(IEnumerable<long> tokens) => string.Join(' ', tokens);
        var levels = new Dictionary<int, Dictionary<string, int>>();
        levels[order] = Enumerable.Range(0, training.Length - order + 1).GroupBy(i => Key(training.Skip(i).Take(order))).ToDictionary(g => g.Key, g => g.Count());
        for (var n = order - 1; n >= 1; n--)
            levels[n] = levels[n + 1].Keys.GroupBy(k => Key(k.Split(' ').Skip(1).Select(long.Parse))).ToDictionary(g => g.Key, g => g.Count());
        return Of(Math.Min(order, before.Length + 1));

        double Of(int n)
        {
            if (n == 0)
                return 1.0 / vocabulary;
            var context = Key(before.TakeLast(n - 1));
            var follow = levels[n].Where(e => Key(e.Key.Split(' ').SkipLast(1).Select(long.Parse)) == context).ToDictionary(e => e.Key.Split(' ')[^1], e => e.Value);
            if (follow.Count == 0)
                return Of(n - 1);
            double[] of = [0, .. Enumerable.Range(1, 4).Select(c => (double)levels[n].Values.Count(v => v == c))];
            var y = of[1] / (of[1] + 2 * of[2]);
            double Discount(int c) => c == 0 ? 0 : of.Skip(1).Any(o => o == 0) ? 0.5 : c switch { 1 => 1 - 2 * y * of[2] / of[1], 2 => 2 - 3 * y * of[3] / of[2], _ => 3 - 4 * y * of[4] / of[3] };
            var count = follow.GetValueOrDefault($"{token}");
            return ((count - Discount(count)) / follow.Values.Sum()) + (follow.Values.Sum(Discount) / follow.Values.Sum() * Of(n - 1));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Probabilities_are_those_of_the_formulas_and_sum_to_one(int order)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder, 600);
        var ids = new long[600];
        tokens.Read(0, ids);
        var model = new KneserNey(tokens, Small.Vocabulary, order);
        foreach (var before in new long[][] { [], [3], [.. ids[100..104]], [.. ids[200..203], 49], [49, 48, 47, 46] })
        {
            UInt128 seen = 0;
            foreach (var id in before)
                seen = (seen << 6) | (UInt128)(ulong)id;
            double sum = 0;
            for (var token = 0; token < Small.Vocabulary; token++)
            {
                var probability = model.Probability(seen, Math.Min(before.Length, order - 1), token);
                sum += probability;
                if (token % 7 == 3 || token == ids[104])
                    Assert.Equal(Written(ids, Small.Vocabulary, order, before, token), probability, 12);
            }
            Assert.Equal(1, sum, 12);
        }
    }

    [Fact]
    public void A_text_is_measured_token_by_token_and_longer_memory_helps_where_there_is_something_to_remember()
    {
        using var folder = new TemporaryFolder();
        using var training = Small.Tokens(folder, 20_000);
        using var test = Small.Tokens(folder, 700, seed: 2);
        var ids = new long[700];
        test.Read(0, ids);
        var model = new KneserNey(training, Small.Vocabulary, 3);
        UInt128 seen = (UInt128)(ulong)ids[0];
        double nats = 0;
        for (var i = 1; i < ids.Length; i++)
        {
            nats -= Math.Log(model.Probability(seen, Math.Min(i, 2), ids[i]));
            seen = (seen << 6) | (UInt128)(ulong)ids[i];
        }
        var quality = model.Measure(test, utf8Bytes: 1400);
        Assert.Equal(nats / 699, quality.Loss, 12);
        Assert.Equal(699, quality.Tokens);
        Assert.Equal(nats / Math.Log(2) / 1400, quality.BitsPerByte, 12);
        Assert.True(new KneserNey(training, Small.Vocabulary, 2).Measure(test, 1400).Loss < UnigramBaseline.Of(training, test, Small.Vocabulary, 1400).Loss - 1);
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(11, 50)]
    [InlineData(5, 1 << 26)]
    public void What_cannot_be_counted_is_refused(int order, int vocabulary)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        Assert.Contains($"order {order} over {vocabulary} tokens", Assert.Throws<ArgumentException>(() => new KneserNey(tokens, vocabulary, order)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_without_variety_still_has_probabilities()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["same"], new byte[200]);
        using var same = new Batches.TokenFile(folder["same"], 0, 100, 2, Small.Vocabulary);
        var quality = new KneserNey(same, Small.Vocabulary, 5).Measure(same, 100);
        Assert.InRange(quality.Loss, 0, 0.1);
    }
}
