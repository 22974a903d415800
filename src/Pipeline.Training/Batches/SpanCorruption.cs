namespace Pipeline.Training.Batches;

/// <summary>Windows with spans cut out of what the encoder reads, each marked by a sentinel; the decoder writes the spans, each after its sentinel, and a last sentinel (Raffel et al. 2020).
/// The first sentinel never varies, so the decoder begins with it. Unlike T5's own, spans may be anywhere: there the last one always ends the row.</summary>
public sealed class SpanCorruption : IExamples<TokenBatch>
{
    readonly IExamples<TokenBatch> windows;
    readonly IReadOnlyList<long> sentinels;
    readonly double density, meanSpan;
    readonly long seed;

    /// <param name="windows">The text; their last tokens are not read.</param>
    /// <param name="context">Of the windows.</param>
    /// <param name="specials">With sentinels, one more than a window has spans.</param>
    /// <param name="seed">Decides the spans, others every epoch.</param>
    /// <param name="density">Share of the tokens that is cut out.</param>
    /// <param name="meanSpan">Mean length of the spans, in tokens.</param>
    public SpanCorruption(IExamples<TokenBatch> windows, int context, TokenSpecials specials, long seed, double density = 0.15, double meanSpan = 3)
    {
        if (density is not (> 0 and < 1))
            throw new ArgumentException($"The density of spans is {density}, but must be above 0 and below 1.");
        if (meanSpan is not (>= 1 and < double.PositiveInfinity))
            throw new ArgumentException($"The mean span is {meanSpan} tokens, but must be at least 1.");
        (this.windows, sentinels, this.seed, this.density, this.meanSpan) = (windows, specials.Sentinels, seed, density, meanSpan);
        var (_, spans) = Shape(context, density, meanSpan);
        if (specials.Sentinels.Count < spans + 1)
        {
            throw new ArgumentException($"{context} tokens with a density of {density} and a mean span of {meanSpan} have {spans} spans and so need {spans + 1} sentinels, but the tokenizer has {specials.Sentinels.Count}. "
                + $"Train it with <extra_id_0> to <extra_id_{spans}> among its special tokens, or choose longer spans or a shorter context.");
        }
    }

    public long Count => windows.Count;

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var given = windows.Read(places);
        var lengths = RowLengths.Of(given);
        // A window of one token has nothing to cut out and is left out of the loss.
        var (noise, spans) = Shape(Math.Max(2, lengths.Max()), density, meanSpan);
        var (columns, sources) = (noise + spans, Math.Max(2, lengths.Max()) - noise + spans);
        var batch = new TokenBatch(given.Rows, columns) { Source = new long[given.Rows * sources] };
        Array.Fill(batch.Targets, TokenBatch.Ignored);
        Array.Fill(batch.Source, -1);
        for (var row = 0; row < places.Length; row++)
        {
            if (lengths[row] < 2)
                continue;
            var random = new MixedNumbers(seed, places[row]);
            Cut(given.Ids.AsSpan(row * given.Columns, lengths[row]), ref random, batch.Source.AsSpan(row * sources, sources), batch.Ids.AsSpan(row * columns, columns), batch.Targets.AsSpan(row * columns, columns));
        }
        return batch;
    }

    /// <summary>The tokens that are cut out, and in how many spans: at least one of each.</summary>
    public static (int Noise, int Spans) Shape(int length, double density, double meanSpan)
    {
        var noise = Math.Clamp((int)Math.Round(length * density, MidpointRounding.AwayFromZero), 1, length - 1);
        var spans = Math.Clamp((int)Math.Round(noise / meanSpan, MidpointRounding.AwayFromZero), 1, Math.Min(noise, length - noise));
        return (noise, spans);
    }

    void Cut(ReadOnlySpan<long> text, ref MixedNumbers random, Span<long> source, Span<long> ids, Span<long> targets)
    {
        var (noise, spans) = Shape(text.Length, density, meanSpan);
        var cut = Parts(noise, spans, ref random);
        // Between spans something stays; before the first and after the last there may be nothing.
        var kept = Parts(text.Length - noise + 2, spans + 1, ref random);
        kept[0]--;
        kept[spans]--;
        int from = 0, read = 0, written = 0;
        for (var span = 0; span < spans; span++)
        {
            text.Slice(from, kept[span]).CopyTo(source[read..]);
            from += kept[span];
            read += kept[span];
            source[read++] = sentinels[span];
            ids[written++] = sentinels[span];
            text.Slice(from, cut[span]).CopyTo(ids[written..]);
            from += cut[span];
            written += cut[span];
        }
        text[from..].CopyTo(source[read..]);
        ids[1..written].CopyTo(targets);
        targets[written - 1] = sentinels[spans];
    }

    /// <summary>Random lengths of at least one that add up.</summary>
    static int[] Parts(int total, int parts, ref MixedNumbers random)
    {
        var ends = new int[total - 1];
        for (var i = 0; i < ends.Length; i++)
            ends[i] = i + 1;
        random.Shuffle(ends.AsSpan());
        int[] cuts = [0, .. ends.Take(parts - 1).Order(), total];
        return [.. Enumerable.Range(0, parts).Select(part => cuts[part + 1] - cuts[part])];
    }
}
