namespace Pipeline.Training.Models;

public enum RecurrentKind
{
    /// <summary>Hochreiter and Schmidhuber 1997, with forget gates.</summary>
    Lstm,

    /// <summary>Cho et al. 2014, the reset gate applied after the matrix product as cuDNN does.</summary>
    Gru,
}

/// <summary>An LSTM or GRU language model: embeddings as wide as the layers, each row begun from a state of zeros. Layers are named and laid out as PyTorch's.</summary>
public sealed record RecurrentConfig(int Vocabulary, int Context, RecurrentKind Kind, int Layers, int Width) : ModelConfig(Vocabulary, Context)
{
    /// <summary>On embeddings and on what each layer gives to the next and to the output, in training only; the recurrence itself is left whole (Zaremba et al. 2014).</summary>
    public double Dropout { get; init; }

    /// <summary>On embeddings; null: as elsewhere.</summary>
    public double? EmbeddingDropout { get; init; }

    /// <summary>On what each layer gives; null: as elsewhere.</summary>
    public double? ResidualDropout { get; init; }

    /// <summary>One dropout mask for all places of a row instead of one for each (Gal and Ghahramani 2016).</summary>
    public bool Variational { get; init; }

    /// <summary>Whether the embedding is the output layer too (Press and Wolf 2017).</summary>
    public bool Tied { get; init; } = true;

    public override string Architecture => RecurrentScript.Name(Kind);

    /// <summary>6 for each weight that a token is multiplied with.</summary>
    public override double TrainingFlopsPerToken => 6.0 * (ParameterCount - (Tied ? 0 : (long)Vocabulary * Width));

    public override IReadOnlyList<ParameterLayout> Layout()
    {
        var layout = new List<ParameterLayout> { new("embedding.weight", [PaddedVocabulary, Width], Initial.Normal(RecurrentScript.EmbeddingDeviation), VocabularyRows: true) };
        layout.AddRange(RecurrentScript.Layout("rnn", Kind, Layers, Width));
        if (!Tied)
            layout.Add(new("output.weight", [PaddedVocabulary, Width], Initial.Normal(RecurrentScript.EmbeddingDeviation), VocabularyRows: true));
        return layout;
    }

    internal DropoutShares Dropouts => new(Dropout, EmbeddingDropout, attention: null, ResidualDropout);

    internal override int Segments => 1 + Layers;

    internal override string Script() => RecurrentScript.Of(Kind, Layers, Width, Dropouts, Variational) + $$"""

        def hidden(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor:
            return recur(drop_embedding(torch.embedding(w[0], inputs[0]), training), w, 1, training)

        def segment(w: List[Tensor], inputs: List[Tensor], kept: List[Tensor], i: int, training: bool) -> Tensor:
            return drop_embedding(torch.embedding(w[0], inputs[0]), training) if i == 0 else layer(kept[i - 1], w, 1 + 4 * (i - 1), training)

        def project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor:
            return torch.linear(x, w[{{(Tied ? 0 : 1 + (4 * Layers))}}], padding)
        """;

    protected override IEnumerable<ModelFault> OwnFaults()
    {
        foreach (var fault in BelowOne(("layers", Layers), ("width", Width)).Concat(NoShares(Dropout, EmbeddingDropout, attention: null, ResidualDropout)))
            yield return fault;
        if (Variational && Dropouts is { Embedding: 0, Residual: 0 })
            yield return new("variational", "variational dropout is asked for, but dropout is 0; raise it, or leave variational out");
    }
}
