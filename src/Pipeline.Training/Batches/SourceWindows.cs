namespace Pipeline.Training.Batches;

/// <summary>Windows cut in two: an encoder reads the first half, a decoder the second, and so together as many tokens as a decoder alone reads of the window.</summary>
public sealed class SourceWindows(IExamples<TokenBatch> windows) : IExamples<TokenBatch>
{
    public long Count => windows.Count;

    /// <summary>How many tokens of a window are the source.</summary>
    public static int SourceOf(int context) => context / 2;

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var given = windows.Read(places);
        var source = SourceOf(given.Columns);
        var batch = new TokenBatch(given.Rows, given.Columns - source) { Source = new long[given.Rows * source] };
        for (var row = 0; row < given.Rows; row++)
        {
            var at = row * given.Columns;
            given.Ids.AsSpan(at, source).CopyTo(batch.Source.AsSpan(row * source, source));
            given.Ids.AsSpan(at + source, batch.Columns).CopyTo(batch.Ids.AsSpan(row * batch.Columns, batch.Columns));
            given.Targets.AsSpan(at + source, batch.Columns).CopyTo(batch.Targets.AsSpan(row * batch.Columns, batch.Columns));
        }
        return batch;
    }
}
