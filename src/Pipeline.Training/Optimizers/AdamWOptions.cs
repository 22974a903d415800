using Pipeline.Training.Models;

namespace Pipeline.Training.Optimizers;

public sealed record AdamWOptions : OptimizerOptions
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.95;

    public double Epsilon { get; init; } = 1e-8;

    /// <summary>On tensors of two and more dimensions; biases and norms are not decayed.</summary>
    public double WeightDecay { get; init; } = 0.1;

    public override void Check()
    {
        CheckShare("beta1", Beta1);
        CheckShare("beta2", Beta2);
        CheckPositive("epsilon", Epsilon);
        CheckNotNegative("weight decay", WeightDecay);
    }

    public override Optimizer Create(FlatParameters parameters) => new AdamW(parameters, this);

    public override long StateElements(IReadOnlyList<ParameterLayout> layout) => 2 * FlatParameters.SizeOf(layout);
}
