using System.Globalization;
using Pipeline.Training;
using Pipeline.Training.Models;

namespace Pipeline.Benchmarks;

/// <summary>Where the time of a training step goes, and what of it is the price of calling libtorch from .NET operator by operator rather than its arithmetic.</summary>
static class Profile
{
    public static void Print(Shape shape, int steps, int threads)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape.Name}: {shape.Config.ParameterCount / 1e6:0.0} M parameters, context {shape.Config.Context}, batch {shape.Batch}, dropout {shape.Config.Dropout}, {steps} steps, {threads} threads"));
        Console.WriteLine();
        Console.WriteLine("| precision | " + string.Join(" | ", Enum.GetNames<StepPart>()) + " | ms a step | of all processors | calls |");
        Console.WriteLine("|---" + string.Concat(Enumerable.Repeat("|---", Enum.GetValues<StepPart>().Length + 3)) + "|");
        foreach (var precision in Enum.GetValues<Precision>())
        {
            var calls = PerStep(Arithmeticless(shape).Train(50, threads, change: options => options with { Precision = precision }).Times);
            var late = new LateSteps(steps / 4);
            var times = shape.Train(steps, threads, late, options => options with { Precision = precision }).Times;
            var processors = late.Processor.TotalMilliseconds / (steps - steps / 4);
            var shares = Enum.GetValues<StepPart>().Select(part => string.Create(CultureInfo.InvariantCulture, $"{times.Share(part):0.00%}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {precision} | {string.Join(" | ", shares)} | {PerStep(times):0.0} | {processors:0.0} | {calls:0.00} ms, {calls / PerStep(times):0.00%} |"));
        }
    }

    static double PerStep(StepTimes times) => 1000 * times.Total / times.Steps;

    /// <summary>As many layers and so calls and operators, with next to nothing to compute in them.</summary>
    static Shape Arithmeticless(Shape shape) => shape with { Config = new GptConfig(65, 2, shape.Config.Layers, 1, 8) { Dropout = shape.Config.Dropout }, Batch = 1 };
}
