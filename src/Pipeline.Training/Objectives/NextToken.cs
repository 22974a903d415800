using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Objectives;

/// <summary>Cross-entropy of each target token in nats: pretraining where every token is a target, instruction tuning where the response is.</summary>
public sealed class NextToken(Gpt model) : Objective<TokenBatch>
{
    readonly CompiledScript script = new(model.Source + "\n" + """

        def sums(w: List[Tensor], ids: Tensor, targets: Tensor, padding: Tensor, training: bool) -> Tensor:
            return summed_loss(w, ids, targets, padding, training).unsqueeze(0)
        """);

    public override double Weight(TokenBatch batch) => batch.Weight;

    public override long Tokens(TokenBatch batch) => batch.Ids.Length;

    public override Tensor Sums(TokenBatch batch, bool training) =>
        script.Tensor("sums", model.Parameters.Views, batch.IdsOn(model.Device), batch.TargetsOn(model.Device), model.Padding, training);

    public override void Dispose() => script.Dispose();
}
