using System.ComponentModel;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>How many combinations of a matrix to draw, as options like those of step types.</summary>
public sealed record RandomOptions
{
    [Description("How many combinations of the grid to draw, each at most once."), Range(1, Matrix.MostVariants)]
    public required int Count { get; init; }

    [Description("Which draw: the same seed gives the same combinations everywhere.")]
    public long Seed { get; init; }

    public static Option Tree { get; } = OptionReader.Read(typeof(RandomOptions));
}
