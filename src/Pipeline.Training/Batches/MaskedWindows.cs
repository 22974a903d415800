using System.Runtime.InteropServices;

namespace Pipeline.Training.Batches;

/// <summary>Windows with tokens to be guessed from both sides (Devlin et al. 2019): of those chosen 80 % are replaced by the mask token, 10 % by a random one, 10 % are left as they are.</summary>
public sealed class MaskedWindows : IExamples<TokenBatch>
{
    readonly IExamples<TokenBatch> windows;
    readonly TokenSpecials specials;
    readonly double share;
    readonly long seed, mask;

    /// <param name="windows">The text; their last tokens are not read.</param>
    /// <param name="specials">With a mask token. With <see cref="TokenSpecials.SameWord"/> all tokens of a word are chosen or none.</param>
    /// <param name="share">Of a row's tokens, rounded; at least one.</param>
    /// <param name="seed">Decides what is chosen, another choice every epoch.</param>
    public MaskedWindows(IExamples<TokenBatch> windows, TokenSpecials specials, long seed, double share = 0.15)
    {
        if (share is not (> 0 and < 1))
            throw new ArgumentException($"The share of masked tokens is {share}, but must be above 0 and below 1.");
        mask = specials.Mask ?? throw new ArgumentException("This tokenizer has no mask token. Train it with <mask> or [MASK] among its special tokens.");
        if (specials.Special.Count >= specials.Vocabulary)
            throw new ArgumentException($"All {specials.Vocabulary} tokens of this vocabulary are special ones: there is nothing to mask.");
        (this.windows, this.specials, this.share, this.seed) = (windows, specials, share, seed);
    }

    public long Count => windows.Count;

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var given = windows.Read(places);
        var width = given.Columns;
        var lengths = RowLengths.Of(given);
        var batch = new TokenBatch(given.Rows, width) { Segments = lengths.Any(length => length < width) ? new long[given.Ids.Length] : null };
        given.Ids.CopyTo(batch.Ids, 0);
        Array.Fill(batch.Targets, TokenBatch.Ignored);
        for (var row = 0; row < places.Length; row++)
        {
            var random = new MixedNumbers(seed, places[row]);
            var ids = batch.Ids.AsSpan(row * width, lengths[row]);
            var targets = batch.Targets.AsSpan(row * width, lengths[row]);
            foreach (var at in Chosen(ids, ref random))
            {
                targets[at] = ids[at];
                var draw = random.Unit();
                if (draw < 0.8)
                    ids[at] = mask;
                else if (draw < 0.9)
                    ids[at] = Ordinary(ref random);
            }
            // Padding is a document of its own: nothing looks at it.
            batch.Segments?.AsSpan(row * width, width)[lengths[row]..].Fill(1);
        }
        return batch;
    }

    List<int> Chosen(ReadOnlySpan<long> ids, ref MixedNumbers random)
    {
        var words = new List<(int Start, int End)>();
        for (var at = 0; at < ids.Length; at++)
        {
            if (specials.Special.Contains(ids[at]))
                continue;
            if (specials.SameWord is { } same && words.Count > 0 && words[^1].End == at && same(ids[at - 1], ids[at]))
                words[^1] = (words[^1].Start, at + 1);
            else
                words.Add((at, at + 1));
        }
        random.Shuffle(CollectionsMarshal.AsSpan(words));
        var wanted = Math.Max(1, (int)Math.Round(share * ids.Length, MidpointRounding.AwayFromZero));
        var chosen = new List<int>(wanted);
        foreach (var (start, end) in words)
        {
            // A word too long for what is left is passed over, but for the first.
            if (chosen.Count > 0 && chosen.Count + end - start > wanted)
                continue;
            chosen.AddRange(Enumerable.Range(start, end - start));
            if (chosen.Count >= wanted)
                break;
        }
        return chosen;
    }

    long Ordinary(ref MixedNumbers random)
    {
        long id;
        do
            id = random.Below(specials.Vocabulary);
        while (specials.Special.Contains(id));
        return id;
    }
}
