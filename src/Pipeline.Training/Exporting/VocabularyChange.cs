using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Exporting;

/// <summary>A model for other tokens than it was trained with.</summary>
public static class VocabularyChange
{
    /// <summary>The same model with a row for each of <paramref name="from"/>: the row of that old id, or a new one where it is null.</summary>
    public static LanguageModel WithVocabulary(this LanguageModel model, IReadOnlyList<int?> from, NewRows rows, long seed)
    {
        if (from.FirstOrDefault(id => id is { } old && (uint)old >= (uint)model.Config.Vocabulary) is { } foreign)
            throw new ArgumentException($"There is no row {foreign} in a vocabulary of {model.Config.Vocabulary}.");
        var changed = new LanguageModel(model.Config with { Vocabulary = from.Count }, model.Device);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        random.manual_seed(seed);
        var kept = tensor(from.Select(id => (long)(id ?? 0)).ToArray());
        var missing = tensor(Enumerable.Range(0, from.Count).Where(id => from[id] is null).Select(id => (long)id).ToArray());
        foreach (var parameter in model.Config.Layout())
        {
            var (old, target) = (model.Parameters[parameter.Name].detach(), changed.Parameters[parameter.Name].detach());
            if (!parameter.VocabularyRows)
            {
                target.copy_(old);
                continue;
            }
            var known = old.narrow(0, 0, model.Config.Vocabulary).cpu();
            var wanted = known.index_select(0, kept);
            if (missing.numel() > 0)
                wanted.index_copy_(0, missing, New(known, missing.numel(), rows));
            target.narrow(0, 0, from.Count).copy_(wanted);
        }
        return changed;
    }

    static Tensor New(Tensor known, long count, NewRows rows)
    {
        var exact = known.to_type(ScalarType.Float64);
        var mean = exact.mean([0], keepdim: true);
        long[] shape = [count, .. known.shape[1..]];
        if (rows == NewRows.Mean)
            return mean.expand(shape).to_type(ScalarType.Float32);
        var deviation = (exact - mean).square().mean([0], keepdim: true).sqrt();
        return (mean + randn(shape, dtype: ScalarType.Float64) * deviation).to_type(ScalarType.Float32);
    }
}
