using Pipeline.Training.Batches;
using Pipeline.Training.Distributed;
using Pipeline.Training.Objectives;
using static TorchSharp.torch;

namespace Pipeline.Training;

/// <summary>The objective's figures over all of a fixed set of examples, without dropout, shared among the ranks.</summary>
public sealed class Validation<TBatch>(Objective<TBatch> objective, IExamples<TBatch> examples, int batch, ICollective ranks)
{
    public IReadOnlyList<Figure> Measure()
    {
        using var noGradient = no_grad();
        var columns = 2 + objective.Extras.Count;
        var batches = checked((int)((examples.Count + batch - 1) / batch));
        var sums = new double[(long)batches * columns];
        for (var at = ranks.Rank; at < batches; at += ranks.Size)
        {
            using var scope = NewDisposeScope();
            var places = new Place[(int)Math.Min(batch, examples.Count - (long)at * batch)];
            for (var i = 0; i < places.Length; i++)
                places[i] = new Place(0, (long)at * batch + i);
            var read = examples.Read(places);
            var values = objective.Sums(read, training: false).cpu().data<float>().ToArray();
            sums[at * columns] = objective.Weight(read);
            for (var i = 0; i < values.Length; i++)
                sums[at * columns + 1 + i] = values[i];
        }
        ranks.AllReduceSum(sums.AsSpan());

        var totals = new double[columns];
        for (var i = 0; i < sums.Length; i++)
            totals[i % columns] += sums[i];
        return [new Figure("loss", totals[1] / totals[0]), .. objective.Extras.Select((name, i) => new Figure(name, totals[2 + i] / totals[0]))];
    }
}
