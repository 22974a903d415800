namespace Pipeline.Training.Batches;

/// <summary>The same rows with the documents in them kept apart: no place sees another document than its own, and none is trained to predict how the next one begins.</summary>
/// <param name="rows">Of documents that follow one another.</param>
/// <param name="endOfText">The token that ends each document.</param>
public sealed class SeparateDocuments(IExamples<TokenBatch> rows, int endOfText) : IExamples<TokenBatch>
{
    public long Count => rows.Count;

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var joined = rows.Read(places);
        var segments = new long[joined.Ids.Length];
        var batch = new TokenBatch(joined.Rows, joined.Columns) { Segments = segments };
        joined.Ids.CopyTo(batch.Ids, 0);
        joined.Targets.CopyTo(batch.Targets, 0);
        for (var at = 0; at < segments.Length; at++)
        {
            if (at % batch.Columns > 0)
                segments[at] = segments[at - 1] + (batch.Ids[at - 1] == endOfText ? 1 : 0);
            if (batch.Ids[at] == endOfText)
                batch.Targets[at] = TokenBatch.Ignored;
        }
        return batch;
    }
}
