namespace Pipeline.Training.Batches;

/// <summary>Two answers to one prompt. Both rows hold the whole conversation; the mask marks the answer.</summary>
public readonly record struct PreferencePair(Example Chosen, Example Rejected);

/// <summary>Preference pairs and, once computed, the reference model's log-probabilities of their answers.</summary>
public sealed class PreferencePairs : IExamples<PairBatch>
{
    readonly IReadOnlyList<PreferencePair> pairs;
    readonly IReadOnlyList<(float Chosen, float Rejected)>? reference;
    readonly int context;

    public PreferencePairs(IReadOnlyList<PreferencePair> pairs, int vocabulary, int context, IReadOnlyList<(float Chosen, float Rejected)>? reference = null)
    {
        ExampleRows.Check([.. pairs.Select(pair => pair.Chosen)], vocabulary, context, "chosen answers");
        ExampleRows.Check([.. pairs.Select(pair => pair.Rejected)], vocabulary, context, "rejected answers");
        if (reference is not null && reference.Count != pairs.Count)
            throw new ArgumentException($"{pairs.Count} pairs, but reference log-probabilities of {reference.Count}: they were computed on other pairs.");
        this.pairs = pairs;
        this.reference = reference;
        this.context = context;
    }

    public long Count => pairs.Count;

    public PairBatch Read(ReadOnlySpan<Place> places)
    {
        var count = places.Length;
        var rows = new Example[2 * count];
        var logs = reference is null ? null : new float[2 * count];
        for (var i = 0; i < count; i++)
        {
            var at = (int)places[i].Example;
            (rows[i], rows[count + i]) = (pairs[at].Chosen, pairs[at].Rejected);
            if (logs is not null)
                (logs[i], logs[count + i]) = reference![at];
        }
        return new PairBatch(ExampleRows.Pad(rows, context), count, logs);
    }

    /// <summary>Each pair once.</summary>
    public IEnumerable<Place> Places() => Enumerable.Range(0, pairs.Count).Select(pair => new Place(0, pair));

    /// <summary>Of the longer answer of a pair, with its prompt.</summary>
    public int Length(long pair) => Math.Max(pairs[(int)pair].Chosen.Ids.Length, pairs[(int)pair].Rejected.Ids.Length);

    public PreferencePairs With(IReadOnlyList<(float Chosen, float Rejected)> reference, int vocabulary) => new(pairs, vocabulary, context, reference);
}
