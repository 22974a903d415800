using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Optimizers;

/// <summary>AdamW with decoupled weight decay (Loshchilov and Hutter 2019), by libtorch's fused kernel over the flat model.</summary>
public sealed class AdamW : Optimizer
{
    readonly FusedAdamW fused;
    readonly Tensor firstMoment, secondMoment;
    readonly IReadOnlyList<FusedAdamW.Stretch> stretches;

    public AdamW(FlatParameters parameters, AdamWOptions options)
        : base(parameters)
    {
        options.Check();
        using var scope = NewDisposeScope();
        fused = Own(new FusedAdamW(options, parameters.Values.device));
        firstMoment = Zeros(parameters.Values.numel());
        secondMoment = Zeros(parameters.Values.numel());
        stretches = [.. ParameterRun.Of(parameters).Select(run =>
        {
            Tensor[] Of(Tensor flat) => [Stretch(flat, run.Start, run.Length)];
            return new FusedAdamW.Stretch(Of(parameters.Values), Of(parameters.Gradients), Of(firstMoment), Of(secondMoment), run.Decayed, run.RateScale);
        })];
    }

    public override IReadOnlyList<(string Name, Tensor Value)> State => [("first_moment", firstMoment), ("second_moment", secondMoment)];

    public override void Step(double learningRate, long number)
    {
        using var noGradient = no_grad();
        fused.Update(stretches, learningRate, number);
    }
}
