using System.Text.Json.Nodes;
using Pipeline.TestKit;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Exporting;

public sealed class ModelFolderTests : IDisposable
{
    private static readonly long[] Prompt = [3, 1, 4, 1, 5, 9, 2, 6, 100, 0];
    private static readonly SpecialTokens Tokens = new(Beginning: 0, End: 0, Padding: 1);

    private readonly TemporaryFolder folder = new();
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    [Fact]
    public void Exported_and_imported_again_it_gives_the_same_logits_bit_for_bit()
    {
        using var model = TinyGpt.Create();
        ModelFolder.Write(folder.Path, model, Tokens);
        using var again = ModelFolder.Read(folder.Path);

        Assert.Equal(model.Config, again.Config);
        Assert.Equal(TinyGpt.Logits(model, Prompt).contiguous().bytes.ToArray(), TinyGpt.Logits(again, Prompt).contiguous().bytes.ToArray());
    }

    [Fact]
    public void Dropouts_of_their_own_and_other_positions_are_kept()
    {
        foreach (var config in new[] { TinyGpt.Config with { AttentionDropout = 0.2, EmbeddingDropout = 0, ResidualDropout = 0.1, Dropout = 0 }, TinyGpt.Config with { Positions = Positions.Rope, RopeTheta = 500 } })
        {
            using var model = LanguageModel.Initialise(config, seed: 5);
            ModelFolder.Write(folder.Path, model, Tokens);
            using var again = ModelFolder.Read(folder.Path);
            Assert.Equal(config, again.Config);
            Assert.Equal(model.Values(), again.Values());
        }

        Assert.Contains("\"model_type\": \"pipelines\"", File.ReadAllText(folder[ModelFolder.Config]), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_files_name_what_transformers_looks_for()
    {
        using var model = TinyGpt.Create();
        ModelFolder.Write(folder.Path, model, Tokens);

        using var file = SafetensorsFile.Open(folder[ModelFolder.Weights]);
        Golden.Matches("gpt2-export.txt", $"""
            --- config.json
            {File.ReadAllText(folder[ModelFolder.Config])}
            --- generation_config.json
            {File.ReadAllText(folder[ModelFolder.Generation])}
            --- model.safetensors
            {string.Join(", ", file.Header.Metadata)}
            {string.Join('\n', file.Header.Tensors.Select(tensor => $"{tensor.Name} {tensor.Dtype} [{string.Join(", ", tensor.Shape)}]"))}

            """);
        Assert.Equal(TinyGpt.Config.ParameterCount, file.Header.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (a, b) => a * b)));
    }

    [Fact]
    public void The_layout_of_the_first_publication_is_read_too()
    {
        using var model = TinyGpt.Create();
        ModelFolder.Write(folder.Path, model, Tokens);
        var published = Safetensors.Read(folder[ModelFolder.Weights]).Select(tensor => (tensor.Key["transformer.".Length..], tensor.Value));
        Safetensors.Write(folder[ModelFolder.Weights], [.. published, ("h.0.attn.bias", ones(1, 1, 16, 16).tril()), ("h.1.attn.masked_bias", tensor(-1e4f))]);

        using var again = ModelFolder.Read(folder.Path);

        Assert.Equal(TinyGpt.Logits(model, Prompt).contiguous().bytes.ToArray(), TinyGpt.Logits(again, Prompt).contiguous().bytes.ToArray());
    }

    [Fact]
    public void Half_precision_is_exported_when_asked_for_and_nothing_else()
    {
        using var model = TinyGpt.Create();
        ModelFolder.Write(folder.Path, model, Tokens, ScalarType.BFloat16);
        using var again = ModelFolder.Read(folder.Path);
        Assert.Contains("\"torch_dtype\": \"bfloat16\"", File.ReadAllText(folder[ModelFolder.Config]), StringComparison.Ordinal);
        Assert.True(TinyGpt.Logits(model, Prompt).allclose(TinyGpt.Logits(again, Prompt), rtol: 0, atol: 0.1));
        Assert.Throws<ArgumentException>(() => ModelFolder.Write(folder.Path, model, Tokens, ScalarType.Float64));
    }

