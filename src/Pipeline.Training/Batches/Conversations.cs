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

    public long Count => examples.Count;

    public TokenBatch Read(ReadOnlySpan<Place> places)
    {
        var rows = new Example[places.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = examples[(int)places[i].Example];
        return ExampleRows.Pad(rows, context);
    }
}
