using System.Diagnostics;
using System.Globalization;
using Pipeline.Training;

namespace Pipeline.Benchmarks;

/// <summary>Memory of training: at its peak with and without activation checkpointing, and over many steps.</summary>
static class Memory
{
    /// <summary>Each in a process of its own, whose peak is its own.</summary>
    public static void Compare(Shape shape, int steps, int threads)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape.Name}: {shape.Config.ParameterCount / 1e6:0.0} M parameters, context {shape.Config.Context}, batch {shape.Batch}, dropout {shape.Config.Dropout}, {steps} steps, {threads} threads"));
        foreach (var checkpointing in new[] { "off", "on" })
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, ["peak", shape.Name, $"{steps}", $"{threads}", checkpointing == "on" ? "1" : "0"]);
            using var process = Process.Start(start)!;
            process.WaitForExit();
        }
    }

    public static void Peak(Shape shape, int steps, int threads, bool checkpointing)
    {
        var before = ResidentMemory.Now;
        var result = shape.Train(steps, threads, change: options => options with { ActivationCheckpointing = checkpointing });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"activation checkpointing {(checkpointing ? "on" : "off")}: peak {ResidentMemory.Peak:F0} MB ({before:F0} MB before), {1000 * result.Times.Total / result.Times.Steps:F0} ms a step, last loss {result.Loss:R}"));
    }

    public static void OverSteps(Shape shape, int steps, int threads, int every)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape.Name}, {steps} steps, {threads} threads; resident memory in MB, and the managed heap's part of it"));
        var result = shape.Train(steps, threads, new Watch(every));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {ResidentMemory.Peak:F1} MB, {result.TokensPerSecond:F0} tokens/s"));
    }

    sealed class Watch(int every) : ITrainingObserver
    {
        public void Stepped(in StepReport report)
        {
            if (report.Step % every == 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {report.Step} | {ResidentMemory.Now:F1} | {GC.GetTotalMemory(false) / 1e6:F1} |"));
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
