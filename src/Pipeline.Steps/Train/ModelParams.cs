using System.ComponentModel;
using Pipeline.Engine.Authoring;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Train;

public enum ScalingType
{
    Linear,
    Llama3,
}

public sealed record RopeScalingParams
{
    [Description("linear divides all angles by the factor; llama3 only those that turn slowly.")]
    public ScalingType Type { get; init; } = ScalingType.Linear;

    [Description("How many times longer rows become readable.")]
    [Engine.Authoring.Range(1, 1_000_000)]
    public double Factor { get; init; } = 1;

    [Description("llama3: angles that turn at most so often within the original context are divided; null: 1.")]
    [Engine.Authoring.Range(1e-6, 1_000_000)]
    public double? LowFrequency { get; init; }

    [Description("llama3: angles that turn at least so often within the original context stay; null: 4.")]
    [Engine.Authoring.Range(1e-6, 1_000_000)]
    public double? HighFrequency { get; init; }

    [Description("llama3: the context that the model was first trained with; null: 8192.")]
    [Engine.Authoring.Range(1, 1_048_576)]
    public int? OriginalContext { get; init; }

    internal RopeScaling Scaling => Type == ScalingType.Linear ? new LinearRopeScaling(Factor) : new Llama3RopeScaling(Factor, LowFrequency ?? 1, HighFrequency ?? 4, OriginalContext ?? 8192);

    internal IEnumerable<string> Unread => Type == ScalingType.Llama3 ? [] : [.. new[]
    {
        (LowFrequency is not null, "low_frequency"), (HighFrequency is not null, "high_frequency"), (OriginalContext is not null, "original_context"),
    }.Where(option => option.Item1).Select(option => option.Item2)];
}

/// <summary>A model's family and shape. What a family does not read is null where nothing is said, and refused where something is.</summary>
public sealed record ModelParams
{
    [Description("gpt: GPT-2's decoder, with LayerNorm and GELU. llama: Llama's, with RMSNorm and SwiGLU; with a window Mistral's, with attention biases Qwen 2's. lstm, gru: recurrent models. encoder-decoder: a transformer with cross-attention. hybrid: a transformer encoder and a recurrent decoder with attention over it. bert: an encoder that sees both sides, for `objective: { name: masked }`.")]
    [Choices("gpt", "llama", "lstm", "gru", "encoder-decoder", "hybrid", "bert")]
    [ChoiceElsewhere("gpt", "gpt2", "gpt-2", "nanogpt")]
    [ChoiceElsewhere("llama", "mistral", "qwen2")]
    [ChoiceElsewhere("encoder-decoder", "t5", "bart")]
    public string Architecture { get; init; } = "gpt";

    [Description("Blocks, or recurrent layers; where there is an encoder, those of the decoder.")]
    [Engine.Authoring.Range(1, 1000)]
    [KnownElsewhereAs("n_layer", "n_layers", "num_layers", "num_hidden_layers", "depth")]
    public int Layers { get; init; } = 4;

    [Description("Attention heads per block; a divisor of `width`, unless `head_width` is set. Not read by lstm and gru. Null: 4.")]
    [Engine.Authoring.Range(1, 1000)]
    [KnownElsewhereAs("n_head", "n_heads", "num_heads", "num_attention_heads")]
    public int? Heads { get; init; }

    [Description("Size of the residual stream.")]
    [Engine.Authoring.Range(1, 65536)]
    [KnownElsewhereAs("n_embd", "d_model", "dim", "hidden_size", "embedding_size")]
    public int Width { get; init; } = 128;

    [Description("Most tokens that a prediction can see. Where there is an encoder, it reads the first half of a window of so many tokens, and the decoder the second.")]
    [Engine.Authoring.Range(2, 1_048_576)]
    [KnownElsewhereAs("block_size", "seq_len", "max_seq_len", "sequence_len", "sequence_length", "max_length", "n_positions", "max_position_embeddings")]
    public int Context { get; init; } = 128;

    [Description("Dropout of embeddings, attention and residual branches, wherever none of its own is set.")]
    [Engine.Authoring.Range(0, 0.99)]
    public double Dropout { get; init; }

    [Description("Dropout of embeddings; null: `dropout`.")]
    [Engine.Authoring.Range(0, 0.99)]
    public double? EmbeddingDropout { get; init; }

    [Description("Dropout of attention weights; null: `dropout`. Not read by lstm and gru.")]
    [Engine.Authoring.Range(0, 0.99)]
    public double? AttentionDropout { get; init; }

    [Description("Dropout of residual branches; of recurrent layers, of what each gives; null: `dropout`.")]
    [Engine.Authoring.Range(0, 0.99)]
    public double? ResidualDropout { get; init; }

    [Description("gpt, llama: how a token's place is known: learned (gpt alone), rope or alibi; null: learned for gpt, rope for llama. Other transformers learn it, recurrent models need none.")]
    public Positions? Positions { get; init; }

    [Description("rope: the base of its angles; null: 10,000.")]
    [Engine.Authoring.Range(1e-6, 1e12)]
    public double? RopeTheta { get; init; }

    [Description("llama with rope: reads longer rows than it was first trained on.")]
    public RopeScalingParams? RopeScaling { get; init; }

    [Description("llama: heads of keys and values, a divisor of `heads`: fewer is grouped-query attention, 1 multi-query attention; null: as many as `heads`.")]
    [Engine.Authoring.Range(1, 1000)]
    [KnownElsewhereAs("n_kv_heads", "num_kv_heads", "num_key_value_heads")]
    public int? KeyValueHeads { get; init; }

    [Description("llama: width of a head; null: `width` / `heads`.")]
    [Engine.Authoring.Range(1, 65536)]
    public int? HeadWidth { get; init; }

