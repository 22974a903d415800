using Pipeline.Ranks;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;

namespace Pipeline.Training.Tests.Families;

/// <summary>A small model of each family beside the decoders, with what it is trained on.</summary>
static class Family
{
    public static TokenSpecials Specials => Pairs.Specials;

    public static readonly TheoryData<string> Causal = ["lstm", "lstm-variational-untied", "gru", "encoder-decoder", "hybrid-lstm", "hybrid-gru"];

    public static readonly TheoryData<string> All = [.. Causal.Select(row => row.Data), "bert"];

    public static ModelConfig Config(string name, double dropout = 0) => Pairs.Architecture(name, dropout);

    public static IExamples<TokenBatch> Examples(ModelConfig config, TokenFile tokens) => Of(config, new TokenWindows(tokens, Small.Context, seed: 1));

    public static IExamples<TokenBatch> Of(ModelConfig config, IExamples<TokenBatch> windows) => Pairs.Of(config, windows);
}
