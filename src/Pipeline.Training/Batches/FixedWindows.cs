namespace Pipeline.Training.Batches;

/// <summary>Windows side by side over a whole token file, in which every token but the first is predicted exactly once; the last window is padded.</summary>
public sealed class FixedWindows : IExamples<TokenBatch>
{
    readonly TokenFile tokens;
    readonly int context;
    readonly long windows;

    /// <param name="tokens">What to measure on.</param>
    /// <param name="context">Window length; a prediction sees at most this many tokens.</param>
    /// <param name="most">With more windows than this, as many spread evenly over the file; always the same ones.</param>
    public FixedWindows(TokenFile tokens, int context, long most = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        this.tokens = tokens;
        this.context = context;
        windows = (tokens.Count - 2) / context + 1;
        Count = Math.Min(windows, most);
    }

    public long Count { get; }

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var batch = new TokenBatch(places.Length, context);
        for (var row = 0; row < places.Length; row++)
        {
            var start = Start(places[row]);
            var length = (int)Math.Min(context, tokens.Count - 1 - start);
            var targets = batch.Targets.AsSpan(row * context, context);
            tokens.Read(start, batch.Ids.AsSpan(row * context, length));
            tokens.Read(start + 1, targets[..length]);
            targets[length..].Fill(TokenBatch.Ignored);
        }
        return batch;
    }

    internal long Start(Place place) => (long)((Int128)place.Example * windows / Count) * context;
}
