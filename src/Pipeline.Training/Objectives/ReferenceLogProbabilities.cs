using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Objectives;

/// <summary>Log-probabilities of both answers of each pair under a model, without dropout: computed once, before the policy moves.</summary>
public static class ReferenceLogProbabilities
{
    const int Batch = 16, Window = 16 * Batch;

    /// <summary>Of all pairs.</summary>
    public static IReadOnlyList<(float Chosen, float Rejected)> Of(LanguageModel model, PreferencePairs pairs, int batch = Batch) => Of(model, pairs, [pairs.Places()], batch);

    /// <summary>Of the pairs that stand at the first positions of an order, at least so many; NaN for the others. In which company a pair is computed, which its last bits depend on, depends on the order alone and not on how many are wanted.</summary>
    public static IReadOnlyList<(float Chosen, float Rejected)> Of(LanguageModel model, PreferencePairs pairs, DataOrder order, long positions)
    {
        var windows = (Math.Min(positions, pairs.Count) + Window - 1) / Window;
        return Of(model, pairs, Enumerable.Range(0, (int)windows).Select(w => Enumerable.Range(w * Window, (int)Math.Min(Window, pairs.Count - w * (long)Window)).Select(p => order.At(p))), Batch);
    }

    static (float, float)[] Of(LanguageModel model, PreferencePairs pairs, IEnumerable<IEnumerable<Place>> windows, int batch)
    {
        using var noGradient = no_grad();
        var result = new (float, float)[pairs.Count];
        Array.Fill(result, (float.NaN, float.NaN));
        // Pairs of like length together: less padding.
        foreach (var places in windows.SelectMany(window => window.OrderBy(place => pairs.Length(place.Example)).Chunk(batch)))
        {
            using var scope = NewDisposeScope();
            var sums = model.TokenLosses(pairs.Read(places).Tokens).sum(1).cpu().data<float>().ToArray();
            for (var i = 0; i < places.Length; i++)
                result[places[i].Example] = (-sums[i], -sums[places.Length + i]);
        }
        return result;
    }
}
