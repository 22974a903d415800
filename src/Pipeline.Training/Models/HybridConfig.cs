namespace Pipeline.Training.Models;

/// <summary>A transformer encoder and a recurrent decoder with attention over the encoder's outputs. The decoder reads its whole row in one call, then looks at the source and
/// joins both: tanh(W [c; h]), as Luong et al. 2015 do without input feeding. A LayerNorm takes the recurrent outputs, without which tied embeddings hardly learn from their small values at first. One token embedding for source, target and output.</summary>
/// <param name="Context">Most tokens that the decoder reads.</param>
/// <param name="Layers">Of the decoder.</param>
/// <param name="Heads">Of the encoder, and of the attention over it.</param>
public sealed record HybridConfig(int Vocabulary, int Context, RecurrentKind Kind, int Layers, int Heads, int Width) : ModelConfig(Vocabulary, Context)
{
    public int EncoderLayers { get; init; } = Layers;

    /// <summary>Most tokens that the encoder reads.</summary>
    public int SourceContext { get; init; } = Context;

    /// <summary>In the encoder as in a transformer, in the decoder after each layer; in training only.</summary>
    public double Dropout { get; init; }

    public double? EmbeddingDropout { get; init; }

    public double? AttentionDropout { get; init; }

    public double? ResidualDropout { get; init; }

    /// <summary>In the decoder, one dropout mask for all places of a row.</summary>
    public bool Variational { get; init; }

    public override string Architecture => "hybrid";

    public override BatchParts Reads => BatchParts.Source;

    /// <summary>The mean over the tokens of a full row, source and target.</summary>
    public override double TrainingFlopsPerToken
    {
        get
        {
            double width = Width, source = SourceContext, target = Context, gates = Kind == RecurrentKind.Lstm ? 4 : 3;
            var encoder = source * EncoderLayers * ((6 * 12 * width * width) + (12 * width * source));
            var decoder = target * ((6 * ((Layers * 2 * gates) + 4) * width * width) + (12 * width * source)) + source * 6 * 2 * width * width;
            return (encoder + decoder + target * 6 * Vocabulary * width) / (source + target);
        }
    }

    public override IReadOnlyList<ParameterLayout> Layout()
    {
        var layout = new List<ParameterLayout>
        {
            new("wte.weight", [PaddedVocabulary, Width], Initial.Normal(RecurrentScript.EmbeddingDeviation), VocabularyRows: true),
            new("encoder.wpe.weight", [SourceContext, Width], Initial.Normal(0.02)) { Lookup = true },
        };
        for (var layer = 0; layer < EncoderLayers; layer++)
            TransformerScript.Block(layout, $"encoder.h.{layer}", Width, EncoderLayers, cross: false);
        TransformerScript.Norm(layout, "encoder.ln_f", Width);
        layout.AddRange(RecurrentScript.Layout("decoder.rnn", Kind, Layers, Width));
        TransformerScript.Norm(layout, "decoder.ln_f", Width);
        TransformerScript.Cross(layout, "decoder.cross", Width, 0.02);
        TransformerScript.Linear(layout, "decoder.join", 2L * Width, Width, 1 / Math.Sqrt(2.0 * Width));
        return layout;
    }

    internal DropoutShares Dropouts => new(Dropout, EmbeddingDropout, AttentionDropout, ResidualDropout);

    internal override int Segments => EncoderLayers + 3 + Layers;

    internal override IReadOnlyList<AttentionSite> Attention => [.. AttentionSite.Encoder(EncoderLayers), new("source", 1, OnSource: true)];

    internal override string Script()
    {
        var decoder = 4 + (TransformerScript.EncoderTensors * EncoderLayers);
        var norm = decoder + (4 * Layers);
        var cross = norm + 2;
        return TransformerScript.Blocks(Heads, Width, Dropouts) + RecurrentScript.Of(Kind, Layers, Width, Dropouts, Variational) + $$"""

            def join(h: Tensor, memory: Tensor, w: List[Tensor], mask: Tensor, present: Tensor, training: bool) -> Tensor:
                h = norm(h, w, {{norm}})
                c = attend_source(h, memory, w, {{cross}}, mask, present, training)
                return drop(torch.tanh(torch.linear(torch.cat([c, h], -1), w[{{cross + 6}}], w[{{cross + 7}}])), training)

            def hidden(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor:
                memory, mask, present = encode(inputs, w, 1, 2, {{EncoderLayers}}, training)
                h = recur(drop_embedding(torch.embedding(w[0], inputs[0]), training), w, {{decoder}}, training)
                return join(h, memory, w, mask, present, training)

            def segment(w: List[Tensor], inputs: List[Tensor], kept: List[Tensor], i: int, training: bool) -> Tensor:
                if i <= {{EncoderLayers}}:
                    return encoder_segment(inputs, w, kept, i, 1, 2, {{EncoderLayers}}, training)
                if i == {{EncoderLayers + 1}}:
                    return drop_embedding(torch.embedding(w[0], inputs[0]), training)
                if i < {{EncoderLayers + 2 + Layers}}:
                    return layer(kept[i - 1], w, {{decoder}} + 4 * (i - {{EncoderLayers + 2}}), training)
                ids, mask, present = source(inputs)
                return join(kept[i - 1], kept[{{EncoderLayers}}], w, mask, present, training)

            def project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor:
                return torch.linear(x, w[0], padding)
            """;
    }

    protected override IEnumerable<ModelFault> OwnFaults()
    {
        foreach (var fault in BelowOne(("layers", Layers), ("encoder_layers", EncoderLayers), ("heads", Heads), ("width", Width), ("source_context", SourceContext)).Concat(NoShares(Dropout, EmbeddingDropout, AttentionDropout, ResidualDropout)))
            yield return fault;
        foreach (var fault in NoWholeHeads(Width, Heads))
            yield return fault;
        if (Variational && Dropouts is { Embedding: 0, Residual: 0 })
            yield return new("variational", "variational dropout is asked for, but dropout is 0; raise it, or leave variational out");
    }
}
