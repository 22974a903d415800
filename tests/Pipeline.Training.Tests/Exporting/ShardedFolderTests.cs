using System.Text.Json.Nodes;
using Pipeline.TestKit;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Exporting;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Exporting;

public sealed class ShardedFolderTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";

    private readonly TemporaryFolder folder = new();
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public ShardedFolderTests()
    {
        using var model = TinyGpt.Create();
        ModelFolder.Write(folder.Path, model, new SpecialTokens(0, 0, 1), mostBytes: 40_000);
    }

    [Fact]
    public void A_model_in_several_files_gives_the_same_logits_bit_for_bit()
    {
        using var model = TinyGpt.Create();
        using var again = ModelFolder.Read(folder.Path);

        Assert.Equal(TinyGpt.Logits(model, 3, 1, 4).contiguous().bytes.ToArray(), TinyGpt.Logits(again, 3, 1, 4).contiguous().bytes.ToArray());
        Assert.Equal(["model-00001-of-00004.safetensors", "model-00002-of-00004.safetensors", "model-00003-of-00004.safetensors", "model-00004-of-00004.safetensors", Index], Directory.GetFiles(folder.Path, "model*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var index = JsonNode.Parse(File.ReadAllText(folder[Index]))!;
        Assert.Equal(TinyGpt.Config.ParameterCount * 4, (long)index["metadata"]!["total_size"]!);
        Assert.Equal("model-00001-of-00004.safetensors", (string)index["weight_map"]!["transformer.wte.weight"]!);
    }

    [Theory]
    [InlineData("../model-00001-of-00004.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/model.safetensors")]
    [InlineData("sub\\\\model.safetensors")]
    [InlineData(".safetensors")]
    [InlineData("model.bin")]
    [InlineData("")]
    public void No_file_but_a_plain_one_beside_the_index_is_opened(string file)
    {
        Change(map => map["transformer.wte.weight"] = file);
        Assert.Contains("expected the plain name of a .safetensors file beside the index", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_says_something_else_than_the_files_is_refused_by_name()
    {
        Change(map => map.Remove("transformer.ln_f.bias"));
        Assert.Contains("has tensor 'transformer.ln_f.bias', which model.safetensors.index.json does not name", Refused(), StringComparison.Ordinal);
        Change(map => map["transformer.ln_f.bias"] = "model-00001-of-00004.safetensors");
        Assert.Contains("says that tensor 'transformer.ln_f.bias' is in model-00001-of-00004.safetensors, but it is in model-00004-of-00004.safetensors", Refused(), StringComparison.Ordinal);
        Change(map => map["transformer.ln_f.bias"] = "model-00005-of-00004.safetensors");
        Assert.Contains("names the file model-00005-of-00004.safetensors, which is not there", Refused(), StringComparison.Ordinal);
        folder.Write(Index, """{ "weight_map": { "a": "b.safetensors", "a": "b.safetensors" } }""");
        Assert.Contains("not well-formed JSON", Refused(), StringComparison.Ordinal);
        folder.Write(Index, """{ "weight_map": [] }""");
        Assert.Contains("expected an object with weight_map", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_files_is_refused()
    {
        var first = Safetensors.Read(folder["model-00001-of-00004.safetensors"]);
        Safetensors.Write(folder["model-00009.safetensors"], [.. first.Select(tensor => (tensor.Key, tensor.Value))]);
        Change(map => map["transformer.wte.weight"] = "model-00009.safetensors");
        Assert.Contains("tensor 'transformer.wte.weight' is in model-00001-of-00004.safetensors too", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScalarType.Float64, 0)]
    [InlineData(ScalarType.Float16, 0.02)]
    [InlineData(ScalarType.BFloat16, 0.1)]
    public void Weights_of_other_types_become_float32_while_they_are_read(ScalarType type, double most)
    {
        foreach (var file in Directory.GetFiles(folder.Path, "*.safetensors"))
            Safetensors.Write(file, [.. Safetensors.Read(file).Select(tensor => (tensor.Key, tensor.Value.to_type(type)))]);
        using var model = TinyGpt.Create();
        using var again = ModelFolder.Read(folder.Path);
        Assert.InRange((TinyGpt.Logits(model, 3, 1, 4) - TinyGpt.Logits(again, 3, 1, 4)).abs().max().item<float>(), most == 0 ? 0 : 1e-6, most);
    }

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    private void Change(Action<JsonObject> change)
    {
        var index = JsonNode.Parse(File.ReadAllText(folder[Index]))!;
        change(index["weight_map"]!.AsObject());
        File.WriteAllText(folder[Index], index.ToJsonString());
    }

    private string Refused() => Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder.Path)).Message;
}
