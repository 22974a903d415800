namespace Pipeline.Training.Batches;

/// <summary>Instruction examples: a loss on the tokens marked as trained, none on the prompt or on padding.</summary>
public sealed class Conversations : IExamples<TokenBatch>
{
    readonly IReadOnlyList<Example> examples;
    readonly int context;

    public Conversations(IReadOnlyList<Example> examples, int vocabulary, int context)
    {
        ExampleRows.Check(examples, vocabulary, context, "examples");
        this.examples = examples;
        this.context = context;
    }

    Conversations(Conversations other, IReadOnlyList<Example> examples)
    {
        this.examples = examples;
        context = other.context;
    }

    public long Count => examples.Count;

    /// <summary>The same examples, the shortest first: for measuring, where it saves padding.</summary>
    public Conversations ByLength() => new(this, [.. examples.OrderBy(example => example.Ids.Length)]);

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var rows = new Example[places.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = examples[(int)places[i].Example];
        return ExampleRows.Pad(rows, context);
    }
}
