using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.TestKit;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Exporting;

public sealed class LlamaFormatTests : IDisposable
{
    private static readonly SpecialTokens Tokens = new(0, 0, null);
    private static readonly long[] Prompt = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 0, 49, 7];

    private readonly TemporaryFolder folder = new();
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Variants { get; } = ["llama", "llama3", "linear", "mistral", "qwen2", "windowed qwen2", "untied"];

    private static LlamaConfig Variant(string name) => name switch
    {
        "llama3" => Small.Llama() with { RopeTheta = 500_000, RopeScaling = new Llama3RopeScaling(8, 1, 4, 8), KeyValueHeads = 2 },
        "linear" => Small.Llama(0.1) with { RopeScaling = new LinearRopeScaling(4), KeyValueHeads = 1 },
        "mistral" => Small.Llama() with { Window = 5, KeyValueHeads = 2, HeadWidth = 6, NormEpsilon = 1e-6 },
        "qwen2" => Small.Llama() with { AttentionBias = true, Hidden = 48 },
        "windowed qwen2" => Small.Llama() with { AttentionBias = true, Window = 4, AttentionDropout = 0.1, EmbeddingDropout = 0, ResidualDropout = 0.2 },
        "untied" => Small.Llama() with { Tied = false },
        _ => Small.Llama(),
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Exported_and_imported_again_it_gives_the_same_logits_bit_for_bit(string variant)
    {
        using var model = Small.Rough(Variant(variant));
        ModelFolder.Write(folder.Path, model, Tokens);
        using var again = ModelFolder.Read(folder.Path);

        Assert.Equal(model.Config, again.Config);
        Assert.Equal(Logits(model).bytes.ToArray(), Logits(again).bytes.ToArray());
        Assert.Equal(variant.Split(' ')[^1] is "mistral" or "qwen2" ? variant.Split(' ')[^1] : "llama", (string)Config()["model_type"]!);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_forward_pass_in_NumPy_reads_the_export_and_gives_our_logits(string variant)
    {
        Assert.SkipUnless(Python.Has("numpy"), "no python3 with NumPy on this machine");
        using var model = Small.Rough(Variant(variant));
        ModelFolder.Write(folder.Path, model, Tokens, mostBytes: 20_000);
        var script = Path.Combine(Checkout.Root, "tests", "Pipeline.Training.Tests", "Exporting", "llama_reference.py");

        var theirs = Python.Run([script, folder.Path, .. Prompt.Select(id => id.ToString(CultureInfo.InvariantCulture))])
            .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();

        var ours = Logits(model).data<float>().ToArray();
        Assert.Equal(theirs.Length, ours.Length);
        // float32 against float64, logits of a few units.
        Assert.InRange(theirs.Zip(ours, (their, our) => Math.Abs(their - our)).Max(), 0, 5e-5);
    }

    [Fact]
    public void A_tied_head_may_be_stored_and_must_then_be_the_embedding()
    {
        using var model = Small.Rough(Small.Llama());
        ModelFolder.Write(folder.Path, model, Tokens);
        (string, Tensor)[] stored = [.. Safetensors.Read(folder["model.safetensors"]).Select(tensor => (tensor.Key, tensor.Value))];
        var embedding = stored.First(tensor => tensor.Item1 == "model.embed_tokens.weight").Item2;
        Safetensors.Write(folder["model.safetensors"], [.. stored, ("lm_head.weight", embedding), ("model.layers.0.self_attn.rotary_emb.inv_freq", ones(4))]);
        using var again = ModelFolder.Read(folder.Path);
        Assert.Equal(Logits(model).bytes.ToArray(), Logits(again).bytes.ToArray());

        // Of two names of one tensor, a writer may keep either.
        Safetensors.Write(folder["model.safetensors"], [.. stored.Where(tensor => tensor.Item1 != "model.embed_tokens.weight"), ("lm_head.weight", embedding)]);
        using var headed = ModelFolder.Read(folder.Path);
        Assert.Equal(Logits(model).bytes.ToArray(), Logits(headed).bytes.ToArray());

        Safetensors.Write(folder["model.safetensors"], [.. stored, ("lm_head.weight", embedding + 1)]);
        Assert.Contains("'lm_head.weight' differs from the embedding", Refused(), StringComparison.Ordinal);
        Safetensors.Write(folder["model.safetensors"], stored);
        Change("tie_word_embeddings", "false");
        Assert.Contains("1 tensor is missing of Llama as config.json describes it: lm_head.weight", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden_act", "\"gelu\"", "hidden_act is \"gelu\", expected \"silu\"")]
    [InlineData("attention_bias", "true", "attention_bias is true, expected false")]
    [InlineData("mlp_bias", "true", "mlp_bias is true, expected false")]
    [InlineData("rope_scaling", """{ "type": "dynamic", "factor": 2.0 }""", "rope_scaling.type is \"dynamic\", expected \"default\", \"linear\" or \"llama3\"")]
    [InlineData("rope_scaling", """{ "rope_type": "llama3", "factor": 8.0 }""", "rope_scaling.low_freq_factor is missing, expected a number above 0")]
    [InlineData("rope_scaling", """{ "factor": 8.0 }""", "rope_scaling.type is missing")]
    [InlineData("rope_scaling", "3", "rope_scaling is 3, expected an object")]
    [InlineData("quantization_config", """{ "quant_method": "gptq" }""", "quantised weights are not read")]
    [InlineData("partial_rotary_factor", "0.5", "partial_rotary_factor is 0.5, expected 1")]
    [InlineData("num_key_value_heads", "3", "4 heads cannot share 3 key-value heads")]
    [InlineData("num_hidden_layers", "2000000000", "too few for the model that config.json describes: num_hidden_layers is 2000000000")]
    [InlineData("vocab_size", "2147483647", "'model.embed_tokens.weight' has shape [50, 32], expected [2147483647, 32]")]
    [InlineData("hidden_size", "2147483647", "'model.embed_tokens.weight' has shape [50, 32], expected [50, 2147483647]")]
    [InlineData("layer_types", """["full_attention", "sliding_attention"]""", "expected \"full_attention\" for each layer")]
    [InlineData("tie_word_embeddings", "1", "tie_word_embeddings is 1, expected true or false")]
    [InlineData("model_type", "\"gemma\"", "model_type is \"gemma\"; models of gpt2, llama, mistral, qwen2, bert, pipelines can be read")]
    public void A_configuration_that_would_compute_something_else_is_refused(string field, string value, string expected)
    {
        using var model = Small.Rough(Small.Llama());
        ModelFolder.Write(folder.Path, model, Tokens);
        // Written as the others name it, the field is absent where it does not matter.
        Change(field, value);
        Assert.Contains(expected, Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_Hugging_Face_has_no_layout_for_is_kept_in_our_own()
    {
        using var model = Small.Rough(Small.Llama() with { Positions = Positions.Alibi });
        ModelFolder.Write(folder.Path, model, Tokens);
        using var again = ModelFolder.Read(folder.Path);

        Assert.Equal("pipelines", (string)Config()["model_type"]!);
        Assert.Equal(model.Config, again.Config);
        Assert.Equal(Logits(model).bytes.ToArray(), Logits(again).bytes.ToArray());
        var scaled = Small.Llama() with { RopeScaling = new Llama3RopeScaling(8, 1, 4, 8), Window = 3 };
        Assert.Equal(scaled, new PipelinesFormat().Read(new(JsonNode.Parse(new PipelinesFormat().Write(scaled, Tokens, "float32").ToJsonString())!.AsObject())));
    }

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    private static Tensor Logits(LanguageModel model) => model.Logits(tensor(Prompt).view(1, -1)).narrow(2, 0, Small.Vocabulary).contiguous();

    private JsonObject Config() => JsonNode.Parse(File.ReadAllText(folder["config.json"]))!.AsObject();

    private void Change(string field, string value)
    {
        var config = Config();
        config[field] = JsonNode.Parse(value);
        File.WriteAllText(folder["config.json"], config.ToJsonString());
    }

    private string Refused() => Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message;
}
