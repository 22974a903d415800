using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Evaluation;

/// <summary>How well a model that sees both sides finds masked tokens of a text: always the same ones.</summary>
/// <param name="Loss">Nats per masked token.</param>
/// <param name="Accuracy">The share of masked tokens that it finds most probable.</param>
/// <param name="Tokens">Masked.</param>
public sealed record MaskedQuality(double Loss, double Accuracy, long Tokens)
{
    public static MaskedQuality Of(LanguageModel model, TokenFile tokens, TokenSpecials specials, int batch = 16)
    {
        var task = new TokenTaskOptions(TokenTask.Masked);
        using var objective = new NextToken(model, new TokenLossOptions { Accuracy = true });
        var totals = Totals.Of(objective, task.Measured(tokens, model.Config, model.Config.Context, specials), batch);
        return new(totals.Sums[0] / totals.Weight, totals.Sums[1] / totals.Weight, (long)totals.Weight);
    }
}
