namespace Pipeline.Training.Batches;

/// <summary>Examples padded on the right into one batch. Its width is the longest row's, rounded up to a multiple of 32, so that few shapes occur.</summary>
static class ExampleRows
{
    const int Step = 32;

    /// <summary>Refuses rows that no training could use, naming the first few of each kind.</summary>
    public static void Check(IReadOnlyList<Example> examples, int vocabulary, int context, string what)
    {
        if (examples.Count == 0)
            throw new InvalidDataException($"There are no {what} to train on.");
        var errors = new List<string>();
        for (var i = 0; i < examples.Count && errors.Count < 5; i++)
        {
            if (Fault(examples[i], vocabulary, context) is { } fault)
                errors.Add($"{what} {i}: {fault}");
        }
        if (errors.Count > 0)
            throw new InvalidDataException(string.Join(Environment.NewLine, errors));
    }

    public static TokenBatch Pad(IReadOnlyList<Example> rows, int context)
    {
        // The last id of a row is only ever a target.
        var longest = rows.Max(row => row.Ids.Length) - 1;
        var batch = new TokenBatch(rows.Count, Math.Min(context, (longest + Step - 1) / Step * Step));
        Array.Fill(batch.Targets, TokenBatch.Ignored);
        for (var r = 0; r < rows.Count; r++)
        {
            var ids = rows[r].Ids.Span;
            var trained = rows[r].Trained.Span;
            for (var c = 0; c + 1 < ids.Length; c++)
            {
                batch.Ids[r * batch.Columns + c] = ids[c];
                if (trained[c + 1])
                    batch.Targets[r * batch.Columns + c] = ids[c + 1];
            }
        }
        return batch;
    }

    static string? Fault(Example example, int vocabulary, int context)
    {
        var ids = example.Ids.Span;
        if (example.Trained.Length != ids.Length)
            return $"{ids.Length} ids but {example.Trained.Length} mask values.";
        if (ids.Length > context + 1)
            return $"{ids.Length} tokens; the model's context of {context} takes at most {context + 1}. Shorten or drop it.";
        if (ids.Length < 2 || !example.Trained.Span[1..].Contains(true))
            return "no token of it would be trained. Drop it, or mark its response.";
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)vocabulary)
                return $"token id {id} is outside the model's vocabulary of {vocabulary}.";
        }
        return null;
    }
}
