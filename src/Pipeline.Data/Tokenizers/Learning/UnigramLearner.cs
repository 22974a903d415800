namespace Pipeline.Data.Tokenizers.Learning;

/// <summary>Expectation maximisation over pieces, and pruning of those whose loss costs least (Kudo, arXiv:1804.10959; in the details as SentencePiece).</summary>
internal sealed class UnigramLearner
{
    private const int SubIterations = 2;

    /// <summary>A piece that is expected less often goes.</summary>
    private const double LeastExpected = 0.5;

    /// <summary>Behind the point. Processors differ in the last bits of logarithms.</summary>
    private const int ScoreDigits = 6;

    /// <summary>Sums are made in so many parts whatever the number of workers, for sums of other parts have other bits.</summary>
    private const int Parts = 8;

    private readonly SymbolText text;
    private readonly Lattices lattices;
    private readonly ParallelOptions parallel;
    private List<Piece> pieces;
    private double[] scores;

    /// <param name="Place">Of an occurrence; none for a single symbol.</param>
    private readonly record struct Piece(int Place, int Length);

    public UnigramLearner(SymbolText text, int seeds, int workers, CancellationToken cancellation)
    {
        this.text = text;
        parallel = new() { MaxDegreeOfParallelism = workers > 0 ? workers : Environment.ProcessorCount, CancellationToken = cancellation };
        var substrings = new Substrings(text, cancellation);
        var best = substrings.Best(Math.Max(0, seeds - Symbols));
        lattices = new(text, substrings, best);
        pieces = [.. Enumerable.Repeat(new Piece(-1, 1), Symbols), .. best.Select(each => new Piece(substrings.Places[each.First], each.Length))];
        var counts = new double[pieces.Count];
        for (var word = 0; word < text.Words; word++)
        {
            for (var at = text.Start(word); text.Symbols[at] != 0; at++) counts[text.Symbols[at] - 1] += text.Weight(word);
        }

        for (var i = 0; i < best.Count; i++) counts[Symbols + i] = best[i].Score;
        var sum = Math.Log(counts.Sum());
        scores = [.. counts.Select(count => Math.Log(count) - sum)];
    }

    private int Symbols => text.Alphabet.Length;

    /// <summary>The pieces and their log probabilities, the most probable first.</summary>
    public List<(string Piece, double Score)> Run(int size, double shrinkingFactor)
    {
        var wanted = (int)(size * 1.1);
        while (true)
        {
            for (var i = 0; i < SubIterations; i++) Maximise(Summed((word, expected, scratch) => lattices.Expect(word, scores, expected, scratch)));
            if (pieces.Count <= wanted) break;
            Prune(Math.Max(wanted, (int)(pieces.Count * shrinkingFactor)));
        }

        var kept = Enumerable.Range(Symbols, pieces.Count - Symbols).OrderByDescending(piece => scores[piece]).ThenBy(piece => piece).Take(size - Symbols);
        return [.. Enumerable.Range(0, Symbols).Concat(kept).OrderByDescending(piece => scores[piece]).ThenBy(piece => piece).Select(piece => (Spelled(piece), Math.Round(scores[piece], ScoreDigits)))];
    }

    private string Spelled(int piece) => piece < Symbols ? text.Alphabet[piece].ToString() : text.Spell(pieces[piece].Place, pieces[piece].Length);

    /// <summary>With a prior for few pieces, by the digamma function (Liang and Klein, ACL 2007 tutorial).</summary>
    private void Maximise(double[] expected)
    {
        for (var symbol = 0; symbol < Symbols; symbol++) expected[symbol] = Math.Max(expected[symbol], LeastExpected);
        Keep(piece => expected[piece] >= LeastExpected, expected);
        var sum = Digamma(expected[..pieces.Count].Sum());
        for (var piece = 0; piece < pieces.Count; piece++) scores[piece] = Digamma(expected[piece]) - sum;
    }

    private void Prune(int size)
    {
        var counts = Summed((word, used, scratch) =>
        {
            lattices.Path(text.Start(word), text.Length(word), scores, scratch, -1, scratch.Found);
            foreach (var piece in scratch.Found) used[piece] += text.Weight(word);
        });
        var losses = new double[pieces.Count];
        var (sum, last) = (counts.Sum(), pieces.Count);
        Parallel.For(0, Parts, parallel, part =>
        {
            var scratch = new Room();
            for (var piece = Math.Max(Symbols, From(part, last)); piece < From(part + 1, last); piece++) losses[piece] = Loss(piece, counts, sum, scratch);
        });
        var kept = Enumerable.Range(Symbols, last - Symbols).Where(piece => counts[piece] > 0).OrderByDescending(piece => losses[piece]).ThenBy(piece => piece).Take(size - Symbols).ToHashSet();
        Keep(piece => piece < Symbols || kept.Contains(piece), scores);
    }

    /// <summary>What the likelihood loses where a piece is spelled by others, as far as the counts of the most probable spellings tell.</summary>
    private double Loss(int piece, double[] counts, double sum, Room scratch)
    {
        if (counts[piece] == 0) return 0;
        lattices.Path(pieces[piece].Place, pieces[piece].Length, scores, scratch, piece, scratch.Found);
        var sumWithout = Math.Log(sum + (counts[piece] * (scratch.Found.Count - 1)));
        var without = scratch.Found.Sum(other => Math.Log(counts[other] + counts[piece]) - sumWithout);
        return counts[piece] * (Math.Log(counts[piece]) - Math.Log(sum) - without);
    }

    /// <summary>Keeps some pieces, and their values at the front of <paramref name="values"/>.</summary>
    private void Keep(Func<int, bool> stays, double[] values)
    {
        var numbers = new int[pieces.Count];
        var kept = new List<Piece>();
        for (var piece = 0; piece < numbers.Length; piece++)
        {
            numbers[piece] = stays(piece) ? kept.Count : -1;
            if (numbers[piece] < 0) continue;
            values[kept.Count] = values[piece];
            kept.Add(pieces[piece]);
        }

        if (kept.Count == pieces.Count) return;
        pieces = kept;
        lattices.Renumber(numbers);
    }

    private double[] Summed(Action<int, double[], Room> add)
    {
        var sums = new double[Parts][];
        Parallel.For(0, Parts, parallel, part =>
        {
            parallel.CancellationToken.ThrowIfCancellationRequested();
            var (counts, scratch) = (new double[pieces.Count], new Room());
            for (var word = From(part, text.Words); word < From(part + 1, text.Words); word++) add(word, counts, scratch);
            sums[part] = counts;
        });
        var total = sums[0];
        foreach (var each in sums.Skip(1))
        {
            for (var piece = 0; piece < total.Length; piece++) total[piece] += each[piece];
        }

        return total;
    }

    private static int From(int part, int count) => (int)((long)count * part / Parts);

    /// <summary>By the recurrence up to 7, from there by the asymptotic series.</summary>
    internal static double Digamma(double x)
    {
        var result = 0.0;
        for (; x < 7; x++) result -= 1 / x;
        var y = 1 / (x * x);
        return result + Math.Log(x) - (0.5 / x) - (y * ((1.0 / 12) - (y * ((1.0 / 120) - (y * ((1.0 / 252) - (y * ((1.0 / 240) - (y / 132)))))))));
    }

    private sealed class Room : Lattices.Scratch
    {
        public List<int> Found { get; } = [];
    }
}
