using Pipeline.Training.Batches;
using Pipeline.Training.Models;

namespace Pipeline.Training.Tests.Families;

/// <summary>A small model of each family beside the decoders, with what it is trained on.</summary>
static class Family
{
    const int Vocabulary = Small.Vocabulary, Context = Small.Context;

    /// <summary>The last tokens of the vocabulary, which the small text has but seldom.</summary>
    public static readonly TokenSpecials Specials = new(Vocabulary, new HashSet<long> { 45, 46, 47, 48, 49 }) { Mask = 49, Sentinels = [48, 47, 46, 45] };

    public static readonly TheoryData<string> Causal = ["lstm", "lstm-variational-untied", "gru", "encoder-decoder", "hybrid-lstm", "hybrid-gru"];

    public static readonly TheoryData<string> All = [.. Causal.Select(row => row.Data), "bert"];

    public static ModelConfig Config(string name, double dropout = 0) => name switch
    {
        "lstm" => new RecurrentConfig(Vocabulary, Context, RecurrentKind.Lstm, Layers: 2, Width: 32) { Dropout = dropout },
        "lstm-variational-untied" => new RecurrentConfig(Vocabulary, Context, RecurrentKind.Lstm, Layers: 2, Width: 32) { Dropout = dropout, Variational = dropout > 0, Tied = false },
        "gru" => new RecurrentConfig(Vocabulary, Context, RecurrentKind.Gru, Layers: 2, Width: 32) { Dropout = dropout },
        "encoder-decoder" => new EncoderDecoderConfig(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout, EncoderLayers = 1 },
        "hybrid-lstm" => new HybridConfig(Vocabulary, Context, RecurrentKind.Lstm, Layers: 1, Heads: 2, Width: 32) { Dropout = dropout },
        "hybrid-gru" => new HybridConfig(Vocabulary, Context, RecurrentKind.Gru, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout, Variational = dropout > 0, EncoderLayers = 1 },
        "bert" => new BertConfig(Vocabulary, Context, Layers: 2, Heads: 2, Width: 32) { Dropout = dropout },
        _ => throw new ArgumentException(name),
    };

    public static IExamples<TokenBatch> Examples(ModelConfig config, TokenFile tokens) => Of(config, new TokenWindows(tokens, Context, seed: 1));

    public static IExamples<TokenBatch> Of(ModelConfig config, IExamples<TokenBatch> windows) =>
        !config.Causal ? new MaskedWindows(windows, Specials, seed: 1) : config.Reads.HasFlag(BatchParts.Source) ? new SourceWindows(windows) : windows;
}
