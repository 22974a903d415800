using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training;

/// <summary>The exponential moving average of the parameters over the steps, where one is asked for: it is then what is validated and what the model is left with. The first steps, which are far from where
/// the run ends, are soon forgotten: the decay at step t is at most (1+t)/(10+t).</summary>
sealed class WeightAverage(FlatParameters parameters, double? decay) : IDisposable
{
    readonly Tensor? average = decay is null ? null : parameters.Values.detach().clone().DetachFromDisposeScope();

    public IReadOnlyList<(string Name, Tensor Value)> Tensors => average is null ? [] : [("average", average)];

    /// <param name="step">The number of the step that was just taken, from 1.</param>
    public void Add(long step)
    {
        if (average is null)
            return;
        using var noGradient = no_grad();
        Arithmetic.Lerp(average, parameters.Values, 1 - Math.Min(decay!.Value, (1.0 + step) / (10.0 + step)));
    }

    /// <summary>Puts the average in the parameters' place, or, called again, the parameters back into theirs.</summary>
    public void Exchange()
    {
        if (average is null)
            return;
        using var noGradient = no_grad();
        Arithmetic.Exchange(parameters.Values, average);
    }

    public void Dispose() => average?.Dispose();
}
