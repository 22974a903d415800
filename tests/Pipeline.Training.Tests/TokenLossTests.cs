using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class TokenLossTests
{
    [Fact]
    public void Smoothing_and_z_loss_enter_the_training_loss_and_leave_the_measured_one_plain()
    {
        using var scope = NewDisposeScope();
        using var model = LanguageModel.Initialise(Small.Config(), seed: 5);
        var batch = new Conversations([Small.Conversation(1), Small.Conversation(2)], Small.Vocabulary, Small.Context).Read([new Place(0, 0), new Place(0, 1)]);
        using var objective = new NextToken(model, new TokenLossOptions { LabelSmoothing = 0.1, ZLoss = 1e-2, Accuracy = true });
        Assert.Equal(["smoothed_loss", "z_loss", "accuracy"], objective.Extras);

        var logits = model.Logits(tensor(batch.Ids, [2, batch.Columns])).narrow(2, 0, Small.Vocabulary).flatten(0, 1);
        double plain = 0, smoothed = 0, drift = 0, right = 0;
        for (var at = 0; at < batch.Targets.Length; at++)
        {
            if (batch.Targets[at] == TokenBatch.Ignored)
                continue;
            var row = logits[at].data<float>().Select(logit => (double)logit).ToArray();
            var z = Math.Log(row.Sum(Math.Exp));
            plain += z - row[batch.Targets[at]];
            smoothed += row.Select((logit, id) => (0.1 / Small.Vocabulary + (id == batch.Targets[at] ? 0.9 : 0)) * (z - logit)).Sum();
            drift += 1e-2 * z * z;
            right += row[batch.Targets[at]] == row.Max() ? 1 : 0;
        }
        var measured = objective.Sums(batch, training: false).data<float>().ToArray();
        var expected = new[] { plain, smoothed, drift, right };
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], measured[i], 1e-3);
        Assert.Equal(smoothed + drift, objective.Sums(batch, training: true)[0].item<float>(), 1e-3);

        using var bare = new NextToken(model);
        Assert.Equal(plain, bare.Sums(batch, training: true)[0].item<float>(), 1e-3);
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        Assert.Contains("label smoothing is 1", Assert.Throws<ArgumentException>(() => new TokenLossOptions { LabelSmoothing = 1 }.Checked()).Message);
        Assert.Contains("z-loss is -1", Assert.Throws<ArgumentException>(() => new TokenLossOptions { ZLoss = -1 }.Checked()).Message);
    }
}
