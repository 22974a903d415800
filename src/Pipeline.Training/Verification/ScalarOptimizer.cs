using Pipeline.Training.Models;
using Pipeline.Training.Optimizers;

namespace Pipeline.Training.Verification;

/// <summary>One tensor under an optimiser, written out from its paper element by element in double precision. Slow, and in no way related to what trains.</summary>
/// <param name="options">Which, and its constants.</param>
/// <param name="layout">Of the tensor; decayed where it has two or more dimensions.</param>
/// <param name="w">Its values, moved by <see cref="Step"/>.</param>
sealed class ScalarOptimizer(OptimizerOptions options, ParameterLayout layout, double[] w)
{
    readonly double[] first = new double[w.Length], second = new double[w.Length];
    readonly bool decayed = layout.Shape.Length >= 2;

    /// <param name="g">Its gradient.</param>
    /// <param name="rate">Of this step.</param>
    /// <param name="step">From 1.</param>
    public void Step(double[] g, double rate, int step)
    {
        switch (options)
        {
            case AdamWOptions adamw: AdamW(adamw, g, rate, step); break;
            case MuonOptions muon when layout.Hidden: Muon(muon, g, rate); break;
            case MuonOptions muon: AdamW(muon.Rest, g, rate * muon.RestRate, step); break;
            case LionOptions lion: Lion(lion, g, rate); break;
            case AdafactorOptions adafactor: Adafactor(adafactor, g, rate, step); break;
            case LambOptions lamb: Lamb(lamb, g, rate, step); break;
            case LarsOptions lars: Lars(lars, g, rate); break;
            case SgdOptions sgd: Sgd(sgd, g, rate); break;
            default: throw new ArgumentException($"There is no reference for {options.GetType().Name}.");
        }
    }

    double Decay(double decay) => decayed ? decay : 0;

    /// <summary>Loshchilov and Hutter 2019, algorithm 2.</summary>
    void AdamW(AdamWOptions its, double[] g, double rate, int step)
    {
        for (var i = 0; i < w.Length; i++)
        {
            first[i] = its.Beta1 * first[i] + (1 - its.Beta1) * g[i];
            second[i] = its.Beta2 * second[i] + (1 - its.Beta2) * g[i] * g[i];
            w[i] *= 1 - rate * Decay(its.WeightDecay);
            w[i] -= rate * (first[i] / (1 - Math.Pow(its.Beta1, step))) / (Math.Sqrt(second[i] / (1 - Math.Pow(its.Beta2, step))) + its.Epsilon);
        }
    }

    /// <summary>Chen et al. 2023.</summary>
    void Lion(LionOptions its, double[] g, double rate)
    {
        for (var i = 0; i < w.Length; i++)
        {
            var update = Math.Sign(its.Beta1 * first[i] + (1 - its.Beta1) * g[i]) + Decay(its.WeightDecay) * w[i];
            first[i] = its.Beta2 * first[i] + (1 - its.Beta2) * g[i];
            w[i] -= rate * update;
        }
    }

    void Sgd(SgdOptions its, double[] g, double rate)
    {
        for (var i = 0; i < w.Length; i++)
        {
            var gradient = g[i] + Decay(its.WeightDecay) * w[i];
            first[i] = its.Momentum * first[i] + gradient;
            w[i] -= rate * (its.Nesterov ? gradient + its.Momentum * first[i] : first[i]);
        }
    }

    /// <summary>You et al. 2020, with the trust ratio min(‖w‖, 10) / ‖u‖, 1 where either is 0.</summary>
    void Lamb(LambOptions its, double[] g, double rate, int step)
    {
        var update = new double[w.Length];
        for (var i = 0; i < w.Length; i++)
        {
            first[i] = its.Beta1 * first[i] + (1 - its.Beta1) * g[i];
            second[i] = its.Beta2 * second[i] + (1 - its.Beta2) * g[i] * g[i];
            update[i] = first[i] / (1 - Math.Pow(its.Beta1, step)) / (Math.Sqrt(second[i] / (1 - Math.Pow(its.Beta2, step))) + its.Epsilon) + Decay(its.WeightDecay) * w[i];
        }
        var (length, change) = (Norm(w), Norm(update));
        var trust = length > 0 && change > 0 ? Math.Min(length, 10) / change : 1;
        for (var i = 0; i < w.Length; i++)
            w[i] -= rate * trust * update[i];
    }

