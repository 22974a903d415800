using System.Globalization;
using Pipeline.Data.Tokenizers;

namespace Pipeline.Benchmarks;

/// <summary>How well two unigram vocabularies model text that neither saw: the log probability of each line, summed over all its segmentations, by one program that reads both.</summary>
static class UnigramLoss
{
    public static void Compare(string ours, string theirs, string held)
    {
        var mine = (UnigramModel)TokenizerReader.Read(ours);
        var own = mine.Tokens.Zip(mine.Scores).Skip(3).ToDictionary(piece => piece.First, piece => piece.Second, StringComparer.Ordinal);
        var other = File.ReadLines(theirs).Skip(3).Select(line => line.Split('\t')).ToDictionary(piece => piece[0], piece => double.Parse(piece[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        // XML's indented lines are longer than what is asked for; a thousand say enough.
        var lines = File.ReadLines(held).Where(line => line.Length > 0).Take(20_000).ToList();
        var characters = lines.Sum(line => line.Length + 1.0);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"unigram, {lines.Count:N0} held-out lines of {characters:N0} characters, nats a character: ours {Loss(own, lines, out var ourTokens) / characters:0.0000} with {own.Count:N0} pieces, SentencePiece {Loss(other, lines, out var theirTokens) / characters:0.0000} with {other.Count:N0}; characters a token (most probable segmentation) {characters / ourTokens:0.000} and {characters / theirTokens:0.000}"));
    }

    private static double Loss(Dictionary<string, double> scores, List<string> lines, out long tokens)
    {
        var unknown = scores.Values.Min() - 10;
        var longest = scores.Keys.Max(piece => piece.Length);
        var lookup = scores.GetAlternateLookup<ReadOnlySpan<char>>();
        // A vocabulary is a distribution: what its scores leave or lack is made up for.
        var whole = Math.Log(scores.Values.Sum(Math.Exp));
        var loss = 0.0;
        tokens = 0;
        foreach (var line in lines)
        {
            var text = ("▁" + line.Replace(' ', '▁')).AsSpan();
            var (sum, best, count) = (new double[text.Length + 1], new double[text.Length + 1], new int[text.Length + 1]);
            for (var end = 1; end <= text.Length; end++)
            {
                (sum[end], best[end]) = (double.NegativeInfinity, double.NegativeInfinity);
                for (var start = Math.Max(0, end - longest); start < end; start++)
                {
                    var known = lookup.TryGetValue(text[start..end], out var score);
                    if (!known && end - start > 1) continue;
                    score = known ? score - whole : unknown;
                    sum[end] = Added(sum[end], sum[start] + score);
                    if (best[start] + score > best[end]) (best[end], count[end]) = (best[start] + score, count[start] + 1);
                }
            }

            loss -= sum[^1];
            tokens += count[^1];
        }

        return loss;
    }

    private static double Added(double x, double y) => double.IsNegativeInfinity(x) ? y : Math.Max(x, y) + Math.Log(1 + Math.Exp(-Math.Abs(x - y)));
}