    [Description("llama, bert: width of the feed-forward layer; null: for llama 8/3 of `width`, rounded up to a multiple of 64, for bert 4 times `width`.")]
    [Engine.Authoring.Range(1, 1_048_576)]
    [KnownElsewhereAs("intermediate_size", "n_inner", "d_ff")]
    public int? Hidden { get; init; }

    [Description("llama: how many tokens a place sees, itself included; null: all before it.")]
    [Engine.Authoring.Range(1, 1_048_576)]
    [KnownElsewhereAs("sliding_window")]
    public int? Window { get; init; }

    [Description("llama, bert: added to the mean square (llama) or variance (bert) under the norms' root; null: 1e-5 for llama, 1e-12 for bert.")]
    [Engine.Authoring.Range(0, 0.1)]
    public double? NormEpsilon { get; init; }

    [Description("llama: whether queries, keys and values have biases; null: false.")]
    public bool? AttentionBias { get; init; }

    [Description("llama, lstm, gru: whether the output layer is the token embedding, as that of the others always is; null: true.")]
    public bool? Tied { get; init; }

    [Description("encoder-decoder, hybrid: blocks of the encoder; null: as many as `layers`.")]
    [Engine.Authoring.Range(1, 1000)]
    public int? EncoderLayers { get; init; }

    [Description("hybrid: the decoder's recurrent layers, lstm or gru; null: lstm.")]
    public RecurrentKind? Decoder { get; init; }

    [Description("lstm, gru, and hybrid in its decoder: one dropout mask for all places of a row instead of one for each; null: false.")]
    public bool? Variational { get; init; }

    private const string ByRope = "is read with positions rope alone: leave it out, or choose rope";

    internal int HeadsOrDefault => Heads ?? 4;

    internal ModelConfig Config(int vocabulary) => Architecture switch
    {
        "gpt" => Gpt(vocabulary),
        "llama" => Llama(vocabulary),
        _ => ModelFamilies.Of(this, vocabulary),
    };

    /// <summary>What is set and not read, and why the shape cannot be built.</summary>
    internal IEnumerable<(string Option, string Message)> Problems()
    {
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (option, message) in Unread())
        {
            said.Add(option.Split('.')[0]);
            yield return ("model." + option, message);
        }

        if (Architecture == "llama" && Positions == Training.Models.Positions.Learned && said.Add("positions")) yield return ("model.positions", "learned positions are gpt's: choose rope or alibi, or the gpt architecture");
        if (HeadWidth is null && Architecture is not ("lstm" or "gru") && Width % HeadsOrDefault != 0)
        {
            said.UnionWith(["heads", "head_width"]);
            yield return ("model.heads", $"{HeadsOrDefault}{(Heads is null ? " (the default)" : "")} does not divide the width of {Width}: choose a divisor");
        }

        // What is not read where it is set leads to faults of positions that nobody chose.
        if (said.Contains("rope_theta") || said.Contains("rope_scaling")) said.Add("positions");
        foreach (var fault in Config(vocabulary: 1).Faults.Where(fault => !said.Contains(fault.Part))) yield return ("model." + (fault.Part == "head_width" && HeadWidth is null ? "heads" : fault.Part), fault.Message);
    }

    private IEnumerable<(string Option, string Message)> Unread()
    {
        foreach (var (_, name, readers) in ModelFamilies.Readers(this).Where(option => option.Value is not null && !option.Readers.Contains(Architecture)))
            yield return (name, $"is not read by {Architecture}, only by {string.Join(", ", readers)}: leave it out, or choose another architecture");
        if (Architecture is not ("gpt" or "llama")) yield break;

        if ((Positions ?? (Architecture == "llama" ? Training.Models.Positions.Rope : Training.Models.Positions.Learned)) != Training.Models.Positions.Rope)
        {
            if (RopeTheta is not null) yield return ("rope_theta", ByRope);
            if (RopeScaling is not null && Architecture == "llama") yield return ("rope_scaling", ByRope);
        }

        foreach (var option in RopeScaling?.Unread ?? []) yield return ("rope_scaling." + option, "is not read by type linear, only by llama3: leave it out, or choose llama3");
    }

    private GptConfig Gpt(int vocabulary)
    {
        var plain = new GptConfig(vocabulary, Context, Layers, HeadsOrDefault, Width);
        return plain with
        {
            Positions = Positions ?? plain.Positions,
            RopeTheta = RopeTheta ?? plain.RopeTheta,
            Dropout = Dropout,
            EmbeddingDropout = EmbeddingDropout,
            AttentionDropout = AttentionDropout,
            ResidualDropout = ResidualDropout,
        };
    }

    private LlamaConfig Llama(int vocabulary)
    {
        var plain = new LlamaConfig(vocabulary, Context, Layers, HeadsOrDefault, Width);
        return plain with
        {
            Positions = Positions ?? plain.Positions,
            RopeTheta = RopeTheta ?? plain.RopeTheta,
            RopeScaling = RopeScaling?.Scaling,
            KeyValueHeads = KeyValueHeads ?? plain.KeyValueHeads,
            HeadWidth = HeadWidth ?? plain.HeadWidth,
            Hidden = Hidden ?? plain.Hidden,
            Window = Window,
            NormEpsilon = NormEpsilon ?? plain.NormEpsilon,
            AttentionBias = AttentionBias ?? plain.AttentionBias,
            Tied = Tied ?? plain.Tied,
            Dropout = Dropout,
            EmbeddingDropout = EmbeddingDropout,
            AttentionDropout = AttentionDropout,
            ResidualDropout = ResidualDropout,
        };
    }
}
