using Pipeline.Training.Models;

namespace Pipeline.Training.Optimizers;

/// <summary>A stretch of the flat parameters that an optimiser treats alike.</summary>
public readonly record struct ParameterRun(long Start, long Length, bool Decayed, double RateScale)
{
    /// <summary>All trained parameters, in as few runs as they allow: where nothing is frozen or slowed down, those with weight decay and those without.</summary>
    /// <param name="parameters">As they were prepared for training.</param>
    /// <param name="include">Which of them; null for all.</param>
    public static IReadOnlyList<ParameterRun> Of(FlatParameters parameters, Func<ParameterLayout, bool>? include = null)
    {
        var runs = new List<ParameterRun>();
        var order = Enumerable.Range(0, parameters.Names.Count).OrderBy(i => parameters.Offsets[i]).ToArray();
        for (var at = 0; at < order.Length; at++)
        {
            var (start, treatment) = (parameters.Offsets[order[at]], parameters.Treatments[order[at]]);
            // With the gap that aligns the next parameter, which holds zeros.
            var end = at + 1 < order.Length ? parameters.Offsets[order[at + 1]] : parameters.Values.numel();
            if (!treatment.Trained || include?.Invoke(parameters.Layout[order[at]]) == false)
                continue;
            var run = new ParameterRun(start, end - start, start < parameters.Decayed, treatment.RateScale);
            if (runs.Count > 0 && runs[^1] is var last && last.Start + last.Length == start && last with { Start = start, Length = run.Length } == run)
                runs[^1] = last with { Length = last.Length + run.Length };
            else
                runs.Add(run);
        }
        return runs;
    }
}

/// <summary>Parameters, by their places in the layout, that an optimiser of whole tensors treats alike.</summary>
sealed record ParameterGroup(IReadOnlyList<int> Members, bool Decayed, double RateScale)
{
    public static IReadOnlyList<ParameterGroup> Of(FlatParameters parameters, Func<ParameterLayout, bool>? include = null) =>
        [.. Enumerable.Range(0, parameters.Names.Count)
            .Where(i => parameters.Treatments[i].Trained && include?.Invoke(parameters.Layout[i]) != false)
            .GroupBy(i => (parameters.Layout[i].Shape.Length >= 2, parameters.Treatments[i].RateScale))
            .Select(group => new ParameterGroup([.. group], group.Key.Item1, group.Key.RateScale))];
}
