namespace Pipeline.Training.Batches;

static class RowLengths
{
    /// <summary>How many tokens of each row of a batch of windows are text: the rest has no targets.</summary>
    public static int[] Of(TokenBatch windows)
    {
        var lengths = new int[windows.Rows];
        for (var row = 0; row < lengths.Length; row++)
        {
            var end = windows.Targets.AsSpan(row * windows.Columns, windows.Columns).IndexOf(TokenBatch.Ignored);
            lengths[row] = end < 0 ? windows.Columns : end;
        }
        return lengths;
    }
}
