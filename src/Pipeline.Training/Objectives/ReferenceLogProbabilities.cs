using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Objectives;

/// <summary>Log-probabilities of both answers of each pair under a model, without dropout: computed once, before the policy moves.</summary>
public static class ReferenceLogProbabilities
{
    public static IReadOnlyList<(float Chosen, float Rejected)> Of(Gpt model, PreferencePairs pairs, int batch = 16)
    {
        using var noGradient = no_grad();
        var result = new (float, float)[pairs.Count];
        var places = new Place[batch];
        for (long start = 0; start < pairs.Count; start += batch)
        {
            using var scope = NewDisposeScope();
            var count = (int)Math.Min(batch, pairs.Count - start);
            for (var i = 0; i < count; i++)
                places[i] = new Place(0, start + i);
            var read = pairs.Read(places.AsSpan(0, count));
            // The sum DPO takes of its own rows, so that the two cancel exactly before the first step.
            var sums = model.TokenLosses(read.Tokens.IdsOn(model.Device), read.Tokens.TargetsOn(model.Device)).sum(1).cpu().data<float>().ToArray();
            for (var i = 0; i < count; i++)
                result[start + i] = (-sums[i], -sums[count + i]);
        }
        return result;
    }
}
