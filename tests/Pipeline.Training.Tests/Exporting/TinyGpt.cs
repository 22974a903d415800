using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Exporting;

/// <summary>A small GPT none of whose parameters is zero, so that a swapped, transposed or forgotten one shows in the logits.</summary>
internal static class TinyGpt
{
    public static readonly GptConfig Config = new(Vocabulary: 101, Context: 16, Layers: 2, Heads: 4, Width: 32) { Dropout = 0.1 };

    public static LanguageModel Create()
    {
        var model = LanguageModel.Initialise(Config, seed: 5);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var name in model.Parameters.Names)
        {
            var parameter = model.Parameters[name];
            var rows = name == "transformer.wte.weight" ? Config.Vocabulary : parameter.shape[0];
            parameter.narrow(0, 0, rows).add_(randn(parameter.narrow(0, 0, rows).shape) * 0.1);
        }

        return model;
    }

    /// <summary>[1, T, vocabulary] without the padding.</summary>
    public static Tensor Logits(LanguageModel model, params long[] ids) => model.Logits(tensor(ids).view(1, -1)).narrow(2, 0, Config.Vocabulary);
}
