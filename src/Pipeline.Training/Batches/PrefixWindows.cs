namespace Pipeline.Training.Batches;

/// <summary>Windows of which a leading part, of random length, is seen from both sides and the rest is predicted from it (Raffel et al. 2020, "prefix LM").</summary>
public sealed class PrefixWindows(IExamples<TokenBatch> windows, long seed) : IExamples<TokenBatch>
{
    public long Count => windows.Count;

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var given = windows.Read(places);
        var batch = new TokenBatch(given.Rows, given.Columns) { Prefix = new long[given.Rows] };
        given.Ids.CopyTo(batch.Ids, 0);
        given.Targets.CopyTo(batch.Targets, 0);
        var lengths = RowLengths.Of(given);
        for (var row = 0; row < places.Length; row++)
        {
            // The prefix's last token predicts the first one after it, so at least one token is trained.
            var prefix = 1 + new MixedNumbers(seed, places[row]).Below(lengths[row]);
            batch.Prefix[row] = prefix;
            batch.Targets.AsSpan(row * batch.Columns, prefix - 1).Fill(TokenBatch.Ignored);
        }
        return batch;
    }
}
