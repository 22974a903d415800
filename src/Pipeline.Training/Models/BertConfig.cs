namespace Pipeline.Training.Models;

/// <summary>A BERT encoder with its masked-token head (Devlin et al. 2019): every place sees all of its row, LayerNorm after each branch, exact GELU, learned positions, output tied to the
/// token embedding. Parameters are named as Hugging Face's BertForMaskedLM names them. Every token is of type 0.</summary>
public sealed record BertConfig(int Vocabulary, int Context, int Layers, int Heads, int Width) : ModelConfig(Vocabulary, Context)
{
    /// <summary>Width of the feed-forward layer.</summary>
    public int Intermediate { get; init; } = 4 * Width;

    public int TokenTypes { get; init; } = 2;

    /// <summary>On embeddings, attention weights and both branches, in training only, wherever no dropout of its own is set.</summary>
    public double Dropout { get; init; }

    public double? EmbeddingDropout { get; init; }

    public double? AttentionDropout { get; init; }

    public double? ResidualDropout { get; init; }

    public double NormEpsilon { get; init; } = 1e-12;

    public override string Architecture => "bert";

    public override bool Causal => false;

    public override BatchParts Reads => BatchParts.Segments;

    /// <summary>6N + 12·L·H·Q·T as for a decoder, N without positions and token types.</summary>
    public override double TrainingFlopsPerToken => 6.0 * (ParameterCount - (Context + (long)TokenTypes) * Width) + 12.0 * Layers * Width * Context;

    public override IReadOnlyList<ParameterLayout> Layout()
    {
        long width = Width;
        var layout = new List<ParameterLayout>
        {
            new("bert.embeddings.word_embeddings.weight", [PaddedVocabulary, width], Initial.Normal(0.02), VocabularyRows: true),
            new("bert.embeddings.position_embeddings.weight", [Context, width], Initial.Normal(0.02)) { Lookup = true },
            new("bert.embeddings.token_type_embeddings.weight", [TokenTypes, width], Initial.Normal(0.02)) { Lookup = true },
        };
        TransformerScript.Norm(layout, "bert.embeddings.LayerNorm", width);
        for (var layer = 0; layer < Layers; layer++)
        {
            var name = $"bert.encoder.layer.{layer}.";
            foreach (var part in new[] { "query", "key", "value" })
                TransformerScript.Linear(layout, $"{name}attention.self.{part}", width, width, 0.02);
            TransformerScript.Linear(layout, name + "attention.output.dense", width, width, 0.02);
            TransformerScript.Norm(layout, name + "attention.output.LayerNorm", width);
            TransformerScript.Linear(layout, name + "intermediate.dense", width, Intermediate, 0.02);
            TransformerScript.Linear(layout, name + "output.dense", Intermediate, width, 0.02);
            TransformerScript.Norm(layout, name + "output.LayerNorm", width);
        }
        TransformerScript.Linear(layout, "cls.predictions.transform.dense", width, width, 0.02);
        TransformerScript.Norm(layout, "cls.predictions.transform.LayerNorm", width);
        layout.Add(new("cls.predictions.bias", [PaddedVocabulary], Initial.Zero, VocabularyRows: true));
        return layout;
    }

    internal DropoutShares Dropouts => new(Dropout, EmbeddingDropout, AttentionDropout, ResidualDropout);

    internal override int Segments => 1 + Layers;

    internal override IReadOnlyList<AttentionSite> Attention => [.. Enumerable.Range(1, Layers).Select(layer => new AttentionSite("encoder", layer))];

    internal override string Script() => BertScript.Of(this);

    protected override IEnumerable<ModelFault> OwnFaults()
    {
        foreach (var fault in BelowOne(("layers", Layers), ("heads", Heads), ("width", Width), ("intermediate", Intermediate), ("token_types", TokenTypes)).Concat(NoShares(Dropout, EmbeddingDropout, AttentionDropout, ResidualDropout)))
            yield return fault;
        foreach (var fault in NoWholeHeads(Width, Heads))
            yield return fault;
        if (NormEpsilon is not (> 0 and < 1))
            yield return new("norm_epsilon", $"the norms' epsilon is {NormEpsilon}, but must be above 0 and below 1");
    }
}
