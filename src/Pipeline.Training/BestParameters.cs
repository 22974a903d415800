using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training;

/// <summary>Where the validation loss was lowest so far, and the parameters of there where early stopping wants them back.</summary>
sealed class BestParameters(FlatParameters parameters, EarlyStopping? stopping) : IDisposable
{
    readonly Tensor? values = stopping is null ? null : zeros_like(parameters.Values, requires_grad: false).DetachFromDisposeScope();
    double? loss;
    double? toBeat;
    long step;
    int stale;

    /// <summary>Of the parameters that <see cref="Restore"/> leaves.</summary>
    public IReadOnlyList<Figure> Figures { get; private set; } = [];

    public bool Exhausted => stopping is not null && stale >= stopping.Patience;

    public IReadOnlyList<(string Name, Tensor Value)> Tensors => values is null ? [] : [("best", values)];

    public long Step(long last) => loss is not null ? step : last;

    public void Consider(long at, IReadOnlyList<Figure> figures)
    {
        var now = figures[0].Value;
        // Patience counts from the last loss that was better by enough; what is kept is the lowest.
        var enough = now < (toBeat ?? double.PositiveInfinity) - (stopping?.MinDelta ?? 0);
        stale = enough ? 0 : stale + 1;
        if (enough)
            toBeat = now;
        var better = now < (loss ?? double.PositiveInfinity);
        if (better)
            (loss, step) = (now, at);
        // Without early stopping the model is left as it is last.
        if (better || values is null)
            Figures = figures;
        if (!better || values is null)
            return;
        using var noGradient = no_grad();
        values.copy_(parameters.Values);
    }

    public void Restore()
    {
        if (loss is null || values is null)
            return;
        using var noGradient = no_grad();
        parameters.Values.copy_(values);
    }

    public TrainingState Into(TrainingState state) => state with { BestLoss = loss, ToBeat = toBeat, BestStep = step, Stale = stale, Figures = Figures };

    public void Take(TrainingState state) => (loss, toBeat, step, stale, Figures) = (state.BestLoss, state.ToBeat, state.BestStep, state.Stale, state.Figures);

    public void Dispose() => values?.Dispose();
}
