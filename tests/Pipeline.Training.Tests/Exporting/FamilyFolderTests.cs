using Pipeline.TestKit;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Exporting;

public sealed class FamilyFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<string> Families { get; } = ["bert", "encoder-decoder", "lstm", "gru", "hybrid"];

    private static ModelConfig Config(string family) => family switch
    {
        "bert" => new BertConfig(Small.Vocabulary, 16, 2, 2, 32) { Intermediate = 48, NormEpsilon = 1e-6 },
        "encoder-decoder" => new EncoderDecoderConfig(Small.Vocabulary, 16, 2, 2, 32) { EncoderLayers = 1, SourceContext = 8, Dropout = 0.1 },
        "hybrid" => new HybridConfig(Small.Vocabulary, 16, RecurrentKind.Gru, 1, 2, 32) { Dropout = 0.1, Variational = true },
        "lstm" => new RecurrentConfig(Small.Vocabulary, 16, RecurrentKind.Lstm, 2, 32) { Tied = false },
        _ => new RecurrentConfig(Small.Vocabulary, 16, RecurrentKind.Gru, 2, 32),
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void A_model_written_is_read_bit_for_bit(string family)
    {
        using var model = Small.Rough(Config(family));
        ModelFolder.Write(folder.Path, model, new(0, 0, null));
        using var again = ModelFolder.Read(folder.Path);
        Assert.Equal(model.Config, again.Config);
        Assert.Equal(model.Values(), again.Values());
        Assert.Equal(family == "bert", ModelFormat.Of(model.Config).HuggingFace);
    }

    [Fact]
    public void A_BERT_as_it_was_first_published_is_read()
    {
        using var model = Small.Rough(Config("bert"));
        ModelFolder.Write(folder.Path, model, new(0, 0, null));
        var stored = Safetensors.Read(folder["model.safetensors"]).Select(tensor => (tensor.Key.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal), tensor.Value)).ToList();
        var embedding = stored.First(tensor => tensor.Item1 == "bert.embeddings.word_embeddings.weight").Value;
        Safetensors.Write(folder["model.safetensors"], [.. stored, ("cls.predictions.decoder.weight", embedding), ("bert.pooler.dense.bias", ones(32)), ("cls.seq_relationship.weight", ones(2, 32))]);
        using var again = ModelFolder.Read(folder.Path);
        Assert.Equal(model.Values(), again.Values());
    }

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }
}
