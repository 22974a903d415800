using Pipeline.Ranks;
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

    public static ModelConfig Config(string name, double dropout = 0) => Pairs.Architecture(name, dropout);

    public static IExamples<TokenBatch> Examples(ModelConfig config, TokenFile tokens) => Of(config, new TokenWindows(tokens, Context, seed: 1));

    public static IExamples<TokenBatch> Of(ModelConfig config, IExamples<TokenBatch> windows) =>
        !config.Causal ? new MaskedWindows(windows, Specials, seed: 1) : config.Reads.HasFlag(BatchParts.Source) ? new SourceWindows(windows) : windows;
}
