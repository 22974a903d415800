using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class AdamWTests
{
    [Fact]
    public void The_fused_step_equals_a_scalar_reference_in_double_precision()
    {
        var options = new AdamWOptions { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.3 };
        using var parameters = new FlatParameters([new("matrix", [3, 5], default), new("bias", [7], default)], CPU);
        parameters.PrepareForTraining();
        var random = new Random(3);
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (double)(float)(random.NextDouble() - 0.5))];
        var expected = new Dictionary<string, double[]> { ["matrix"] = Draw(15), ["bias"] = Draw(7) };
        var first = expected.ToDictionary(entry => entry.Key, entry => new double[entry.Value.Length]);
        var second = expected.ToDictionary(entry => entry.Key, entry => new double[entry.Value.Length]);
        foreach (var (name, values) in expected)
            Set(parameters[name].detach(), values);
        using var optimizer = new AdamW(parameters, options);

        for (var step = 1; step <= 20; step++)
        {
            var rate = 0.01 * step;
            foreach (var (name, values) in expected)
            {
                var gradient = Draw(values.Length);
                Set(parameters[name].grad!, gradient);
                for (var i = 0; i < values.Length; i++)
                {
                    first[name][i] = options.Beta1 * first[name][i] + (1 - options.Beta1) * gradient[i];
                    second[name][i] = options.Beta2 * second[name][i] + (1 - options.Beta2) * gradient[i] * gradient[i];
                    // Only tensors of two and more dimensions are decayed.
                    values[i] *= name == "matrix" ? 1 - rate * options.WeightDecay : 1;
                    var m = first[name][i] / (1 - Math.Pow(options.Beta1, step));
                    var v = second[name][i] / (1 - Math.Pow(options.Beta2, step));
                    values[i] -= rate * m / (Math.Sqrt(v) + options.Epsilon);
                }
            }
            optimizer.Step(rate, step);
        }

        foreach (var (name, values) in expected)
        {
            var actual = parameters[name].detach().flatten().data<float>().ToArray();
            for (var i = 0; i < values.Length; i++)
                Assert.Equal(values[i], actual[i], 2e-5);
        }
    }

    [Fact]
    public void Clipping_scales_the_whole_gradient_to_the_greatest_norm()
    {
        using var parameters = new FlatParameters([new("a", [2, 2], default), new("b", [3], default)], CPU);
        parameters.PrepareForTraining();
        using var optimizer = new AdamW(parameters, new AdamWOptions());
        parameters["a"].grad!.fill_(3);
        parameters["b"].grad!.fill_(4);
        var norm = Math.Sqrt(4 * 9 + 3 * 16);
        Assert.Equal(norm, optimizer.GradientNorm(), 1e-5);
        optimizer.Clip(norm, 100);
        Assert.Equal(norm, optimizer.GradientNorm(), 1e-5);
        optimizer.Clip(norm, 1);
        Assert.Equal(1, optimizer.GradientNorm(), 1e-5);
        Assert.Equal(4 / norm, parameters["b"].grad![0].item<float>(), 1e-5);
    }

    static void Set(Tensor target, double[] values) => target.copy_(tensor([.. values.Select(value => (float)value)], target.shape));
}
