using Pipeline.Training.Batches;
using Pipeline.Training.Distributed;
using Pipeline.Training.Objectives;
using Pipeline.Training.Scripts;
using static TorchSharp.torch;

namespace Pipeline.Training.Evaluation;

/// <summary>An objective's sums over all examples, without dropout.</summary>
/// <param name="Weight">What to divide by for a mean.</param>
/// <param name="Sums">The loss, then the objective's extras.</param>
public sealed record Totals(double Weight, double[] Sums)
{
    /// <summary>The ranks share the batches, and all get the same bits however many they are.</summary>
    public static Totals Of<TBatch>(Objective<TBatch> objective, IExamples<TBatch> examples, int batch, ICollective? ranks = null, Precision precision = Precision.Float32)
    {
        using var noGradient = no_grad();
        var columns = 2 + objective.Extras.Count;
        var batches = checked((int)((examples.Count + batch - 1) / batch));
        var table = new double[(long)batches * columns];
        for (var at = ranks?.Rank ?? 0; at < batches; at += ranks?.Size ?? 1)
        {
            using var scope = NewDisposeScope();
            using var autocast = Autocast.For(precision);
            var places = new Place[(int)Math.Min(batch, examples.Count - (long)at * batch)];
            for (var i = 0; i < places.Length; i++)
                places[i] = new Place(0, (long)at * batch + i);
            var read = examples.Read(places);
            var sums = objective.Sums(read, training: false).cpu().data<float>().ToArray();
            table[at * columns] = objective.Weight(read);
            for (var i = 0; i < sums.Length; i++)
                table[at * columns + 1 + i] = sums[i];
        }
        ranks?.AllReduceSum(table.AsSpan());

        var totals = new double[columns];
        for (var i = 0; i < table.Length; i++)
            totals[i % columns] += table[i];
        return new Totals(totals[0], totals[1..]);
    }

    /// <summary>Means by name, the loss first.</summary>
    public IReadOnlyList<Figure> Figures<TBatch>(Objective<TBatch> objective) =>
        [.. objective.Extras.Prepend("loss").Select((name, i) => new Figure(name, Sums[i] / Weight))];
}
