using System.Globalization;
using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;
using static TorchSharp.torch;

namespace Pipeline.Training.Verification;

/// <summary>Invariant 8: an optimiser, with the constants that are chosen, moves tensors of every kind as its paper's formula does in double precision.</summary>
static class OptimizerFormula
{
    const string Name = "the optimiser is its paper's formula";
    const int Steps = 20;

    /// <summary>An embedding, matrices of either shape and two of one, a vector, and one that begins at 0.</summary>
    static readonly ParameterLayout[] Layout =
    [
        new("embedding", [5, 3], default, VocabularyRows: true),
        new("tall", [6, 4], default),
        new("wide", [3, 5], default),
        new("wide like the other", [3, 5], default),
        new("long", [3, 8], default),
        new("high", [9, 4], default),
        new("vector", [7], default),
        new("zero", [4], default),
    ];

    /// <param name="options">Which, and its constants.</param>
    /// <param name="rate">At its highest.</param>
    /// <param name="create">What is to be checked; null: as a training creates it.</param>
    public static Finding Check(OptimizerOptions options, double rate, Func<FlatParameters, Optimizer>? create = null)
    {
        using var scope = NewDisposeScope();
        using var parameters = new FlatParameters(Layout, CPU);
        parameters.PrepareForTraining();
        var random = new Random(3);
        double[] Draw(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => (double)(float)(random.NextDouble() - 0.5))];
        var expected = Layout.Select(each => each.Name == "zero" ? new double[each.Elements] : Draw(each.Elements)).ToArray();
        var references = Layout.Zip(expected).Select(each => new ScalarOptimizer(options, each.First, each.Second)).ToArray();
        for (var k = 0; k < Layout.Length; k++)
            Set(parameters.Views[k].detach(), expected[k]);
        var began = expected.Select(each => each.ToArray()).ToArray();
        using var optimizer = (create ?? options.Create)(parameters);
        for (var step = 1; step <= Steps; step++)
        {
            for (var k = 0; k < Layout.Length; k++)
            {
                var gradient = Draw(Layout[k].Elements);
                Set(parameters.Views[k].grad!, gradient);
                references[k].Step(gradient, rate, step);
            }
            optimizer.Step(rate, step);
        }
        // Newton-Schulz steps enlarge small directions, and with them their rounding.
        var tolerance = options is MuonOptions ? 2e-3 : 3e-4;
        var (worst, where) = (0.0, "");
        for (var k = 0; k < Layout.Length; k++)
        {
            var actual = parameters.Views[k].detach().flatten().data<float>().ToArray();
            // As a share of how far the tensor moved, so that a high and a low rate are held alike.
            var moved = Math.Max(Math.Sqrt(expected[k].Zip(began[k]).Sum(pair => Math.Pow(pair.First - pair.Second, 2))), 1e-4);
            var apart = Math.Sqrt(expected[k].Zip(actual).Sum(pair => Math.Pow(pair.First - pair.Second, 2))) / moved;
            if (!(apart <= worst))
                (worst, where) = (apart, Layout[k].Name);
        }
        return new(8, Name, worst <= tolerance, string.Create(CultureInfo.InvariantCulture, $"after {Steps} steps at {rate:0.#e+0} the tensor '{where}' is {worst:0.0e+0} of its way from the formula (at most {tolerance:0e+0})"));
    }

    static void Set(Tensor target, double[] values) => target.copy_(tensor([.. values.Select(value => (float)value)], target.shape));
}
