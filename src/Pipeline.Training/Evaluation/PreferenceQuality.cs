using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Evaluation;

/// <summary>How often, and by how much, a model finds the chosen answer of a pair more probable than the rejected one. Ties count as half.</summary>
/// <param name="Accuracy">By the answers' summed log-probabilities, which favours short answers.</param>
/// <param name="Margin">Mean difference of the sums, in nats.</param>
/// <param name="NormalisedAccuracy">By log-probabilities per token.</param>
/// <param name="NormalisedMargin">In nats per token.</param>
public sealed record PreferenceQuality(long Pairs, double Accuracy, double Margin, double NormalisedAccuracy, double NormalisedMargin)
{
    public static PreferenceQuality Of(LanguageModel model, IReadOnlyList<PreferencePair> pairs, int batch = 16)
    {
        var sums = ReferenceLogProbabilities.Of(model, new PreferencePairs(pairs, model.Config.Vocabulary, model.Config.Context), batch);
        double right = 0, margin = 0, normalisedRight = 0, normalisedMargin = 0;
        for (var i = 0; i < pairs.Count; i++)
        {
            var difference = (double)sums[i].Chosen - sums[i].Rejected;
            var perToken = sums[i].Chosen / (double)Answer(pairs[i].Chosen) - sums[i].Rejected / (double)Answer(pairs[i].Rejected);
            (right, margin) = (right + Won(difference), margin + difference);
            (normalisedRight, normalisedMargin) = (normalisedRight + Won(perToken), normalisedMargin + perToken);
        }
        return new PreferenceQuality(pairs.Count, right / pairs.Count, margin / pairs.Count, normalisedRight / pairs.Count, normalisedMargin / pairs.Count);
    }

    static double Won(double difference) => difference > 0 ? 1 : difference == 0 ? 0.5 : 0;

    static int Answer(Example example) => example.Trained.Span[1..].Count(true);
}
