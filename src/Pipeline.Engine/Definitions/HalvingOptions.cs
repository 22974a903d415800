using System.ComponentModel;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>How the variants of a matrix are thinned out, as options like those of step types.</summary>
public sealed record HalvingOptions
{
    [Description("How far every variant goes before the first are stopped, in the unit of the step's horizon (`steps` of a training)."), Range(1)]
    public required long FirstRung { get; init; }

    [Description("At each rung one of so many goes on, so many times as far, until the step's own horizon; at least one always does."), Range(2, 100)]
    public long ReductionFactor { get; init; } = 2;

    public static Option Tree { get; } = OptionReader.Read(typeof(HalvingOptions));
}
