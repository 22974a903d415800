using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Training.Tests;

public sealed class WeightAverageTests
{
    static readonly TrainingOptions Averaged = Small.Options(16) with { AverageDecay = 0.9, ValidateEvery = 4, CheckpointEverySteps = 4, MicroBatch = 2, Monitor = true, BytesPerToken = 2 };

    [Fact]
    public void The_model_is_left_with_the_average_of_its_steps()
    {
        using var folder = new TemporaryFolder();
        double[]? expected = null;
        for (var steps = 1; steps <= 5; steps++)
        {
            // The parameters after each step, from runs without an average: the schedule does not depend on the steps.
            var (live, _) = Train(folder, Options(steps) with { AverageDecay = null });
            expected ??= [.. Initial().Select(value => (double)value)];
            var decay = Math.Min(0.3, (1.0 + steps) / (10 + steps));
            for (var i = 0; i < live.Length; i++)
                expected[i] += (1 - decay) * (live[i] - expected[i]);
        }
        var (average, result) = Train(folder, Options(5));
        for (var i = 0; i < average.Length; i++)
            Assert.Equal(expected![i], average[i], 1e-5);
        // What was validated is what is left.
        using var held = Small.Tokens(folder, 300, seed: 2);
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        model.Parameters.Values.copy_(TorchSharp.torch.tensor(average));
        using var objective = new NextToken(model);
        Assert.Equal(result.Validation[0].Value, Totals.Of(objective, new FixedWindows(held, Small.Context), 4).Figures(objective)[0].Value);

        static TrainingOptions Options(int steps) => Small.Options(steps) with { AverageDecay = 0.3, ValidateEvery = 100, LearningRate = new() { Decay = Schedules.Decay.Constant } };
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_resumed_run_has_the_same_average_figures_and_verdicts(bool early)
    {
        using var folder = new TemporaryFolder();
        var options = Averaged with { EarlyStopping = early ? new() { Patience = 9 } : null };
        var whole = Train(folder, options, folder["whole"], dropout: 0.2);
        foreach (var stop in new[] { 6, 11 })
            Assert.Throws<OperationCanceledException>(() => Train(folder, options, folder["run"], new StopAt(stop), dropout: 0.2));
        var resumed = Train(folder, options, folder["run"], dropout: 0.2);
        Assert.Equal(whole.Parameters, resumed.Parameters);
        Assert.Equal(whole.Result.Validation, resumed.Result.Validation);
        var log = File.ReadAllText(folder["whole/log.jsonl"]);
        Assert.Equal(log, File.ReadAllText(folder["run/log.jsonl"]));
        foreach (var name in new[] { "weight_norm", "update_ratio", "validation.gap", "validation.overfit", "validation.bits_per_byte" })
            Assert.Contains($"\"{name}\":", log);
        var figures = whole.Result.Validation.ToDictionary(figure => figure.Name, figure => figure.Value);
        Assert.Equal(figures["loss"] / Math.Log(2) / 2, figures["bits_per_byte"], 1e-12);
    }

    [Fact]
    public void A_model_that_learns_by_heart_is_said_to_overfit()
    {
        using var folder = new TemporaryFolder();
        var watcher = new Watcher();
        Train(folder, Small.Options(300) with { ValidateEvery = 20, Monitor = true, LearningRate = new() { Peak = 1e-2, Decay = Schedules.Decay.Constant } }, observer: watcher, tokens: 200);
        Assert.Contains("the model overfits", watcher.Warnings[0]);
    }

    [Fact]
    public void Monitoring_and_averaging_change_no_bit_of_the_training()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(Train(folder, Small.Options()).Parameters, Train(folder, Small.Options() with { Monitor = true, ValidateEvery = 4 }).Parameters);
    }

    [Theory]
    [InlineData("NVIDIA A100-SXM4-80GB", 312e12)]
    [InlineData("NVIDIA H100 80GB HBM3", 989e12)]
    [InlineData("NVIDIA H200", 989e12)]
    [InlineData("NVIDIA H100 PCIe", null)]
    [InlineData("NVIDIA H100 NVL", null)]
    [InlineData("NVIDIA GeForce RTX 4090", null)]
    [InlineData("cpu", null)]
    public void Peaks_are_those_of_the_table_or_unknown(string device, double? peak) => Assert.Equal(peak, PeakFlops.Of(device));

    [Fact]
    public void A_GPU_has_the_name_that_its_driver_gives_it()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("cuda", GpuName.Of(folder["none"]));
        foreach (var (gpu, name) in new[] { ("0000:01:00.0", "NVIDIA H100 80GB HBM3"), ("0000:02:00.0", "NVIDIA H100 80GB HBM3") })
        {
            Directory.CreateDirectory(folder[gpu]);
            File.WriteAllText(Path.Combine(folder[gpu], "information"), $"Model: \t\t {name}\nIRQ:   \t\t 1\n");
        }

        Assert.Equal(989e12, PeakFlops.Of(GpuName.Of(folder.Path)));
        File.WriteAllText(Path.Combine(folder["0000:02:00.0"], "information"), "Model: NVIDIA A100-SXM4-80GB\n");
        Assert.Equal("cuda", GpuName.Of(folder.Path));
    }

    static float[] Initial()
    {
        using var model = LanguageModel.Initialise(Small.Config(), seed: 1);
        return model.Values();
    }

    static (float[] Parameters, TrainingResult Result) Train(TemporaryFolder folder, TrainingOptions options, string? run = null, ITrainingObserver? observer = null, double dropout = 0, int tokens = 2000)
    {
        using var training = Small.Tokens(folder, tokens);
        using var held = Small.Tokens(folder, 300, seed: 2);
        using var model = LanguageModel.Initialise(Small.Config(dropout), seed: 1);
        using var objective = new NextToken(model);
        var files = run is null ? RunFiles.None : new RunFiles(run, "run");
        var result = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(training, Small.Context, 1), new FixedWindows(held, Small.Context), options, files, observer: observer).Run();
        return (model.Values(), result);
    }
}
