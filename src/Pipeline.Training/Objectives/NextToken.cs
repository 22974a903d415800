using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Objectives;

/// <summary>Cross-entropy of each target token in nats: pretraining where every token is a target, instruction tuning where the response is, masked tokens where those are.</summary>
public sealed class NextToken : Objective<TokenBatch>
{
    readonly LanguageModel model;
    readonly CompiledScript script;

    public NextToken(LanguageModel model, TokenLossOptions? options = null)
    {
        options = (options ?? new()).Checked();
        this.model = model;
        Extras = [.. Added(options)];
        script = new(model.Source + "\n" + (Extras.Count == 0 ? Plain : WithAdded(options, model.Config.Vocabulary)));
    }

    /// <summary>As they enter the training loss: <c>smoothed_loss</c> in place of the cross-entropy, <c>z_loss</c> on top of it.</summary>
    public override IReadOnlyList<string> Extras { get; }

    public override double Weight(TokenBatch batch) => batch.Weight;

    public override long Tokens(TokenBatch batch) => batch.Ids.Length + (batch.Source?.Length ?? 0);

    public override Tensor Sums(TokenBatch batch, bool training)
    {
        var (inputs, targets, at) = batch.On(model.Device);
        return script.Tensor("sums", model.Parameters.Views, model.Hidden(inputs, training), targets, at, model.Padding, training);
    }

    public override LanguageModel Model => model;

    public override void Dispose() => script.Dispose();

    const string Plain = """

        def sums(w: List[Tensor], x: Tensor, targets: Tensor, at: Tensor, padding: Tensor, training: bool) -> Tensor:
            return summed_loss(w, x, targets, at, padding).unsqueeze(0)
        """;

    static IEnumerable<string> Added(TokenLossOptions options)
    {
        if (options.LabelSmoothing > 0)
            yield return "smoothed_loss";
        if (options.ZLoss > 0)
            yield return "z_loss";
        if (options.Accuracy)
            yield return "accuracy";
    }

    /// <summary>Padding rows of the vocabulary have a logit of -inf, so the even part of smoothed targets is spread over the vocabulary alone.</summary>
    static string WithAdded(TokenLossOptions options, int vocabulary) => $$"""

        def sums(w: List[Tensor], x: Tensor, targets: Tensor, at: Tensor, padding: Tensor, training: bool) -> Tensor:
            x, y = x.flatten(0, 1).index_select(0, at), targets.flatten().index_select(0, at)
            logits = project(w, x, padding).float()
            plain = torch.cross_entropy_loss(logits, y, None, 2, -100, 0.0)
            z = torch.logsumexp(logits, [-1])
            even = (z - logits.slice(-1, 0, {{vocabulary}}).mean([-1])).sum()
            smoothed = plain * {{Literal.Of(1 - options.LabelSmoothing)}} + even * {{Literal.Of(options.LabelSmoothing)}}
            drift = (z * z).sum() * {{Literal.Of(options.ZLoss)}}
            parts = [smoothed + drift if training else plain]
            {{(options.LabelSmoothing > 0 ? "parts.append(smoothed)" : "")}}
            {{(options.ZLoss > 0 ? "parts.append(drift)" : "")}}
            {{(options.Accuracy ? "parts.append(torch.eq(logits.argmax(-1), y).float().sum())" : "")}}
            return torch.stack(parts)
        """;
}
