using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>What changes a pipeline file from outside.</summary>
public sealed record ReadOptions
{
    /// <summary>Values of the file's <c>params</c>, as written after <c>--param name=</c>.</summary>
    public IReadOnlyDictionary<string, string> Params { get; init; } = new Dictionary<string, string>();

    /// <summary>Nodes to set, later ones last: <c>steps.pretrain.with.steps</c> and a YAML value.</summary>
    public IReadOnlyList<(string Path, string Value)> Sets { get; init; } = [];

    /// <summary>The overlay under <c>profiles</c> to lay over the file.</summary>
    public string? Profile { get; init; }

    /// <summary>Reads an environment variable; null where it is not set.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;
}

/// <summary>A definition where there is no problem, otherwise every problem that was found, sorted by place.</summary>
/// <param name="Text">The text of the file, for excerpts; empty where it could not be read as text.</param>
public sealed record ReadResult(PipelineDefinition? Definition, IReadOnlyList<Problem> Problems, string Text);

/// <summary>Turns a pipeline file into checked records, or into all that is wrong with it.</summary>
public static class DefinitionReader
{
    public static ReadResult Read(string file, StepCatalog catalog, ReadOptions options) => throw new NotSupportedException();

    /// <summary>As <see cref="Read"/>, from a text in memory that stands for the file of that path.</summary>
    public static ReadResult ReadText(string text, string file, StepCatalog catalog, ReadOptions options) => throw new NotSupportedException();
}
