using System.ComponentModel;
using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Models;
using Pipeline.Training.Pruning;

namespace Pipeline.Steps.Train;

/// <summary>Removes the smallest weights of a model.</summary>
public sealed class Prune : Step<Prune.With, Prune.Given, Prune.Made>
{
    public sealed record With
    {
        [Description("The share of the weights to remove.")]
        [Engine.Authoring.Range(0, 0.9999)]
        public required double Sparsity { get; init; }

        [Description("global: the smallest weights of all matrices together, so that some lose more than others. layer: the same share of each matrix.")]
        public PruningScope Scope { get; init; } = PruningScope.Global;

        [Description("Patterns over whole parameter names, with `*` and `?`, of what is pruned. Empty: every matrix between layers, so no embedding, output layer, norm or bias. One that matches nothing is an error.")]
        public IReadOnlyList<string> Include { get; init; } = [];

        [Description("Patterns of what is left as it is, such as `*.h.0.*`.")]
        public IReadOnlyList<string> Exclude { get; init; } = [];
    }

    public sealed record Given
    {
        [Description("The model to prune.")]
        public required Artifact<Model> Model { get; init; }
    }

    public sealed record Made
    {
        [Description("The model with the removed weights at 0.")]
        public required Output<Model> Model { get; init; }

        [Description("Which weights were removed; a training step that is given it leaves them at 0.")]
        public required Output<Mask> Mask { get; init; }
    }

    public override string Name => "train.prune";
    public override int Version => 1;
    public override string Description => "Prunes a model by magnitude: sets the smallest weights to 0. Give its `mask` to the training step after it, which then leaves them there.";
    public override bool Isolated => true;
    public override IReadOnlyDictionary<string, string> Facets => TorchFacets.Of;

    protected override StepEstimate? Estimate(With with, Foreseen given) => ModelForecast.Of(given.Input("model")) is not { } model ? null : new()
    {
        Outputs = new Dictionary<string, Forecast> { ["model"] = model },
        Impossible = [.. TrainEstimates.Faults(() => Pruning(with).Chosen(model.Config.Layout()))],
    };

    private static MagnitudePruning Pruning(With with) => new() { Sparsity = with.Sparsity, Scope = with.Scope, Include = with.Include, Exclude = with.Exclude };

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        using var model = ModelFiles.Read(inputs.Model, context.Scratch);
        var (mask, tensors) = Prunings(with, model);
        using (mask)
        {
            mask.Hold(model);
            mask.Write(outputs.Mask[PruningMask.FileName]);
        }

        ModelFiles.Write(model, inputs.Model.Locate(ModelFiles.TokenizerFile), outputs.Model.Folder);
        var width = tensors.Max(t => t.Name.Length);
        foreach (var tensor in tensors) context.Log(string.Create(CultureInfo.InvariantCulture, $"{tensor.Name.PadRight(width)}  {tensor.Removed,12:N0} of {tensor.Weights,12:N0}  {tensor.Sparsity,7:0.00%}  up to {tensor.Threshold:0.######}"));
        var (removed, weights) = (tensors.Sum(t => t.Removed), tensors.Sum(t => t.Weights));
        context.Metric("sparsity", (double)removed / weights);
        context.Metric("sparsity.least", tensors.Min(t => t.Sparsity));
        context.Metric("sparsity.most", tensors.Max(t => t.Sparsity));
        context.Metric("threshold", tensors.Max(t => t.Threshold));
        context.Metric("parameters", model.Config.ParameterCount);
        context.Metric("parameters.left", model.Config.ParameterCount - removed);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{removed:N0} of {weights:N0} weights in {tensors.Count} matrices removed · {model.Config.ParameterCount - removed:N0} of {model.Config.ParameterCount:N0} parameters left");
        return Task.CompletedTask;
    }

    private static (PruningMask Mask, IReadOnlyList<PrunedTensor> Tensors) Prunings(With with, LanguageModel model)
    {
        try
        {
            return Pruning(with).Of(model);
        }
        catch (ArgumentException e)
        {
            throw new StepFailedException(e.Message, e);
        }
    }
}
