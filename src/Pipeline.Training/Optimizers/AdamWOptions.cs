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
        foreach (var (name, beta) in new[] { ("beta1", Beta1), ("beta2", Beta2) })
        {
            if (beta is not (>= 0 and < 1))
                throw new ArgumentException($"{name} is {beta}, but must be at least 0 and below 1.");
        }
        if (Epsilon is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"epsilon is {Epsilon}, but must be above 0.");
        if (WeightDecay is not (>= 0 and < double.PositiveInfinity))
            throw new ArgumentException($"weight decay is {WeightDecay}, but must be at least 0.");
    }

    public override Optimizer Create(FlatParameters parameters) => new AdamW(parameters, this);
}
