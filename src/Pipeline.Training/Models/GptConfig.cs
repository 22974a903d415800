namespace Pipeline.Training.Models;

/// <summary>A GPT-2 style decoder: learned positions unless others are chosen, pre-LayerNorm, tanh-GELU, output layer tied to the token embedding. Parameters are named as Hugging Face's
/// GPT-2 names them.</summary>
public sealed record GptConfig(int Vocabulary, int Context, int Layers, int Heads, int Width) : ModelConfig(Vocabulary, Context)
{
    public Positions Positions { get; init; }

    public double RopeTheta { get; init; } = LlamaConfig.DefaultTheta;

    /// <summary>On embeddings, attention weights and both residual branches, in training only, wherever no dropout of its own is set.</summary>
    public double Dropout { get; init; }

    public double? EmbeddingDropout { get; init; }

    public double? AttentionDropout { get; init; }

    public double? ResidualDropout { get; init; }

    public override string Architecture => "gpt";

    public override BatchParts Reads => BatchParts.Segments | BatchParts.Prefix;

    /// <summary>6N + 12·L·H·Q·T for one token, forward and backward; N without position embeddings (PaLM, appendix B).</summary>
    public override double TrainingFlopsPerToken => 6.0 * (ParameterCount - (Positions == Positions.Learned ? (long)Context * Width : 0)) + 12.0 * Layers * Width * Context;

    internal override CacheShape? Cache => Heads > 0 ? new(Layers, Heads, Width / Heads) : null;

    /// <summary>Initialised as nanoGPT does: N(0, 0.02), residual projections N(0, 0.02 / sqrt(2 · layers)), biases 0, norms 1.</summary>
    public override IReadOnlyList<ParameterLayout> Layout()
    {
        long width = Width;
        var layout = new List<ParameterLayout> { new("transformer.wte.weight", [PaddedVocabulary, width], Initial.Normal(0.02), VocabularyRows: true) };
        if (Positions == Positions.Learned)
            layout.Add(new("transformer.wpe.weight", [Context, width], Initial.Normal(0.02)) { Lookup = true });
        for (var layer = 0; layer < Layers; layer++)
        {
            Normalisation($"transformer.h.{layer}.ln_1");
            Linear($"transformer.h.{layer}.attn.c_attn", width, 3 * width, 0.02);
            Linear($"transformer.h.{layer}.attn.c_proj", width, width, 0.02 / Math.Sqrt(2 * Layers));
            Normalisation($"transformer.h.{layer}.ln_2");
            Linear($"transformer.h.{layer}.mlp.c_fc", width, 4 * width, 0.02);
            Linear($"transformer.h.{layer}.mlp.c_proj", 4 * width, width, 0.02 / Math.Sqrt(2 * Layers));
        }
        Normalisation("transformer.ln_f");
        return layout;

        void Linear(string name, long inputs, long outputs, double deviation) =>
            layout.AddRange([new(name + ".weight", [outputs, inputs], Initial.Normal(deviation)), new(name + ".bias", [outputs], Initial.Zero)]);
        void Normalisation(string name) => layout.AddRange([new(name + ".weight", [width], Initial.One), new(name + ".bias", [width], Initial.Zero)]);
    }

    internal override int Segments => 1 + Layers;

    internal override IReadOnlyList<AttentionSite> Attention => [.. AttentionSite.Decoder(Layers)];

    internal override string Script() => GptScript.Of(this);

    protected override IEnumerable<ModelFault> OwnFaults()
    {
        foreach (var fault in BelowOne(("layers", Layers), ("heads", Heads), ("width", Width)).Concat(NoShares(Dropout, EmbeddingDropout, AttentionDropout, ResidualDropout)))
            yield return fault;
        foreach (var fault in NoWholeHeads(Width, Heads))
            yield return fault;
        if (Heads >= 1)
        {
            foreach (var fault in DecoderScript.Faults(Positions, Width / Heads, RopeTheta, scaling: null))
                yield return fault;
        }
    }
}
