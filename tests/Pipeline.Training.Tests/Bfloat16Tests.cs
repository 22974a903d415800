using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Schedules;
using Pipeline.Training.Tests.Families;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

/// <summary>Matrix products in bfloat16, everything that lasts in float32.</summary>
public sealed class Bfloat16Tests
{
    static readonly TrainingOptions Options = Small.Options(8) with { Precision = Precision.Bfloat16 };

    public static TheoryData<string> All => EveryModel.Names;

    [Theory]
    [MemberData(nameof(All))]
    public void Every_family_trains_to_about_the_loss_of_float32_and_to_other_bits(string name)
    {
        var (loss, weights) = Train(EveryModel.Config(name), Options);
        var (exact, _) = Train(EveryModel.Config(name), Options with { Precision = Precision.Float32 });
        Assert.Equal(exact, loss, 0.1);
        Assert.NotEqual(exact, loss);
        Assert.All(weights, weight => Assert.True(float.IsFinite(weight)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_family_resumes_to_the_same_bits(string name)
    {
        using var folder = new TemporaryFolder();
        var expected = Train(EveryModel.Config(name), Options).Weights;
        var files = new RunFiles(folder["run"], name);
        Assert.Throws<OperationCanceledException>(() => Train(EveryModel.Config(name), Options with { CheckpointEverySteps = 2, ActivationCheckpointing = true }, files, new StopAt(5)));
        Assert.Equal(expected, Train(EveryModel.Config(name), Options, files).Weights);
    }

    [Fact]
    public void Weights_are_kept_in_float32()
    {
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        var before = model.Values();
        Assert.Equal(ScalarType.Float32, model.Parameters.Values.dtype);
        // A step of a millionth is far below what bfloat16, with 8 bits, can add to weights of 0.02.
        var (_, after) = Train(Small.Config(), Options with { Steps = 1, LearningRate = new LearningRate { Peak = 1e-6 }, Optimizer = new AdamWOptions { WeightDecay = 0 } });
        var moved = before.Zip(after).Where(pair => pair.First != 0 && pair.First != pair.Second).ToList();
        Assert.InRange(moved.Count, before.Length / 2, before.Length);
        Assert.All(moved, pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 1e-9, 2e-6));
    }

    [Fact]
    public void Each_optimizer_trains_to_about_the_loss_of_float32()
    {
        foreach (var optimizer in (OptimizerOptions[])[new AdamWOptions(), new MuonOptions(), new LionOptions(), new AdafactorOptions(), new LambOptions(), new LarsOptions(), new SgdOptions()])
        {
            var options = Options with { Optimizer = optimizer, LearningRate = new LearningRate { Peak = 1e-3 } };
            var loss = Train(Small.Config(), options).Loss;
            Assert.True(Math.Abs(loss - Train(Small.Config(), options with { Precision = Precision.Float32 }).Loss) < 0.05, $"{optimizer}: {loss}");
        }
    }

    static (double Loss, float[] Weights) Train(ModelConfig config, TrainingOptions options, RunFiles? files = null, ITrainingObserver? observer = null)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(config, seed: 1);
        using var objective = new NextToken(model);
        var result = new Trainer<TokenBatch>(model.Parameters, objective, Family.Examples(config, tokens), null, options, files, observer: observer).Run();
        return (result.Loss!.Value, model.Values());
    }
}
