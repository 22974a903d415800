using System.Globalization;
using Pipeline.Training.Batches;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Verification;

/// <summary>Invariant 1: where policy and reference are the same model, DPO's loss is ln 2 and no answer is preferred.</summary>
static class FirstPreferenceLoss
{
    const string Name = "DPO begins at ln 2";
    const int Pairs = 8;
    const double Tolerance = 1e-4;

    /// <param name="trial">Whose rows become the answers.</param>
    /// <param name="reference">The reference's log-probabilities of pairs; null: those of the policy itself.</param>
    public static Finding Check(Trial trial, Func<LanguageModel, PreferencePairs, IReadOnlyList<(float Chosen, float Rejected)>>? reference = null)
    {
        var config = trial.Config;
        if (!config.Causal || config.Reads.HasFlag(BatchParts.Source))
            return new(1, Name, null, $"{config.Architecture} is no model that answers a prompt");
        if (config.Context < 4)
            return new(1, Name, null, $"a context of {config.Context} has no room for prompt and answer");
        using var model = trial.Model(config);
        using var objective = new DirectPreference(model, new());
        var pairs = new PreferencePairs([.. Enumerable.Range(0, Pairs).Select(i => new PreferencePair(Answer(trial, 2 * i), Answer(trial, (2 * i) + 1)))], config.Vocabulary, config.Context);
        var referred = pairs.With((reference ?? ((policy, all) => ReferenceLogProbabilities.Of(policy, all)))(model, pairs), config.Vocabulary);
        var totals = Totals.Of(objective, referred, Pairs);
        var (loss, margin) = (totals.Sums[0] / totals.Weight, totals.Sums[2] / totals.Weight);
        return new(1, Name, Math.Abs(loss - Math.Log(2)) <= Tolerance && Math.Abs(margin) <= Tolerance,
            string.Create(CultureInfo.InvariantCulture, $"the loss of {Pairs} pairs is {loss:0.000000} and should be {Math.Log(2):0.000000} ± {Tolerance:0e+0}, their margin {margin:0.0e+0}"));
    }

    static Example Answer(Trial trial, int number)
    {
        var batch = trial.Examples.Read([new Place(0, number % trial.Examples.Count)]);
        // Of different lengths, the first third being the prompt.
        var length = Math.Max(3, batch.Columns - (number % 3));
        var ids = Enumerable.Range(0, length).Select(at => (int)batch.Ids[at % batch.Columns]).ToArray();
        return new(ids, Enumerable.Range(0, length).Select(at => at >= Math.Max(1, length / 3)).ToArray());
    }
}
