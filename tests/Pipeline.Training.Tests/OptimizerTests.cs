using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

/// <summary>Each optimiser beside its paper's formulas in double precision, element by element.</summary>
public sealed class OptimizerTests
{
    const double Rate = 0.01;

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

    [Theory]
    [InlineData(0.9, false)]
    [InlineData(0.9, true)]
    [InlineData(0, false)]
    public void Sgd_equals_its_formula(double momentum, bool nesterov) => Check(new SgdOptions { Momentum = momentum, Nesterov = nesterov, WeightDecay = 0.1 }, (_, decayed, w, g, state, _) =>
    {
        for (var i = 0; i < w.Length; i++)
        {
            var gradient = g[i] + (decayed ? 0.1 * w[i] : 0);
            state[0][i] = momentum * state[0][i] + gradient;
            w[i] -= Rate * (nesterov ? gradient + momentum * state[0][i] : state[0][i]);
        }
    });

    [Fact]
    public void Lion_equals_its_paper() => Check(new LionOptions { Beta1 = 0.8, Beta2 = 0.95, WeightDecay = 0.5 }, (_, decayed, w, g, state, _) =>
    {
        for (var i = 0; i < w.Length; i++)
        {
            var update = Math.Sign(0.8 * state[0][i] + 0.2 * g[i]) + (decayed ? 0.5 * w[i] : 0);
            state[0][i] = 0.95 * state[0][i] + 0.05 * g[i];
            w[i] -= Rate * update;
        }
    });

    [Fact]
    public void Lamb_equals_its_paper() => Check(new LambOptions { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-4, WeightDecay = 0.3 }, (_, decayed, w, g, state, step) =>
    {
        var update = new double[w.Length];
        for (var i = 0; i < w.Length; i++)
        {
            state[0][i] = 0.8 * state[0][i] + 0.2 * g[i];
            state[1][i] = 0.95 * state[1][i] + 0.05 * g[i] * g[i];
            var m = state[0][i] / (1 - Math.Pow(0.8, step));
            var v = state[1][i] / (1 - Math.Pow(0.95, step));
            update[i] = m / (Math.Sqrt(v) + 1e-4) + (decayed ? 0.3 * w[i] : 0);
        }
        var (length, change) = (Norm(w), Norm(update));
        var trust = length > 0 && change > 0 ? Math.Min(length, 10) / change : 1;
        for (var i = 0; i < w.Length; i++)
            w[i] -= Rate * trust * update[i];
    });

    [Fact]
    public void Lars_equals_its_paper() => Check(new LarsOptions { Momentum = 0.8, Trust = 0.5, WeightDecay = 0.3 }, (_, decayed, w, g, state, _) =>
    {
        var decay = decayed ? 0.3 : 0;
        var local = Norm(w) > 0 ? 0.5 * Norm(w) / (Norm(g) + decay * Norm(w)) : 0.5;
        for (var i = 0; i < w.Length; i++)
        {
            state[0][i] = 0.8 * state[0][i] + Rate * local * (g[i] + decay * w[i]);
            w[i] -= state[0][i];
        }
    });

    [Fact]
    public void Adafactor_equals_its_paper() => Check(new AdafactorOptions { WeightDecay = 0.3 }, (layout, decayed, w, g, state, step) =>
    {
        var (rows, columns) = decayed ? ((int)layout.Shape[0], (int)layout.Shape[1]) : (1, w.Length);
        var kept = 1 - Math.Pow(step, -0.8);
        var (r, c, update) = (state[0], state[1], new double[w.Length]);
        double Square(int i) => g[i] * g[i] + 1e-30;
        if (decayed)
        {
            for (var i = 0; i < rows; i++)
                r[i] = kept * r[i] + (1 - kept) * Enumerable.Range(0, columns).Sum(j => Square(i * columns + j));
            for (var j = 0; j < columns; j++)
                c[j] = kept * c[j] + (1 - kept) * Enumerable.Range(0, rows).Sum(i => Square(i * columns + j));
        }
        for (var i = 0; i < w.Length; i++)
        {
            if (!decayed)
                r[i] = kept * r[i] + (1 - kept) * Square(i);
            update[i] = g[i] / Math.Sqrt(decayed ? r[i / columns] * c[i % columns] / r[..rows].Sum() : r[i]);
        }
        var scale = Math.Max(1e-3, Norm(w) / Math.Sqrt(w.Length)) / Math.Max(1, Norm(update) / Math.Sqrt(w.Length));
        for (var i = 0; i < w.Length; i++)
            w[i] = w[i] * (decayed ? 1 - Rate * 0.3 : 1) - Rate * scale * update[i];
    });

