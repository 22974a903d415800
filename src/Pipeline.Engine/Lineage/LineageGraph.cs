using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;

namespace Pipeline.Engine.Lineage;

/// <summary>An artifact, where it is asked for or read.</summary>
/// <param name="Port">The port that reads it, with the member after a dot; for what was asked for, its name.</param>
/// <param name="MadeBy">The key of the result that it is taken to come from; null where <paramref name="Lost"/> says why there is none.</param>
/// <param name="Output">Its name among that result's outputs.</param>
/// <param name="AlsoMadeBy">Keys of other results with the same bytes.</param>
public sealed record LineageArtifact(string Port, string Digest, string? MadeBy, string Output, IReadOnlyList<string> AlsoMadeBy, string Lost);

/// <summary>The files outside the store that a step read, as they were then.</summary>
/// <param name="Lost">Why the files are not known; else empty.</param>
public sealed record LineageSources(string Digest, IReadOnlyList<ArtifactFile> Files, string Lost);

/// <summary>A result on the way.</summary>
/// <param name="Names">What pipelines here call its step, as <c>PIPELINE.STEP</c>; empty where none had it.</param>
public sealed record LineageStep(StepResult Result, IReadOnlyList<string> Names, IReadOnlyList<LineageArtifact> Inputs, LineageSources? Sources)
{
    public string Uses => Recipe.TextOf(Result.Recipe["step"]);

    public string Version => Result.Recipe["version"]?.ToJsonString() ?? "unknown";

    public string? Commit => Result.Environment.GetValueOrDefault("git.commit");

    /// <summary>Something was not committed when it was made.</summary>
    public bool Dirty => Result.Environment.GetValueOrDefault("git.dirty") == "true";
}

/// <summary>What artifacts came from, or what was made from them.</summary>
/// <param name="Targets">What was asked for.</param>
/// <param name="Steps">By key, in the order in which they were come upon.</param>
public sealed record LineageGraph(IReadOnlyList<LineageArtifact> Targets, IReadOnlyList<LineageStep> Steps)
{
    private readonly Dictionary<string, LineageStep> byKey = Steps.ToDictionary(s => s.Result.Key, StringComparer.Ordinal);

    public LineageStep? Find(string? key) => key is null ? null : byKey.GetValueOrDefault(key);
}
