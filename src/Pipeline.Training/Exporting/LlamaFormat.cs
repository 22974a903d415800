using System.Text.Json.Nodes;
using Pipeline.Training.Models;

namespace Pipeline.Training.Exporting;

/// <summary>
/// The layouts of transformers' Llama, Mistral and Qwen 2, which name their tensors alike; so are Llama 2 and 3, TinyLlama, SmolLM and others published. What is written
/// is a Llama, with a window a Mistral, with attention biases a Qwen 2. Dropouts that these have not are written as fields that transformers passes over.
/// </summary>
public sealed class LlamaFormat : ModelFormat
{
    const string Llama = "llama", Mistral = "mistral", Qwen2 = "qwen2", Prefix = "model.", Embedding = "model.embed_tokens.weight";

    // What transformers takes for a field that is absent.
    const double DefaultEpsilon = 1e-6, DefaultTheta = 10_000;
    const int DefaultWindow = 4096, MistralKeyValueHeads = 8, QwenKeyValueHeads = 32, QwenWindowLayers = 28;

    public override string Name => "Llama";

    public override IReadOnlyList<string> ModelTypes { get; } = [Llama, Mistral, Qwen2];

    public override string? Misfit(ModelConfig config) => config switch
    {
        LlamaConfig { Positions: Positions.Rope } => null,
        LlamaConfig other => $"Llama's layout has RoPE positions, not {other.Positions}",
        _ => $"Llama's layout does not hold the {config.Architecture} family",
    };

    public override ModelConfig Read(ConfigFields fields)
    {
        var type = fields.Text("model_type");
        fields.AllowText("hidden_act", "silu", "swish");
        fields.AllowFlag("mlp_bias", false);
        fields.AllowFlag("rope_interleaved", false);
        fields.AllowFlag("add_cross_attention", false);
        fields.AllowNumber("partial_rotary_factor", 1);
        fields.AllowNothing("quantization_config", "quantised weights are not read");
        fields.AllowNothing("compression_config", "compressed weights are not read");
        // transformers' Llama has this bias at the output of attention too, which ours has not.
        if (type != Qwen2)
            fields.AllowFlag("attention_bias", false);
        var heads = fields.Whole("num_attention_heads");
        var width = fields.Whole("hidden_size");
        if (width % heads != 0 && !fields.Has("head_dim"))
            fields.Refuse("num_attention_heads", $"a divisor of hidden_size ({width}), or head_dim given");
        var (theta, scaling) = LlamaRope.Read(fields, DefaultTheta);
        var attention = fields.Share("attention_dropout", 0);
        var (embedding, residual) = (fields.Share("embd_pdrop", 0), fields.Share("resid_pdrop", 0));
        var same = attention == embedding && attention == residual;
        var config = new LlamaConfig(fields.Whole("vocab_size"), fields.Whole("max_position_embeddings"), fields.Whole("num_hidden_layers"), heads, width)
        {
            KeyValueHeads = fields.Whole("num_key_value_heads", type switch { Mistral => MistralKeyValueHeads, Qwen2 => QwenKeyValueHeads, _ => heads }),
            HeadWidth = fields.Whole("head_dim", Math.Max(1, width / heads)),
            Hidden = fields.Whole("intermediate_size"),
            RopeTheta = theta,
            RopeScaling = scaling,
            NormEpsilon = fields.Positive("rms_norm_eps", DefaultEpsilon),
            AttentionBias = type == Qwen2,
            Tied = fields.FlagOr("tie_word_embeddings", false),
            Dropout = same ? attention : 0,
            AttentionDropout = same ? null : attention,
            EmbeddingDropout = same ? null : embedding,
            ResidualDropout = same ? null : residual,
        };
        return config with { Window = Window(fields, type, config) };
    }

    public override JsonObject Write(ModelConfig config, SpecialTokens tokens, string dtype)
    {
        var model = (LlamaConfig)config;
        var type = model.AttentionBias ? Qwen2 : model.Window is null ? Llama : Mistral;
        var fields = new JsonObject
        {
            ["architectures"] = new JsonArray(type switch { Qwen2 => "Qwen2ForCausalLM", Mistral => "MistralForCausalLM", _ => "LlamaForCausalLM" }),
            ["model_type"] = type,
            ["vocab_size"] = model.Vocabulary,
            ["max_position_embeddings"] = model.Context,
            ["hidden_size"] = model.Width,
            ["intermediate_size"] = model.Hidden,
            ["num_hidden_layers"] = model.Layers,
            ["num_attention_heads"] = model.Heads,
            ["num_key_value_heads"] = model.KeyValueHeads,
            ["head_dim"] = model.HeadWidth,
            ["hidden_act"] = "silu",
            ["rms_norm_eps"] = model.NormEpsilon,
            ["rope_theta"] = model.RopeTheta,
            ["rope_scaling"] = LlamaRope.Write(model.RopeScaling),
            ["attention_bias"] = model.AttentionBias,
            ["mlp_bias"] = false,
            ["attention_dropout"] = model.AttentionDropout ?? model.Dropout,
            ["embd_pdrop"] = model.EmbeddingDropout ?? model.Dropout,
            ["resid_pdrop"] = model.ResidualDropout ?? model.Dropout,
            ["initializer_range"] = 0.02,
            ["use_cache"] = true,
            ["tie_word_embeddings"] = model.Tied,
            ["bos_token_id"] = tokens.Beginning,
            ["eos_token_id"] = tokens.End,
            ["pad_token_id"] = tokens.Padding,
            ["torch_dtype"] = dtype,
        };
        if (type != Llama)
            fields["sliding_window"] = model.Window;
        if (type == Qwen2)
            (fields["use_sliding_window"], fields["max_window_layers"]) = (model.Window is not null, model.Window is null ? model.Layers : 0);
        return fields;
    }

    public override IReadOnlyList<StoredTensor> Tensors(ModelConfig config)
    {
        var layout = config.Layout();
        IEnumerable<StoredTensor> own = layout.Select(parameter => StoredTensor.Of(parameter, config.Vocabulary));
        return ((LlamaConfig)config).Tied ? [.. own, StoredTensor.Of(layout.First(parameter => parameter.Name == Embedding), config.Vocabulary, "lm_head.weight") with { Repeats = true }] : [.. own];
    }

    // Folders of a model without its head leave the prefix out.
    public override IEnumerable<string> OtherNames(string tensor) => tensor.StartsWith(Prefix, StringComparison.Ordinal) ? [tensor[Prefix.Length..]] : [];

    // RoPE's angles, which follow from the configuration.
    public override bool Ignores(string tensor) => tensor.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    static int? Window(ConfigFields fields, string? type, LlamaConfig config)
    {
        // Llama has no window, whatever is in this field.
        int? window = type == Llama ? null
            : !fields.Json.ContainsKey("sliding_window") ? DefaultWindow
            : fields.Has("sliding_window") ? fields.Whole("sliding_window") : null;
        if (type == Qwen2)
        {
            var first = fields.Json.ContainsKey("max_window_layers") ? fields.Number("max_window_layers") : QwenWindowLayers;
            if (!fields.FlagOr("use_sliding_window", false) || first >= config.Layers)
                window = null;
            else if (first != 0)
                fields.Refuse("max_window_layers", $"0, a window in all layers, or {config.Layers}, in none");
        }
        // One that is never reached is none.
        window = window >= config.Context ? null : window;
        var layer = window is null ? "full_attention" : "sliding_attention";
        fields.Allow("layer_types", value => value is JsonArray layers && layers.All(each => ConfigFields.Text(each) == layer), $"\"{layer}\" for each layer, as the other fields say");
        return window;
    }
}