    /// <summary>You et al. 2017; of a tensor of zeros the trust alone.</summary>
    void Lars(LarsOptions its, double[] g, double rate)
    {
        var decay = Decay(its.WeightDecay);
        var local = Norm(w) > 0 ? its.Trust * Norm(w) / (Norm(g) + decay * Norm(w)) : its.Trust;
        for (var i = 0; i < w.Length; i++)
        {
            first[i] = its.Momentum * first[i] + rate * local * (g[i] + decay * w[i]);
            w[i] -= first[i];
        }
    }

    /// <summary>Shazeer and Stern 2018, algorithms 4 and 5.</summary>
    void Adafactor(AdafactorOptions its, double[] g, double rate, int step)
    {
        var (rows, columns) = decayed ? ((int)layout.Shape[0], w.Length / (int)layout.Shape[0]) : (1, w.Length);
        var kept = 1 - Math.Pow(step, -its.DecayExponent);
        var update = new double[w.Length];
        for (var i = 0; i < rows && decayed; i++)
            first[i] = kept * first[i] + (1 - kept) * Enumerable.Range(0, columns).Sum(j => Square(i * columns + j));
        for (var j = 0; j < columns && decayed; j++)
            second[j] = kept * second[j] + (1 - kept) * Enumerable.Range(0, rows).Sum(i => Square(i * columns + j));
        var total = first.Take(rows).Sum();
        for (var i = 0; i < w.Length; i++)
        {
            if (!decayed)
                first[i] = kept * first[i] + (1 - kept) * Square(i);
            update[i] = g[i] / Math.Sqrt(decayed ? first[i / columns] * second[i % columns] / total : first[i]);
        }
        var root = Math.Sqrt(w.Length);
        var scale = Math.Max(its.LeastScale, Norm(w) / root) / Math.Max(1, Norm(update) / root / its.UpdateClip);
        for (var i = 0; i < w.Length; i++)
            w[i] = w[i] * (1 - rate * Decay(its.WeightDecay)) - rate * scale * update[i];

        double Square(int i) => g[i] * g[i] + its.Epsilon;
    }

    /// <summary>Jordan et al. 2024: five quintic Newton-Schulz steps on the Nesterov momentum.</summary>
    void Muon(MuonOptions its, double[] g, double rate)
    {
        var (rows, columns) = ((int)layout.Shape[0], (int)layout.Shape[1]);
        var x = new double[rows, columns];
        for (var i = 0; i < w.Length; i++)
        {
            first[i] = its.Momentum * first[i] + g[i];
            x[i / columns, i % columns] = g[i] + its.Momentum * first[i];
        }
        x = Sum(x, 1 / (Math.Sqrt(x.Cast<double>().Sum(each => each * each)) + 1e-7), x, 0);
        for (var iteration = 0; iteration < 5; iteration++)
        {
            // Of any shape: aX + b(XX')X + c(XX')(XX')X.
            var a = Product(x, Transposed(x));
            x = Sum(Sum(x, 3.4445, Product(a, x), -4.7750), 1, Product(Product(a, a), x), 2.0315);
        }
        for (var i = 0; i < w.Length; i++)
            w[i] = w[i] * (1 - rate * its.WeightDecay) - rate * Math.Sqrt(Math.Max(1, (double)rows / columns)) * x[i / columns, i % columns];
    }

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

    static double[,] Sum(double[,] x, double a, double[,] y, double b)
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
