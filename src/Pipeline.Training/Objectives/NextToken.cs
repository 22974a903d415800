using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Objectives;

/// <summary>Cross-entropy of each target token in nats: pretraining where every token is a target, instruction tuning where the response is.</summary>
public sealed class NextToken(LanguageModel model) : Objective<TokenBatch>
{
    readonly CompiledScript script = new(model.Source + "\n" + """

        def sums(w: List[Tensor], inputs: List[Tensor], targets: Tensor, at: Tensor, padding: Tensor, training: bool) -> Tensor:
            return summed_loss(w, inputs, targets, at, padding, training).unsqueeze(0)
        """);

    public override double Weight(TokenBatch batch) => batch.Weight;

    public override long Tokens(TokenBatch batch) => batch.Ids.Length;

    public override Tensor Sums(TokenBatch batch, bool training)
    {
        var (inputs, targets, at) = batch.On(model.Device);
        return script.Tensor("sums", model.Parameters.Views, inputs, targets, at, model.Padding, training);
    }

    public override void Dispose() => script.Dispose();
}
