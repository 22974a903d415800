using Pipeline.Engine.Authoring;
using Pipeline.Steps.General;

namespace Pipeline.Steps;

/// <summary>Every step type that ships, in the order of the lifecycle.</summary>
public static class BuiltInSteps
{
    public static StepCatalog Catalog() => new(
    [
        new FilesMerge(),
        new Shell(),
    ]);
}
