using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>A pipeline file, read and checked. <paramref name="File"/> and <paramref name="Folder"/> are full paths; the steps stand as in the file.</summary>
public sealed record PipelineDefinition(string Name, string File, string Folder, IReadOnlyList<StepDefinition> Steps);

/// <summary>One use of a step type.</summary>
public sealed record StepDefinition
{
    public required string Id { get; init; }
    public required StepType Type { get; init; }

    /// <summary>Complete: defaults filled, each value checked, in the order of the type's options.</summary>
    public required JsonObject With { get; init; }

    /// <summary>By the order of the ports, then of the group's members or of the list as written.</summary>
    public required IReadOnlyList<InputReference> Inputs { get; init; }

    /// <summary>Steps that must have succeeded before; they give nothing to this one.</summary>
    public required IReadOnlyList<string> Needs { get; init; }

    public required Resources Resources { get; init; }

    /// <summary>With the <c>metrics</c> that every step has.</summary>
    public required IReadOnlyList<OutputPort> Outputs { get; init; }

    public required SourceLocation Location { get; init; }
}

/// <summary>An output of another step given to a port. <paramref name="Member"/>: the member of a group, the entry's name in a list, else empty.</summary>
public sealed record InputReference(string Port, string Member, string Step, string Output, Type Kind);

/// <summary>What the scheduler sets aside. <paramref name="MemoryBytes"/> 0: nothing said.</summary>
public sealed record Resources(int Cpus, long MemoryBytes, int Gpus, int Ranks);

public sealed record SourceLocation(string File, int Line, int Column);
