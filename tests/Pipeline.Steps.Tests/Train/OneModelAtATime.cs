namespace Pipeline.Steps.Tests.Train;

/// <summary>Initial values and dropout are drawn from a generator that the whole process shares: what draws from it does so alone.</summary>
[CollectionDefinition(Name)]
public sealed class OneModelAtATime
{
    public const string Name = "one model at a time";
}
