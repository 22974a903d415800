using System.Diagnostics;
using System.Globalization;
using Pipeline.TestKit;
using Pipeline.Training;

namespace Pipeline.Benchmarks;

/// <summary>Training speed beside PyTorch eager on the same shape, data and threads: processes of both in turn, so that a busy machine slows both.</summary>
static class TorchEager
{
    public static void Compare(CharacterTokens tokens, int rounds, int steps, int threads)
    {
        var ours = new double[rounds];
        var theirs = new double[rounds];
        var version = "";
        for (var round = 0; round < rounds; round++)
        {
            var self = Output(Environment.ProcessPath!, "steps", $"{steps}", $"{threads}");
            ours[round] = Number(self[0]);
            var torch = Output("/usr/bin/python3", Path.Combine(Checkout.Root, "benchmarks", "torch_eager.py"), tokens.Training, $"{tokens.Vocabulary}", $"{steps}", $"{threads}");
            theirs[round] = Number(torch[0]);
            version = torch[2];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: ours {ours[round]:F0} tokens/s, PyTorch {theirs[round]:F0}, ratio {ours[round] / theirs[round]:F3}"));
        }
        var ratios = ours.Zip(theirs, (a, b) => a / b).ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"median: ours {Median(ours):F0} tokens/s, PyTorch {version} eager {Median(theirs):F0}, ratio {Median(ratios):F3} (from {ratios.Min():F3} to {ratios.Max():F3})"));
    }

    /// <summary>Tokens a second over the last three quarters of the steps.</summary>
    public static double Ours(CharacterTokens tokens, int steps, int threads)
    {
        var observer = new LateSteps(steps / 4);
        BabyGpt.Train(tokens, steps, seed: 1337, validateEvery: 0, threads, observer);
        return (steps - steps / 4) * 12.0 * BabyGpt.Context / observer.Elapsed.TotalSeconds;
    }

    static string[] Output(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        // As Pipeline.Training sets it for itself: spinning threads on a machine with other work would measure that work.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    sealed class LateSteps(long from) : ITrainingObserver
    {
        long start;

        public TimeSpan Elapsed { get; private set; }

        public void Stepped(in StepReport report)
        {
            if (report.Step == from)
                start = Stopwatch.GetTimestamp();
            if (report.Step == report.Steps)
                Elapsed = Stopwatch.GetElapsedTime(start);
        }

        public void Resumed(long step)
        {
        }

        public void Validated(long step, IReadOnlyList<Figure> figures)
        {
        }

        public void Saved(long step)
        {
        }

        public void Warned(string message)
        {
        }
    }
}
