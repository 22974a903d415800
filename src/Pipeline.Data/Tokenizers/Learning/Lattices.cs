namespace Pipeline.Data.Tokenizers.Learning;

/// <summary>All ways to spell all words with the pieces that remain: at each place of the text, which pieces begin. The first pieces are the single symbols, which always remain.</summary>
internal sealed class Lattices
{
    private readonly SymbolText text;
    private readonly int[] starts;
    private readonly int[] pieces;
    private readonly byte[] lengths;

    public Lattices(SymbolText text, Substrings substrings, List<Substring> best)
    {
        this.text = text;
        starts = new int[text.Symbols.Length + 1];
        foreach (var each in best)
        {
            for (var i = each.First; i <= each.Last; i++) starts[substrings.Places[i] + 1]++;
        }

        for (var at = 0; at < text.Symbols.Length; at++) starts[at + 1] = checked(starts[at + 1] + starts[at]);
        pieces = new int[starts[^1]];
        lengths = new byte[starts[^1]];
        var next = starts.ToArray();
        for (var piece = 0; piece < best.Count; piece++)
        {
            for (var i = best[piece].First; i <= best[piece].Last; i++)
            {
                var edge = next[substrings.Places[i]]++;
                (pieces[edge], lengths[edge]) = (text.Alphabet.Length + piece, (byte)best[piece].Length);
            }
        }
    }

    /// <summary>Keeps the pieces whose new number is not negative.</summary>
    public void Renumber(int[] numbers)
    {
        var (kept, edge) = (0, 0);
        for (var at = 0; at < text.Symbols.Length; at++)
        {
            for (; edge < starts[at + 1]; edge++)
            {
                if (numbers[pieces[edge]] is not (>= 0 and var number)) continue;
                (pieces[kept], lengths[kept]) = (number, lengths[edge]);
                kept++;
            }

            starts[at + 1] = kept;
        }
    }

    /// <summary>Adds to <paramref name="expected"/> how often each piece is expected in a word, given what all pieces score, times how often the word occurs.</summary>
    public void Expect(int word, double[] scores, double[] expected, Scratch scratch)
    {
        var (start, length) = (text.Start(word), text.Length(word));
        scratch.Reserve(length, starts[start + length] - starts[start]);
        // Probabilities relative to the best way to a place neither overflow nor vanish, however long the word.
        Best(start, length, scores, scratch, without: -1);
        var (best, forward, backward, weights, alone) = (scratch.Best, scratch.Forward, scratch.Backward, scratch.Weights, scratch.Alone);
        Array.Clear(forward, 1, length);
        forward[0] = 1;
        var first = starts[start];
        for (var at = 0; at < length; at++)
        {
            // A single symbol has no edge.
            var symbol = text.Symbols[start + at] - 1;
            forward[at + 1] += forward[at] * (alone[at] = Math.Exp(best[at] + scores[symbol] - best[at + 1]));
            for (var edge = starts[start + at]; edge < starts[start + at + 1]; edge++)
            {
                var end = at + lengths[edge];
                forward[end] += forward[at] * (weights[edge - first] = Math.Exp(best[at] + scores[pieces[edge]] - best[end]));
            }
        }

        backward[length] = 1;
        var scale = text.Weight(word) / forward[length];
        for (var at = length - 1; at >= 0; at--)
        {
            var symbol = text.Symbols[start + at] - 1;
            var share = forward[at] * scale;
            var sum = alone[at] * backward[at + 1];
            expected[symbol] += share * sum;
            for (var edge = starts[start + at]; edge < starts[start + at + 1]; edge++)
            {
                var after = weights[edge - first] * backward[at + lengths[edge]];
                sum += after;
                expected[pieces[edge]] += share * after;
            }

            backward[at] = sum;
        }
    }

    /// <summary>The most probable pieces of a part of the text, the last first.</summary>
    /// <param name="without">A piece that may not be the whole of it, or -1.</param>
    public void Path(int start, int length, double[] scores, Scratch scratch, int without, List<int> path)
    {
        scratch.Reserve(length, 0);
        Best(start, length, scores, scratch, without);
        path.Clear();
        for (var end = length; end > 0; end -= scratch.Size[end]) path.Add(scratch.Piece[end]);
    }

    private void Best(int start, int length, double[] scores, Scratch scratch, int without)
    {
        var best = scratch.Best;
        Array.Fill(best, double.NegativeInfinity, 1, length);
        best[0] = 0;
        for (var at = 0; at < length; at++)
        {
            Consider(at, text.Symbols[start + at] - 1, 1);
            for (var edge = starts[start + at]; edge < starts[start + at + 1]; edge++)
            {
                if (at + lengths[edge] <= length && pieces[edge] != without) Consider(at, pieces[edge], lengths[edge]);
            }
        }

        void Consider(int at, int piece, int size)
        {
            var score = best[at] + scores[piece];
            if (score <= best[at + size]) return;
            best[at + size] = score;
            (scratch.Piece[at + size], scratch.Size[at + size]) = (piece, size);
        }
    }

    /// <summary>Room to compute in, for one thread.</summary>
    internal class Scratch
    {
        public double[] Best { get; private set; } = [];
        public double[] Forward { get; private set; } = [];
        public double[] Backward { get; private set; } = [];
        public double[] Weights { get; private set; } = [];
        public double[] Alone { get; private set; } = [];
        public int[] Piece { get; private set; } = [];
        public int[] Size { get; private set; } = [];

        public void Reserve(int length, int edges)
        {
            if (Best.Length <= length)
            {
                var room = (length + 1) * 2;
                (Best, Forward, Backward, Alone) = (new double[room], new double[room], new double[room], new double[room]);
                (Piece, Size) = (new int[room], new int[room]);
            }

            if (Weights.Length < edges) Weights = new double[edges * 2];
        }
    }
}
