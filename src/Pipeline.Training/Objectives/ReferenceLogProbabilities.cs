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
        // Pairs of like length together: less padding.
        foreach (var places in pairs.ByLength().Select(pair => new Place(0, pair)).Chunk(batch))
        {
            using var scope = NewDisposeScope();
            var sums = model.TokenLosses(pairs.Read(places).Tokens).sum(1).cpu().data<float>().ToArray();
            for (var i = 0; i < places.Length; i++)
                result[places[i].Example] = (-sums[i], -sums[places.Length + i]);
        }
        return result;
    }
}