    [Fact]
    public void Muon_equals_its_formula_and_gives_embeddings_and_vectors_to_AdamW() => Check(new MuonOptions { Momentum = 0.9, WeightDecay = 0.3, RestRate = 0.5 }, (layout, decayed, w, g, state, step) =>
    {
        if (!layout.Hidden)
        {
            for (var i = 0; i < w.Length; i++)
            {
                state[0][i] = 0.9 * state[0][i] + 0.1 * g[i];
                state[1][i] = 0.95 * state[1][i] + 0.05 * g[i] * g[i];
                w[i] *= decayed ? 1 - 0.5 * Rate * 0.1 : 1;
                w[i] -= 0.5 * Rate * (state[0][i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(state[1][i] / (1 - Math.Pow(0.95, step))) + 1e-8);
            }
            return;
        }
        var (rows, columns) = ((int)layout.Shape[0], (int)layout.Shape[1]);
        var x = new double[rows, columns];
        for (var i = 0; i < w.Length; i++)
        {
            state[0][i] = 0.9 * state[0][i] + g[i];
            x[i / columns, i % columns] = g[i] + 0.9 * state[0][i];
        }
        var norm = Math.Sqrt(x.Cast<double>().Sum(each => each * each)) + 1e-7;
        x = Combine(x, 1 / norm, x, 0);
        for (var iteration = 0; iteration < 5; iteration++)
        {
            // For X of any shape: aX + b(XX')X + c(XX')(XX')X, which the implementation computes on the short side.
            var a = Product(x, Transposed(x));
            x = Combine(Combine(x, 3.4445, Product(a, x), -4.7750), 1, Product(Product(a, a), x), 2.0315);
        }
        for (var i = 0; i < w.Length; i++)
            w[i] = w[i] * (1 - Rate * 0.3) - Rate * Math.Sqrt(Math.Max(1, (double)rows / columns)) * x[i / columns, i % columns];
    }, tolerance: 2e-4);

    [Fact]
    public void A_lookup_table_is_no_hidden_matrix()
    {
        var layout = new GptConfig(50, 16, Layers: 1, Heads: 2, Width: 8).Layout();
        Assert.Equal(["c_attn", "c_proj", "c_fc", "c_proj"], layout.Where(each => each.Hidden).Select(each => each.Name.Split('.')[^2]));
    }

    [Theory, MemberData(nameof(Families.Family.All), MemberType = typeof(Families.Family))]
    public void No_family_has_an_embedding_among_its_hidden_matrices(string family)
    {
        var hidden = Families.Family.Config(family).Layout().Where(each => each.Hidden).Select(each => each.Name).ToArray();
        Assert.NotEmpty(hidden);
        Assert.DoesNotContain(hidden, name => name.Contains("wpe", StringComparison.Ordinal) || name.Contains("wte", StringComparison.Ordinal) || name.Contains("embedding", StringComparison.Ordinal));
    }

    /// <param name="reference">One step of one tensor: layout, whether it is decayed, values and gradient, state that starts at 0, number of the step.</param>
    static void Check(OptimizerOptions options, Action<ParameterLayout, bool, double[], double[], double[][], int> reference, double tolerance = 3e-5)
    {
        using var parameters = new FlatParameters(Layout, CPU);
        parameters.PrepareForTraining();
        var random = new Random(3);
        double[] Draw(long count) => [.. Enumerable.Range(0, (int)count).Select(_ => (double)(float)(random.NextDouble() - 0.5))];
        var expected = Layout.Select(each => each.Name == "zero" ? new double[each.Elements] : Draw(each.Elements)).ToArray();
        var states = Layout.Select(each => new[] { new double[each.Elements], new double[each.Elements] }).ToArray();
        for (var k = 0; k < Layout.Length; k++)
            Set(parameters.Views[k].detach(), expected[k]);
        using var optimizer = options.Create(parameters);
        for (var step = 1; step <= 20; step++)
        {
            for (var k = 0; k < Layout.Length; k++)
            {
                var gradient = Draw(Layout[k].Elements);
                Set(parameters.Views[k].grad!, gradient);
                reference(Layout[k], Layout[k].Shape.Length >= 2, expected[k], gradient, states[k], step);
            }
            optimizer.Step(Rate, step);
        }
        for (var k = 0; k < Layout.Length; k++)
        {
            var actual = parameters.Views[k].detach().flatten().data<float>().ToArray();
            for (var i = 0; i < actual.Length; i++)
                Assert.Equal(expected[k][i], actual[i], tolerance);
        }
    }

    static void Set(Tensor target, double[] values) => target.copy_(tensor([.. values.Select(value => (float)value)], target.shape));

    static double Norm(double[] x) => Math.Sqrt(x.Sum(each => each * each));

    static double[,] Transposed(double[,] x)
    {
        var result = new double[x.GetLength(1), x.GetLength(0)];
        for (var i = 0; i < x.GetLength(0); i++)
        {
            for (var j = 0; j < x.GetLength(1); j++)
                result[j, i] = x[i, j];
        }
        return result;
    }

    static double[,] Product(double[,] x, double[,] y)
    {
        var result = new double[x.GetLength(0), y.GetLength(1)];
        for (var i = 0; i < result.GetLength(0); i++)
        {
            for (var j = 0; j < result.GetLength(1); j++)
            {
                for (var k = 0; k < x.GetLength(1); k++)
                    result[i, j] += x[i, k] * y[k, j];
            }
        }
        return result;
    }

    static double[,] Combine(double[,] x, double a, double[,] y, double b)
    {
        var result = new double[x.GetLength(0), x.GetLength(1)];
        for (var i = 0; i < result.GetLength(0); i++)
        {
            for (var j = 0; j < result.GetLength(1); j++)
                result[i, j] = a * x[i, j] + b * y[i, j];
        }
        return result;
    }
}
