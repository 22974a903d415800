namespace Pipeline.Training.Batches;

/// <summary>Windows side by side over a whole token file for a decoder, each with the tokens before it as the source: as in <see cref="FixedWindows"/>, every token but the first is predicted exactly once.</summary>
/// <param name="tokens">What to measure on.</param>
/// <param name="context">Of source and window together, cut as <see cref="SourceWindows"/> cuts it.</param>
/// <param name="most">With more windows than this, as many spread evenly over the file; always the same ones.</param>
public sealed class PrecededWindows(TokenFile tokens, int context, long most = long.MaxValue) : IExamples<TokenBatch>
{
    readonly int source = SourceWindows.SourceOf(context);
    readonly FixedWindows windows = new(tokens, context - SourceWindows.SourceOf(context), most);

    public long Count => windows.Count;

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var given = windows.Read(places);
        var batch = new TokenBatch(given.Rows, given.Columns) { Source = new long[given.Rows * source] };
        given.Ids.CopyTo(batch.Ids, 0);
        given.Targets.CopyTo(batch.Targets, 0);
        for (var row = 0; row < places.Length; row++)
        {
            var start = windows.Start(places[row]);
            var there = (int)Math.Min(start, source);
            var its = batch.Source.AsSpan(row * source, source);
            tokens.Read(start - there, its[..there]);
            its[there..].Fill(-1);
        }
        return batch;
    }
}
