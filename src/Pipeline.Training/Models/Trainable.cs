using System.Text.RegularExpressions;

namespace Pipeline.Training.Models;

/// <summary>How one parameter is trained.</summary>
/// <param name="Trained">Otherwise it has no gradient and keeps its bits.</param>
/// <param name="RateScale">What the learning rate is multiplied with.</param>
public readonly record struct Treatment(bool Trained, double RateScale);

/// <summary>Which parameters are trained, and how fast.</summary>
public sealed partial record Trainable
{
    /// <summary>Patterns over whole parameter names, with <c>*</c> and <c>?</c>, of those that stay as they are.</summary>
    public IReadOnlyList<string> Freeze { get; init; } = [];

    /// <summary>Layer-wise learning-rate decay (Clark et al. 2020): what stands above the blocks has the full rate, the last block this share of it, each block below again this share, embeddings the least.
    /// Null: all the same.</summary>
    public double? LayerDecay { get; init; }

    /// <param name="names">Of all parameters, from the bottom of the model to its top.</param>
    /// <exception cref="ArgumentException">A pattern matches nothing, nothing is left to train, or there are no layers.</exception>
    public Treatment[] Of(IReadOnlyList<string> names)
    {
        if (LayerDecay is not (null or (> 0 and <= 1)))
            throw new ArgumentException($"layer decay is {LayerDecay}, but must be above 0 and at most 1.");
        ParameterNames.Check(Freeze, names, "freeze");
        var scales = LayerDecay is { } share ? Scales(names, share) : null;
        var treatments = names.Select((name, i) => new Treatment(!Freeze.Any(pattern => ParameterNames.Matches(pattern, name)), scales?[i] ?? 1)).ToArray();
        if (names.Count > 0 && !treatments.Any(treatment => treatment.Trained))
            throw new ArgumentException($"Every parameter is frozen by {string.Join(", ", Freeze)}: leave some to train.");
        return treatments;
    }

    static double[] Scales(IReadOnlyList<string> names, double share)
    {
        // A block is a first number and the path to it; blocks are counted in the order in which they come, so that a decoder stands above its encoder.
        var blocks = names.Select(name => BlockNumber().Match(name) is { Success: true } number ? name[..(name.LastIndexOf('.', number.Index) + 1)] + number.Value : null).ToList();
        var order = blocks.Where(block => block is not null).Distinct().ToList();
        if (order.Count == 0)
            throw new ArgumentException("layer decay needs a model with numbered layers, and this one has none: leave it out.");
        var depths = new int[names.Count];
        var (depth, last) = (0, blocks.FindLastIndex(block => block is not null));
        for (var i = 0; i < depths.Length; i++)
            depths[i] = i > last ? order.Count + 1 : depth = blocks[i] is { } block ? order.IndexOf(block) + 1 : depth;
        return [.. depths.Select(each => Math.Pow(share, order.Count + 1 - each))];
    }

    [GeneratedRegex(@"(?<=\.)\d+(?=\.)|(?<=_l)\d+")]
    private static partial Regex BlockNumber();
}
