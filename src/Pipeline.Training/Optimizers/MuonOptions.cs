using Pipeline.Training.Models;

namespace Pipeline.Training.Optimizers;

public sealed record MuonOptions : OptimizerOptions
{
    /// <summary>Of hidden matrices.</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>Decoupled, on hidden matrices.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The rate of <see cref="Rest"/> as a multiple of the hidden matrices'; one schedule moves both.</summary>
    public double RestRate { get; init; } = 0.05;

    /// <summary>For embeddings, the output layer and vectors.</summary>
    public AdamWOptions Rest { get; init; } = new();

    public override void Check()
    {
        CheckShare("momentum", Momentum);
        CheckNotNegative("weight decay", WeightDecay);
        CheckPositive("the rest's rate", RestRate);
        Rest.Check();
    }

    public override Optimizer Create(FlatParameters parameters) => new Muon(parameters, this);

    public override long StateElements(IReadOnlyList<ParameterLayout> layout) => FlatParameters.SizeOf(layout) + FlatParameters.SizeOf(layout.Where(each => !each.Hidden));
}
