using System.Text.Json.Serialization;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Registry;

/// <summary>An artifact under a name and a number that stay: written once, never changed.</summary>
/// <param name="Digest">Of the artifact; the same artifact is one version of a model.</param>
/// <param name="Key">Of the result that it is an output of.</param>
/// <param name="Kind">What it holds: <c>Model</c>.</param>
public sealed record ModelVersion(int Number, string Digest, IReadOnlyList<ArtifactFile> Files, string Kind, string Pipeline, string Step, string Output, string Uses, string Key, DateTimeOffset Made)
{
    [JsonIgnore]
    public long TotalBytes => Files.Sum(f => f.Size);
}

/// <summary>That an alias was pointed at a version: who did it, when, from what, and why it was allowed.</summary>
/// <param name="Number">Counts the entries of the alias; the highest is where it points.</param>
/// <param name="Action">"promote" or "rollback".</param>
/// <param name="Previous">The version that it pointed at before; null for the first entry.</param>
/// <param name="GitCommit">Of the pipeline file's repository, with <c>+</c> where something was not committed; null outside one.</param>
/// <param name="LockDigest">SHA-256 of the lock file as it was; null where there was none.</param>
/// <param name="Metrics">Those of the step, and all that the conditions read.</param>
/// <param name="Gates">What held: gate steps and conditions, with both sides.</param>
public sealed record AliasEntry(int Number, string Action, int Version, int? Previous, string By, DateTimeOffset At, string? GitCommit, string? LockDigest, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<string> Gates)
{
    /// <summary>What tells this writer's entry from another's with the same number.</summary>
    public string Nonce { get; init; } = "";

    public string Note { get; init; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelVersion))]
[JsonSerializable(typeof(AliasEntry))]
public sealed partial class RegistryJson : JsonSerializerContext;
