using System.Diagnostics;
using System.Globalization;
using Pipeline.TestKit;

namespace Pipeline.Benchmarks;

/// <summary>Training speed beside PyTorch eager on the same shape, data and threads: processes of both in turn, so that a busy machine slows both. Beside the clock's time stands the
/// processors', which other work disturbs less.</summary>
static class TorchEager
{
    public static void Compare(Shape shape, int rounds, int steps, int threads)
    {
        using var folder = new TemporaryFolder();
        var tokens = shape.Tokens(folder.Path).Path;
        var config = shape.Config;
        string[] peer = [Path.Combine(Checkout.Root, "benchmarks", "torch_eager.py"), tokens, .. new object[] { config.Vocabulary, config.Layers, config.Heads, config.Width, config.Context, shape.Batch,
            config.Dropout, steps, threads }.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each}"))];
        var ratios = new List<(double Clock, double Processor)>();
        var all = new List<(Speed Ours, Speed Theirs)>();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape.Name}: {config.ParameterCount / 1e6:0.0} M parameters, context {config.Context}, batch {shape.Batch}, dropout {config.Dropout}, {steps} steps, {threads} threads, load {Load()}"));
        for (var round = 1; round <= rounds; round++)
        {
            var ours = Speed.Of(Environment.ProcessPath!, "steps", shape.Name, $"{steps}", $"{threads}");
            var theirs = Speed.Of("/usr/bin/python3", peer);
            all.Add((ours, theirs));
            ratios.Add((ours.TokensPerSecond / theirs.TokensPerSecond, theirs.ProcessorSeconds / ours.ProcessorSeconds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"round {round}: ours {ours.TokensPerSecond:F0} tokens/s, PyTorch {theirs.TokensPerSecond:F0}, ratio {ratios[^1].Clock:F3}; processor seconds a step {ours.ProcessorSeconds:0.####} and {theirs.ProcessorSeconds:0.####}, ratio {ratios[^1].Processor:F3}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{shape.Name}, median: ours {Median(all.Select(each => each.Ours.TokensPerSecond)):F0} tokens/s, PyTorch {all[0].Theirs.Version} eager {Median(all.Select(each => each.Theirs.TokensPerSecond)):F0}, ratio {Median(ratios.Select(ratio => ratio.Clock)):F3} (from {ratios.Min(ratio => ratio.Clock):F3} to {ratios.Max(ratio => ratio.Clock):F3}), of processor seconds {Median(ratios.Select(ratio => ratio.Processor)):F3}; peak memory {all[0].Ours.Megabytes:F0} and {all[0].Theirs.Megabytes:F0} MB; load {Load()}"));
    }

    /// <summary>What <see cref="Speed"/> reads.</summary>
    public static void Ours(Shape shape, int steps, int threads)
    {
        var observer = new LateSteps(steps / 4);
        var result = shape.Train(steps, threads, observer);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(steps - steps / 4) * shape.TokensPerStep / observer.Clock.TotalSeconds:F1} {observer.Processor.TotalSeconds / (steps - steps / 4):F5} {ResidentMemory.Peak:F0} {result.Loss:F4} -"));
    }

    static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    readonly record struct Speed(double TokensPerSecond, double ProcessorSeconds, double Megabytes, string Version)
    {
        public static Speed Of(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
            // As Pipeline.Training sets it for itself: spinning threads on a machine with other work would measure that work.
            start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
            return new(Number(output[0]), Number(output[1]), Number(output[2]), output[4]);
        }

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
