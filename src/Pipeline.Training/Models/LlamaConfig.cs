namespace Pipeline.Training.Models;

/// <summary>A Llama style decoder: RMSNorm, SwiGLU, RoPE, and keys and values of fewer heads than queries; with a window Mistral's, with attention biases Qwen 2's. Parameters are named as
/// Hugging Face's Llama names them.</summary>
public sealed record LlamaConfig(int Vocabulary, int Context, int Layers, int Heads, int Width) : ModelConfig(Vocabulary, Context)
{
    /// <summary>Of keys and values, a divisor of the heads: fewer than them is grouped-query attention, 1 multi-query attention.</summary>
    public int KeyValueHeads { get; init; } = Heads;

    public int HeadWidth { get; init; } = Heads > 0 ? Width / Heads : 0;

    /// <summary>Width of the feed-forward layer: by default 8/3 of <see cref="Width"/>, rounded up to a multiple of 64.</summary>
    public int Hidden { get; init; } = (int)((8L * Width + 191) / 192 * 64);

    /// <summary><see cref="Positions.Rope"/> or <see cref="Positions.Alibi"/>.</summary>
    public Positions Positions { get; init; } = Positions.Rope;

    public double RopeTheta { get; init; } = DefaultTheta;

    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Added to the mean square under RMSNorm's root.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Whether queries, keys and values have biases.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Whether the output layer is the token embedding.</summary>
    public bool Tied { get; init; } = true;

    /// <summary>How many tokens a place sees, itself included; null: all before it.</summary>
    public int? Window { get; init; }

    /// <summary>On embeddings, attention weights and both residual branches, in training only, wherever no dropout of its own is set.</summary>
    public double Dropout { get; init; }

    public double? EmbeddingDropout { get; init; }

    public double? AttentionDropout { get; init; }

    public double? ResidualDropout { get; init; }

    public override string Architecture => "llama";

    public override BatchParts Reads => BatchParts.Segments | BatchParts.Prefix;

    /// <summary>6N + 12·L·H·Q·T for one token, forward and backward; T at most the window, N without an embedding that only looks up (PaLM, appendix B).</summary>
    public override double TrainingFlopsPerToken =>
        6.0 * (ParameterCount - (Tied ? 0 : (long)Vocabulary * Width)) + 12.0 * Layers * Heads * HeadWidth * Math.Min(Context, Window ?? Context);

    internal const double DefaultTheta = 10_000;

    internal override CacheShape? Cache => new(Layers, KeyValueHeads, HeadWidth);

    /// <summary>Initialised as nanoGPT does: N(0, 0.02), residual projections N(0, 0.02 / sqrt(2 · layers)), biases 0, norms 1.</summary>
    public override IReadOnlyList<ParameterLayout> Layout()
    {
        long width = Width;
        var residual = 0.02 / Math.Sqrt(2 * Layers);
        var layout = new List<ParameterLayout> { new("model.embed_tokens.weight", [PaddedVocabulary, width], Initial.Normal(0.02), VocabularyRows: true) };
        for (var layer = 0; layer < Layers; layer++)
        {
            var name = $"model.layers.{layer}.";
            Norm(name + "input_layernorm");
            Linear(name + "self_attn.q_proj", width, Heads * HeadWidth, 0.02, AttentionBias);
            Linear(name + "self_attn.k_proj", width, KeyValueHeads * HeadWidth, 0.02, AttentionBias);
            Linear(name + "self_attn.v_proj", width, KeyValueHeads * HeadWidth, 0.02, AttentionBias);
            Linear(name + "self_attn.o_proj", Heads * HeadWidth, width, residual, bias: false);
            Norm(name + "post_attention_layernorm");
            Linear(name + "mlp.gate_proj", width, Hidden, 0.02, bias: false);
            Linear(name + "mlp.up_proj", width, Hidden, 0.02, bias: false);
            Linear(name + "mlp.down_proj", Hidden, width, residual, bias: false);
        }
        Norm("model.norm");
        if (!Tied)
            layout.Add(new("lm_head.weight", [PaddedVocabulary, width], Initial.Normal(0.02), VocabularyRows: true));
        return layout;

        void Norm(string name) => layout.Add(new(name + ".weight", [width], Initial.One));
        void Linear(string name, long inputs, long outputs, double deviation, bool bias)
        {
            layout.Add(new(name + ".weight", [outputs, inputs], Initial.Normal(deviation)));
            if (bias)
                layout.Add(new(name + ".bias", [outputs], Initial.Zero));
        }
    }

    internal override int Segments => 1 + Layers;

    internal override IReadOnlyList<AttentionSite> Attention => [.. AttentionSite.Decoder(Layers)];

    internal override string Script() => LlamaScript.Of(this);

    protected override IEnumerable<ModelFault> OwnFaults()
    {
        var sizes = BelowOne(("layers", Layers), ("heads", Heads), ("width", Width), ("key_value_heads", KeyValueHeads), ("head_width", HeadWidth), ("hidden", Hidden), ("window", Window ?? 1));
        var shares = NoShares(Dropout, EmbeddingDropout, AttentionDropout, ResidualDropout);
        foreach (var fault in sizes.Concat(shares).Concat(DecoderScript.Faults(Positions, HeadWidth, RopeTheta, RopeScaling)))
            yield return fault;
        if (KeyValueHeads >= 1 && Heads % KeyValueHeads != 0)
            yield return new("key_value_heads", $"{Heads} heads cannot share {KeyValueHeads} key-value heads; choose a divisor of {Heads}");
        if (NormEpsilon is not (>= 0 and < 1))
            yield return new("norm_epsilon", $"the norm's epsilon is {NormEpsilon}, but must be at least 0 and below 1");
        if (Positions == Positions.Learned)
            yield return new("positions", "learned positions are not this family's; choose RoPE or ALiBi, or the gpt architecture");
    }
}
