using System.Diagnostics;
using System.Globalization;
using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;
using TorchSharp;

namespace Pipeline.Benchmarks;

/// <summary>What one step of each optimiser takes, without the gradient.</summary>
static class OptimizerSteps
{
    static readonly (string Name, OptimizerOptions Options)[] All =
    [
        ("adamw", new AdamWOptions()),
        ("lion", new LionOptions()),
        ("adafactor", new AdafactorOptions()),
        ("lamb", new LambOptions()),
        ("lars", new LarsOptions()),
        ("sgd", new SgdOptions()),
        ("muon", new MuonOptions()),
    ];

    public static void Compare(int rounds, int threads)
    {
        torch.set_num_threads(threads);
        Console.WriteLine($"{rounds} rounds, {threads} threads, load {File.ReadAllText("/proc/loadavg").Trim()}; milliseconds, median (least)");
        foreach (var config in new[] { new GptConfig(65, 256, 6, 6, 384), new GptConfig(50257, 1024, 12, 12, 768) })
        {
            using var model = LanguageModel.Initialise(config, seed: 1);
            model.Parameters.PrepareForTraining();
            var times = All.Select(_ => new double[rounds]).ToArray();
            for (var k = 0; k < All.Length; k++)
            {
                using var optimizer = All[k].Options.Create(model.Parameters);
                for (var round = -1; round < rounds; round++)
                {
                    using (var scope = torch.NewDisposeScope())
                        model.Parameters.Gradients.copy_(torch.randn_like(model.Parameters.Values, requires_grad: false).mul_(1e-3));
                    var start = Stopwatch.GetTimestamp();
                    optimizer.Step(1e-5, round + 2);
                    // The first one warms up.
                    if (round >= 0)
                        times[k][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
                Array.Sort(times[k]);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {config.ParameterCount / 1e6:0.0}M | {All[k].Name} | {times[k][rounds / 2]:0.0} | {times[k][0]:0.0} |"));
            }
        }
        Console.WriteLine($"load {File.ReadAllText("/proc/loadavg").Trim()}");
    }
}
