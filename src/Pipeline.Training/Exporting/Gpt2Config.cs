using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Training.Models;

namespace Pipeline.Training.Exporting;

/// <summary>The <c>config.json</c> of transformers' GPT2LMHeadModel.</summary>
public static class Gpt2Config
{
    private const double LayerNormEpsilon = 1e-5;
    private const double DefaultDropout = 0.1;

    // Two names of the same tanh approximation.
    private static readonly string[] TanhGelu = ["gelu_new", "gelu_pytorch_tanh"];

    /// <param name="dtype">Of the weights, as PyTorch names it: <c>float32</c>.</param>
    public static JsonObject Of(GptConfig model, SpecialTokens tokens, string dtype) => new()
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
        ["resid_pdrop"] = model.Dropout,
        ["embd_pdrop"] = model.Dropout,
        ["attn_pdrop"] = model.Dropout,
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

    /// <summary>Understands what <see cref="Of"/> writes and the files of published GPT-2 models; anything that would compute something else is refused, all of it at once.</summary>
    /// <exception cref="InvalidDataException">Not JSON, or not a GPT-2 that can be computed here.</exception>
    public static GptConfig Read(string path)
    {
        JsonObject fields;
        try
        {
            fields = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 }) as JsonObject ?? throw new InvalidDataException($"{path}: expected a JSON object");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{path}: not well-formed JSON: {broken.Message}", broken);
        }

        var errors = new List<string>();
        Require("model_type", value => Text(value) == "gpt2", "\"gpt2\"");
        Allow("activation_function", value => TanhGelu.Contains(Text(value)), "\"gelu_new\"");
        Allow("layer_norm_epsilon", value => Number(value) == LayerNormEpsilon, "1e-05");
        Allow("scale_attn_weights", value => Flag(value) == true, "true");
        Allow("scale_attn_by_inverse_layer_idx", value => Flag(value) == false, "false");
        Allow("add_cross_attention", value => Flag(value) == false, "false");
        Allow("tie_word_embeddings", value => Flag(value) == true, "true");
        var config = new GptConfig(Whole("vocab_size"), Whole("n_positions"), Whole("n_layer"), Whole("n_head"), Whole("n_embd")) { Dropout = Number(fields["resid_pdrop"]) ?? DefaultDropout };
        Allow("n_inner", value => Number(value) == 4.0 * config.Width, "null or 4 times n_embd");
        Allow("embd_pdrop", value => Number(value) == config.Dropout, "the value of resid_pdrop");
        Allow("attn_pdrop", value => Number(value) == config.Dropout, "the value of resid_pdrop");
        if (errors.Count > 0) throw new InvalidDataException($"{path}: this is no GPT-2 that can be computed here: {string.Join("; ", errors)}");
        try
        {
            config.Check();
            return config;
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }

        void Require(string name, Predicate<JsonNode?> holds, string expected)
        {
            if (!holds(fields[name])) errors.Add($"{name} is {fields[name]?.ToJsonString() ?? "missing"}, expected {expected}");
        }

        // Absent or null means transformers' default, which is what we compute.
        void Allow(string name, Predicate<JsonNode?> holds, string expected) => Require(name, value => value is null || holds(value), expected);

        int Whole(string name)
        {
            var value = Number(fields[name]);
            if (value is >= 1 and <= int.MaxValue && Math.Floor(value.Value) == value) return (int)value;
            errors.Add($"{name} is {fields[name]?.ToJsonString() ?? "missing"}, expected a whole number from 1");
            return 1;
        }
    }

    private static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static bool? Flag(JsonNode? value) => value?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };

    private static double? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
