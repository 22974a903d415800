using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;

namespace Pipeline.Training.Tests;

/// <summary>What every optimiser keeps to in a whole run.</summary>
public sealed class OptimizerRunTests
{
    static readonly Dictionary<string, (OptimizerOptions Optimizer, double Rate)> Optimizers = new()
    {
        ["adamw"] = (new AdamWOptions(), 1e-2),
        ["muon"] = (new MuonOptions(), 2e-2),
        ["lion"] = (new LionOptions(), 1e-3),
        ["adafactor"] = (new AdafactorOptions(), 3e-2),
        ["lamb"] = (new LambOptions(), 1e-2),
        ["lars"] = (new LarsOptions { Trust = 0.1 }, 1),
        ["sgd"] = (new SgdOptions { Nesterov = true }, 0.3),
        ["sgd without momentum"] = (new SgdOptions { Momentum = 0 }, 0.5),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_resumed_run_ends_with_the_same_bits(string name)
    {
        using var folder = new TemporaryFolder();
        var options = Options(name) with { Batch = 4, MicroBatch = 2, CheckpointEverySteps = 4 };
        var whole = Train(folder, options, dropout: 0.2, folder["whole"]);
        Assert.Throws<OperationCanceledException>(() => Train(folder, options, dropout: 0.2, folder["run"], new StopAt(6)));
        var resumed = Train(folder, options, dropout: 0.2, folder["run"]);
        Assert.Equal(whole.Parameters, resumed.Parameters);
        Assert.Equal(File.ReadAllText(folder["whole/log.jsonl"]), File.ReadAllText(folder["run/log.jsonl"]));
    }

    [Theory, MemberData(nameof(Names))]
    public void Two_micro_batches_are_one_batch_and_the_loss_falls(string name)
    {
        using var folder = new TemporaryFolder();
        var options = Options(name) with { Steps = 20 };
        var (whole, parts) = (Train(folder, options), Train(folder, options with { MicroBatch = 2 }));
        // A sign or an orthogonal factor turns the last bits of a gradient near 0 into a whole step, so some elements may part.
        var apart = whole.Parameters.Zip(parts.Parameters).Count(pair => Math.Abs(pair.First - pair.Second) > 2e-3);
        Assert.InRange(apart, 0, whole.Parameters.Length / 200);
        Assert.Equal(whole.Loss, parts.Loss, 5e-3);
        Assert.InRange(whole.Loss, 0, 3.9);
    }

    static TrainingOptions Options(string name)
    {
        var (optimizer, rate) = Optimizers[name];
        return Small.Options() with { Optimizer = optimizer, LearningRate = new() { Peak = rate, WarmUp = 2 } };
    }

    static (float[] Parameters, double Loss) Train(TemporaryFolder folder, TrainingOptions options, double dropout = 0, string? run = null, ITrainingObserver? observer = null)
    {
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(Small.Config(dropout), seed: 1);
        using var objective = new NextToken(model);
        var files = run is null ? RunFiles.None : new RunFiles(run, "run");
        var result = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, options, files, observer: observer).Run();
        return (model.Values(), result.Loss!.Value);
    }
}
