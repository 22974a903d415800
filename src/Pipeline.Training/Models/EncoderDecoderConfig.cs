namespace Pipeline.Training.Models;

/// <summary>A transformer with an encoder for the source and a decoder that looks at it by cross-attention (Vaswani et al. 2017): pre-LayerNorm, learned positions, tanh-GELU,
/// one token embedding for source, target and output.</summary>
/// <param name="Context">Most tokens that the decoder reads.</param>
/// <param name="Layers">Of the decoder.</param>
public sealed record EncoderDecoderConfig(int Vocabulary, int Context, int Layers, int Heads, int Width) : ModelConfig(Vocabulary, Context)
{
    public int EncoderLayers { get; init; } = Layers;

    /// <summary>Most tokens that the encoder reads.</summary>
    public int SourceContext { get; init; } = Context;

    /// <summary>On embeddings, attention weights and residual branches, in training only, wherever no dropout of its own is set.</summary>
    public double Dropout { get; init; }

    public double? EmbeddingDropout { get; init; }

    public double? AttentionDropout { get; init; }

    public double? ResidualDropout { get; init; }

    public override string Architecture => "encoder-decoder";

    public override BatchParts Reads => BatchParts.Source;

    /// <summary>The mean over the tokens of a full row, source and target.</summary>
    public override double TrainingFlopsPerToken
    {
        get
        {
            double width = Width, source = SourceContext, target = Context;
            var encoder = source * EncoderLayers * ((6 * 12 * width * width) + (12 * width * source));
            var decoder = target * Layers * ((6 * 14 * width * width) + (12 * width * (target + source))) + source * Layers * 6 * 2 * width * width;
            return (encoder + decoder + target * 6 * Vocabulary * width) / (source + target);
        }
    }

    public override IReadOnlyList<ParameterLayout> Layout()
    {
        var layout = new List<ParameterLayout>
        {
            new("wte.weight", [PaddedVocabulary, Width], Initial.Normal(0.02), VocabularyRows: true),
            new("encoder.wpe.weight", [SourceContext, Width], Initial.Normal(0.02)) { Lookup = true },
            new("decoder.wpe.weight", [Context, Width], Initial.Normal(0.02)) { Lookup = true },
        };
        for (var layer = 0; layer < EncoderLayers; layer++)
            TransformerScript.Block(layout, $"encoder.h.{layer}", Width, EncoderLayers, cross: false);
        TransformerScript.Norm(layout, "encoder.ln_f", Width);
        for (var layer = 0; layer < Layers; layer++)
            TransformerScript.Block(layout, $"decoder.h.{layer}", Width, Layers, cross: true);
        TransformerScript.Norm(layout, "decoder.ln_f", Width);
        return layout;
    }

    internal DropoutShares Dropouts => new(Dropout, EmbeddingDropout, AttentionDropout, ResidualDropout);

    internal override int Segments => EncoderLayers + 2 + Layers;

    internal override IReadOnlyList<AttentionSite> Attention => [.. AttentionSite.Encoder(EncoderLayers), .. AttentionSite.Decoder(Layers).SelectMany(self => new[] { self, new AttentionSite("source", self.Layer, OnSource: true) })];

    internal override string Script() => TransformerScript.Blocks(Heads, Width, Dropouts) + $$"""

        def decoder_block(x: Tensor, memory: Tensor, w: List[Tensor], layer: int, mask: Tensor, present: Tensor, training: bool) -> Tensor:
            at = {{5 + (TransformerScript.EncoderTensors * EncoderLayers)}} + {{TransformerScript.DecoderTensors}} * layer
            x = x + attend_self(norm(x, w, at), w, at + 2, None, True, training)
            x = x + attend_source(norm(x, w, at + 6), memory, w, at + 8, mask, present, training)
            return x + feed_forward(norm(x, w, at + 14), w, at + 16, training)

        def last_norm(x: Tensor, w: List[Tensor]) -> Tensor:
            return norm(x, w, {{5 + (TransformerScript.EncoderTensors * EncoderLayers) + (TransformerScript.DecoderTensors * Layers)}})

        def hidden(w: List[Tensor], inputs: List[Tensor], training: bool) -> Tensor:
            memory, mask, present = encode(inputs, w, 1, 3, {{EncoderLayers}}, training)
            x = embed(inputs[0], w, 2, training)
            for layer in range({{Layers}}):
                x = decoder_block(x, memory, w, layer, mask, present, training)
            return last_norm(x, w)

        def segment(w: List[Tensor], inputs: List[Tensor], kept: List[Tensor], i: int, training: bool) -> Tensor:
            if i <= {{EncoderLayers}}:
                return encoder_segment(inputs, w, kept, i, 1, 3, {{EncoderLayers}}, training)
            if i == {{EncoderLayers + 1}}:
                return embed(inputs[0], w, 2, training)
            ids, mask, present = source(inputs)
            x = decoder_block(kept[i - 1], kept[{{EncoderLayers}}], w, i - {{EncoderLayers + 2}}, mask, present, training)
            return last_norm(x, w) if i == {{EncoderLayers + 1 + Layers}} else x

        def project(w: List[Tensor], x: Tensor, padding: Tensor) -> Tensor:
            return torch.linear(x, w[0], padding)
        """;

    protected override IEnumerable<ModelFault> OwnFaults()
    {
        foreach (var fault in BelowOne(("layers", Layers), ("encoder_layers", EncoderLayers), ("heads", Heads), ("width", Width), ("source_context", SourceContext)).Concat(NoShares(Dropout, EmbeddingDropout, AttentionDropout, ResidualDropout)))
            yield return fault;
        foreach (var fault in NoWholeHeads(Width, Heads))
            yield return fault;
    }
}
