using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Distributed;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Verification;

/// <summary>How a training came out.</summary>
/// <param name="Parameters">All of them, bit by bit.</param>
/// <param name="Steps">Loss and gradient norm of each step that was taken in this process.</param>
public sealed record Trained(float[] Parameters, IReadOnlyList<(double Loss, double Norm)> Steps)
{
    public bool HasTheBitsOf(Trained other) => Parameters.AsSpan().SequenceEqual(other.Parameters);
}

/// <summary>Everything that decides a training, to be run as often as checks want. What it is made of can be replaced, which is how tests plant a defect for each check.</summary>
public sealed record Trial(ModelConfig Config, TrainingOptions Options, IExamples<TokenBatch> Examples)
{
    public TokenLossOptions Loss { get; init; } = new();

    /// <summary>What is minimised.</summary>
    public Func<LanguageModel, TokenLossOptions, Objective<TokenBatch>> Objective { get; init; } = (model, loss) => new NextToken(model, loss);

    /// <summary>A new model, or the one that a training goes on with.</summary>
    public Func<ModelConfig, LanguageModel> Model { get; init; } = config => LanguageModel.Initialise(config, seed: 1);

    public Trained Run(TrainingOptions? options = null, RunFiles? files = null, ICollective? ranks = null, long? stopAfter = null)
    {
        using var model = Model(Config);
        using var objective = Objective(model, Loss);
        var watcher = new Watcher(stopAfter);
        try
        {
            new Trainer<TokenBatch>(model.Parameters, objective, Examples, null, options ?? Options, files, ranks, watcher).Run();
        }
        catch (Stopped)
        {
            // As a crash would, after the last checkpoint.
        }
        return new(model.Parameters.Values.cpu().data<float>().ToArray(), watcher.Steps);
    }

    sealed class Stopped : Exception;

    sealed class Watcher(long? stopAfter) : SilentObserver
    {
        public List<(double, double)> Steps { get; } = [];

        public override void Stepped(in StepReport report)
        {
            Steps.Add((report.Loss, report.GradientNorm));
            if (report.Step == stopAfter)
                throw new Stopped();
        }
    }
}
