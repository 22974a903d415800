using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>Reads texts as pipeline files over the sample step types.</summary>
internal static class Reading
{
    public static ReadResult Read(string text, ReadOptions? options = null) =>
        DefinitionReader.ReadText(text, "pipelines/sample.yaml", SampleSteps.Catalog, options ?? new ReadOptions());

    public static PipelineDefinition Good(string text, ReadOptions? options = null)
    {
        var result = Read(text, options);
        Assert.True(result.Definition is not null, ProblemPrinter.Print(result.Problems));
        return result.Definition;
    }

    public static IReadOnlyList<string> Codes(string text, ReadOptions? options = null) => [.. Read(text, options).Problems.Select(p => p.Code)];

    /// <summary>The only problem of a text.</summary>
    public static Problem Only(string text, ReadOptions? options = null) => Assert.Single(Read(text, options).Problems);

    public static string Printed(string text, ReadOptions? options = null)
    {
        var result = Read(text, options);
        return ProblemPrinter.Print(result.Problems);
    }

    public static StepDefinition Step(this PipelineDefinition definition, string id) => definition.Steps.Single(s => s.Id == id);
}
