namespace Pipeline.Training.Batches;

/// <summary>Windows of <c>context</c> tokens side by side over a token file, each with the tokens that follow. Every epoch starts them at another place, so that over epochs a token is seen with any amount of context.</summary>
public sealed class TokenWindows : IExamples<TokenBatch>
{
    readonly TokenFile tokens;
    readonly int context;
    readonly long seed;
    readonly bool shifts;

    public TokenWindows(TokenFile tokens, int context, long seed)
    {
        this.tokens = tokens;
        this.context = context;
        this.seed = seed;
        var windows = (tokens.Count - 1) / context;
        if (windows < 1)
            throw new InvalidDataException($"{tokens.Count} tokens are too few for one window of {context} tokens and its last target. Give it more text or a shorter context.");
        // One window fewer leaves room to start anywhere within the first one.
        shifts = windows >= 2;
        Count = shifts ? windows - 1 : windows;
    }

    public long Count { get; }

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var batch = new TokenBatch(places.Length, context);
        for (var row = 0; row < places.Length; row++)
        {
            var shift = shifts ? (long)(Mix.Of(seed, places[row].Epoch) % (ulong)context) : 0;
            var start = shift + places[row].Example * context;
            tokens.Read(start, batch.Ids.AsSpan(row * context, context));
            tokens.Read(start + 1, batch.Targets.AsSpan(row * context, context));
        }
        return batch;
    }
}
