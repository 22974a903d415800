using System.Text.Json.Nodes;
using Pipeline.Training.Models;

namespace Pipeline.Training.Exporting;

/// <summary>
/// The layout of transformers' GPT2LMHeadModel, as we write it and as GPT-2 and its relatives are published. Our parameters have its names, with two differences: its
/// four matrices of a block are Conv1D, [in, out] where ours are [out, in]; and its embedding has no padding rows, so that no id outside the tokenizer can be generated.
/// The output layer is tied and not stored.
/// </summary>
public sealed class Gpt2Format : ModelFormat
{
    const double LayerNormEpsilon = 1e-5;
    const double DefaultDropout = 0.1;
    const string Prefix = "transformer.";
    const string Embedding = "transformer.wte.weight";

    // Two names of the same tanh approximation.
    static readonly string[] TanhGelu = ["gelu_new", "gelu_pytorch_tanh"];

    static readonly string[] Conv1D = ["attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight"];

    // The causal mask.
    static readonly string[] Masks = [".attn.bias", ".attn.masked_bias"];

    public override string Name => "GPT-2";

    public override IReadOnlyList<string> ModelTypes { get; } = ["gpt2"];

    public override string? Misfit(ModelConfig config) => config switch
    {
        GptConfig { Positions: Positions.Learned } => null,
        GptConfig other => $"GPT-2's layout has learned positions, not {other.Positions}",
        _ => $"GPT-2's layout does not hold the {config.Architecture} family",
    };

    public override ModelConfig Read(ConfigFields fields)
    {
        fields.AllowText("activation_function", TanhGelu);
        fields.AllowNumber("layer_norm_epsilon", LayerNormEpsilon, "1e-05");
        fields.AllowFlag("scale_attn_weights", true);
        fields.AllowFlag("scale_attn_by_inverse_layer_idx", false);
        fields.AllowFlag("add_cross_attention", false);
        fields.AllowFlag("tie_word_embeddings", true);
        fields.AllowNothing("quantization_config", "quantised weights are not read");
        var (embedding, attention, residual) = (fields.Share("embd_pdrop", DefaultDropout), fields.Share("attn_pdrop", DefaultDropout), fields.Share("resid_pdrop", DefaultDropout));
        var same = attention == embedding && attention == residual;
        var config = new GptConfig(fields.Whole("vocab_size"), fields.Whole("n_positions"), fields.Whole("n_layer"), fields.Whole("n_head"), fields.Whole("n_embd"))
        {
            Dropout = same ? attention : 0,
            EmbeddingDropout = same ? null : embedding,
            AttentionDropout = same ? null : attention,
            ResidualDropout = same ? null : residual,
        };
        fields.AllowNumber("n_inner", 4.0 * config.Width, "null or 4 times n_embd");
        return config;
    }

    public override JsonObject Write(ModelConfig config, SpecialTokens tokens, string dtype)
    {
        var model = (GptConfig)config;
        return new()
        {
            ["architectures"] = new JsonArray("GPT2LMHeadModel"),
            ["model_type"] = "gpt2",
            ["vocab_size"] = model.Vocabulary,
            ["n_positions"] = model.Context,
            ["n_embd"] = model.Width,
            ["n_layer"] = model.Layers,
            ["n_head"] = model.Heads,
            ["n_inner"] = null,
            ["activation_function"] = TanhGelu[0],
            ["layer_norm_epsilon"] = LayerNormEpsilon,
            ["initializer_range"] = 0.02,
            ["resid_pdrop"] = model.ResidualDropout ?? model.Dropout,
            ["embd_pdrop"] = model.EmbeddingDropout ?? model.Dropout,
            ["attn_pdrop"] = model.AttentionDropout ?? model.Dropout,
            ["scale_attn_weights"] = true,
            ["scale_attn_by_inverse_layer_idx"] = false,
            ["reorder_and_upcast_attn"] = false,
            ["use_cache"] = true,
            ["tie_word_embeddings"] = true,
            ["bos_token_id"] = tokens.Beginning,
            ["eos_token_id"] = tokens.End,
            ["pad_token_id"] = tokens.Padding,
            ["torch_dtype"] = dtype,
        };
    }

    public override IReadOnlyList<StoredTensor> Tensors(ModelConfig config)
    {
        var layout = config.Layout();
        return
        [
            .. layout.Select(parameter => StoredTensor.Of(parameter, config.Vocabulary)).Select(tensor => Conv1D.Any(matrix => tensor.Name.EndsWith(matrix, StringComparison.Ordinal)) ? tensor.Transposed() : tensor),
            StoredTensor.Of(layout.First(parameter => parameter.Name == Embedding), config.Vocabulary, "lm_head.weight") with { Repeats = true },
        ];
    }

    // The first publications, and folders of a model without its head, leave the prefix out.
    public override IEnumerable<string> OtherNames(string tensor) => tensor.StartsWith(Prefix, StringComparison.Ordinal) ? [tensor[Prefix.Length..]] : [];

    public override bool Ignores(string tensor) => Masks.Any(mask => tensor.EndsWith(mask, StringComparison.Ordinal));
}