    [Fact]
    public void A_special_token_outside_the_vocabulary_is_refused()
    {
        using var model = TinyGpt.Create();
        var refused = Assert.Throws<ArgumentException>(() => ModelFolder.Write(folder.Path, model, new SpecialTokens(null, 101, null)));
        Assert.Contains("the end token has id 101, but the model's vocabulary ends at 100", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_do_not_fit_are_refused_by_name()
    {
        using var model = TinyGpt.Create();
        var tensors = Gpt2Weights();
        Assert.Contains("1 tensor is missing of GPT-2 as config.json describes it: transformer.ln_f.bias", Refused([.. tensors.Where(tensor => tensor.Name != "transformer.ln_f.bias")]), StringComparison.Ordinal);
        Assert.Contains("1 tensor is no part of it: transformer.h.2.ln_1.weight", Refused([.. tensors, ("transformer.h.2.ln_1.weight", ones(32))]), StringComparison.Ordinal);
        Assert.Contains("'transformer.wpe.weight' has shape [32, 16], expected [16, 32]", Refused([.. tensors.Select(tensor => tensor.Name == "transformer.wpe.weight" ? (tensor.Name, tensor.Value.t()) : tensor)]), StringComparison.Ordinal);
        Assert.Contains("'transformer.ln_f.bias' is of type I8, and weights of F32, BF16, F16, F64 are read", Refused([.. tensors.Select(tensor => tensor.Name == "transformer.ln_f.bias" ? (tensor.Name, tensor.Value.to_type(ScalarType.Int8)) : tensor)]), StringComparison.Ordinal);
        Assert.Contains("'lm_head.weight' differs from the embedding", Refused([.. tensors, ("lm_head.weight", zeros(101, 32))]), StringComparison.Ordinal);
        Assert.Contains("26 tensors are missing of GPT-2 as config.json describes it: transformer.wpe.weight, transformer.h.0.ln_1.weight, transformer.h.0.ln_1.bias, …", Refused([.. tensors.Where(tensor => tensor.Name.Contains("wte", StringComparison.Ordinal) || tensor.Name.Contains("ln_f", StringComparison.Ordinal)).Take(2)]), StringComparison.Ordinal);

        (string Name, Tensor Value)[] Gpt2Weights()
        {
            ModelFolder.Write(folder.Path, model, Tokens);
            return [.. Safetensors.Read(folder[ModelFolder.Weights]).Select(tensor => (tensor.Key, tensor.Value))];
        }

        string Refused((string, Tensor)[] changed)
        {
            Safetensors.Write(folder[ModelFolder.Weights], changed);
            return Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message;
        }
    }

    [Theory]
    [InlineData("model_type", "\"bark\"", "model_type is \"bark\"; models of gpt2, llama")]
    [InlineData("activation_function", "\"relu\"", "activation_function is \"relu\", expected \"gelu_new\"")]
    [InlineData("layer_norm_epsilon", "1e-6", "layer_norm_epsilon is 1e-6, expected 1e-05")]
    [InlineData("scale_attn_by_inverse_layer_idx", "true", "scale_attn_by_inverse_layer_idx is true, expected false")]
    [InlineData("tie_word_embeddings", "false", "tie_word_embeddings is false, expected true")]
    [InlineData("n_inner", "64", "n_inner is 64, expected null or 4 times n_embd")]
    [InlineData("n_layer", "2.5", "n_layer is 2.5, expected a whole number from 1")]
    [InlineData("n_head", "5", "width 32 cannot be divided among 5 heads")]
    [InlineData("n_layer", "2147483647", "too few for the model that config.json describes")]
    [InlineData("vocab_size", "2147483647", "'transformer.wte.weight' has shape [101, 32], expected [2147483647, 32]")]
    [InlineData("vocab_size", "\"101\"", "vocab_size is \"101\", expected a whole number from 1")]
    [InlineData("attn_pdrop", "1.2", "attn_pdrop is 1.2, expected a number from 0, below 1")]
    public void A_configuration_that_would_compute_something_else_is_refused(string field, string value, string expected)
    {
        using var model = TinyGpt.Create();
        ModelFolder.Write(folder.Path, model, Tokens);
        var config = JsonNode.Parse(File.ReadAllText(folder[ModelFolder.Config]))!.AsObject();
        config[field] = JsonNode.Parse(value);
        File.WriteAllText(folder[ModelFolder.Config], config.ToJsonString());
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_of_a_configuration_are_told_at_once()
    {
        folder.Write("config.json", "{\"model_type\":\n \"gpt2\",,}");
        Assert.EndsWith("not well-formed JSON: ',' is an invalid start of a property name. Expected a '\"' (line 2, byte 9)", Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("config.json", """{ "model_type": "gpt2", "vocab_size": 10, "n_positions": 8, "n_layer": 0, "n_head": 1, "n_embd": 4, "activation_function": "relu", "quantization_config": { "bits": 4 } }""");
        Assert.EndsWith(
            "this is no GPT-2 that can be computed here: activation_function is \"relu\", expected \"gelu_new\"; quantization_config is {\"bits\":4}, expected null: quantised weights are not read; n_layer is 0, expected a whole number from 1",
            Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_such_folder_is_refused_with_the_way_out()
    {
        Assert.Contains("has no config.json", Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("config.json", "{\"model_type\":\"gpt2\",\"model_type\":\"gpt2\"}");
        Assert.Contains("not well-formed JSON", Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("config.json", """{ "model_type": "gpt2", "vocab_size": 10, "n_positions": 8, "n_layer": 1, "n_head": 1, "n_embd": 4 }""");
        Assert.Contains("has no model.safetensors, nor model.safetensors.index.json", Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
        folder.Write("pytorch_model.bin", "");
        Assert.Contains("only pickled weights (pytorch_model.bin)", Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }
}
