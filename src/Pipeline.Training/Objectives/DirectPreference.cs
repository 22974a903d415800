using System.Globalization;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Objectives;

/// <summary>How strongly the policy is held to its reference, and how much of the labels' word is doubted.</summary>
public sealed record PreferenceOptions
{
    public double Beta { get; init; } = 0.1;

    /// <summary>The assumed share of flipped labels; 0 trusts all of them, 0.5 would learn nothing.</summary>
    public double LabelSmoothing { get; init; }

    public PreferenceOptions Checked()
    {
        if (Beta is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"beta is {Beta}, but must be above 0.");
        if (LabelSmoothing is not (>= 0 and < 0.5))
            throw new ArgumentException($"label smoothing is {LabelSmoothing}, but must be at least 0 and below 0.5.");
        return this;
    }
}

/// <summary>Direct preference optimisation (Rafailov et al. 2023), the sigmoid loss, conservative under label smoothing (Mitchell 2023):
/// with h the policy's log-ratio of chosen to rejected less the reference's, -(1-e)·log s(b·h) - e·log s(-b·h).</summary>
public sealed class DirectPreference : Objective<PairBatch>
{
    readonly LanguageModel model;
    readonly CompiledScript script;

    public DirectPreference(LanguageModel model, PreferenceOptions options)
    {
        options.Checked();
        this.model = model;
        script = new CompiledScript(model.Source + "\n" + string.Create(CultureInfo.InvariantCulture, $$"""

            def sums(w: List[Tensor], x: Tensor, targets: Tensor, at: Tensor, padding: Tensor, reference: Tensor) -> Tensor:
                pairs = targets.size(0) // 2
                log_probabilities = -token_losses(w, x, targets, at, padding).sum([1])
                rewards = (log_probabilities - reference) * {{options.Beta:F17}}
                chosen, rejected = rewards.slice(0, 0, pairs), rewards.slice(0, pairs)
                margin = chosen - rejected
                loss = -torch.log_sigmoid(margin) * (1.0 - {{options.LabelSmoothing:F17}}) - torch.log_sigmoid(-margin) * {{options.LabelSmoothing:F17}}
                right = (margin > 0.0).float() + (margin == 0.0).float() * 0.5
                return torch.stack([loss.sum(), right.sum(), margin.sum(), chosen.sum(), rejected.sum()])
            """));
    }

    /// <summary>Shares and rewards in nats per pair; a tie counts as half right.</summary>
    public override IReadOnlyList<string> Extras { get; } = ["accuracy", "margin", "reward_chosen", "reward_rejected"];

    public override LanguageModel Model => model;

    public override double Weight(PairBatch batch) => batch.Pairs;

    public override long Tokens(PairBatch batch) => batch.Tokens.Ids.Length;

    public override Tensor Sums(PairBatch batch, bool training)
    {
        var reference = batch.Reference ?? throw new InvalidOperationException("These pairs carry no reference log-probabilities: compute them first.");
        var (inputs, targets, at) = batch.Tokens.On(model.Device);
        return script.Tensor("sums", model.Parameters.Views, model.Hidden(inputs, training), targets, at, model.Padding, tensor(reference, device: model.Device));
    }

    public override void Dispose() => script.Dispose();
}
