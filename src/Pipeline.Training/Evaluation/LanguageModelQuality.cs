using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Evaluation;

/// <summary>How well a model predicts a text.</summary>
/// <param name="Loss">Nats per token.</param>
/// <param name="Tokens">Predicted: all of the text but its first.</param>
/// <param name="BitsPerByte">Of the text's UTF-8, comparable between tokenizers.</param>
public sealed record LanguageModelQuality(double Loss, long Tokens, double BitsPerByte)
{
    public double Perplexity => Math.Exp(Loss);

    /// <summary>Over windows side by side: a token sees what stands before it in its window, on average half of the context. A model with an encoder reads half a context of source before each window of half a context.</summary>
    /// <exception cref="ArgumentException">The model sees both sides of a token, so no text has a probability: <see cref="MaskedQuality"/> measures it.</exception>
    public static LanguageModelQuality Of(LanguageModel model, TokenFile tokens, long utf8Bytes, int batch = 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(utf8Bytes, 1);
        if (!model.Config.Causal)
            throw new ArgumentException($"{model.Config.Architecture} sees both sides of a token and so has no perplexity: measure how well it finds masked tokens.");
        using var objective = new NextToken(model);
        IExamples<TokenBatch> windows = model.Config.Reads.HasFlag(BatchParts.Source) ? new PrecededWindows(tokens, model.Config.Context) : new FixedWindows(tokens, model.Config.Context);
        var totals = Totals.Of(objective, windows, batch);
        return Of(totals.Sums[0], (long)totals.Weight, utf8Bytes);
    }

    internal static LanguageModelQuality Of(double nats, long tokens, long utf8Bytes) => new(nats / tokens, tokens, nats / Math.Log(2) / utf8Bytes);
}
