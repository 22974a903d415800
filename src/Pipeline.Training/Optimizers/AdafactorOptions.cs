using Pipeline.Training.Models;

namespace Pipeline.Training.Optimizers;

public sealed record AdafactorOptions : OptimizerOptions
{
    /// <summary>The second moment's decay at step t is 1 - t^-this.</summary>
    public double DecayExponent { get; init; } = 0.8;

    /// <summary>The greatest root mean square of an update.</summary>
    public double UpdateClip { get; init; } = 1;

    /// <summary>Added to squared gradients.</summary>
    public double Epsilon { get; init; } = 1e-30;

    /// <summary>The least root mean square that a tensor counts as having.</summary>
    public double LeastScale { get; init; } = 1e-3;

    /// <summary>Decoupled, on tensors of two and more dimensions.</summary>
    public double WeightDecay { get; init; }

    public override void Check()
    {
        CheckPositive("decay exponent", DecayExponent);
        CheckPositive("update clip", UpdateClip);
        CheckPositive("epsilon", Epsilon);
        CheckPositive("least scale", LeastScale);
        CheckNotNegative("weight decay", WeightDecay);
    }

    public override Optimizer Create(FlatParameters parameters) => new Adafactor(parameters, this);

    public override long StateElements(IReadOnlyList<ParameterLayout> layout) => layout.Sum(each => each.Shape.Length >= 2 ? each.Shape[0] + (each.Elements / each.Shape[0]) : each.Elements);
}
