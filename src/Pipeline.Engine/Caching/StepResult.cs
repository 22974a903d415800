using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Caching;

/// <summary>An artifact as a result remembers it.</summary>
public sealed record ResultOutput(string Digest, IReadOnlyList<ArtifactFile> Files)
{
    public long TotalBytes => Files.Sum(f => f.Size);
}

/// <summary>What a step with a horizon keeps beside its outputs for a longer run to go on from.</summary>
/// <param name="Line">SHA-256 of the recipe without its horizon: what runs of different lengths have in common.</param>
/// <param name="Horizon">How far it went.</param>
public sealed record KeptState(string Line, long Horizon, string Digest, IReadOnlyList<ArtifactFile> Files);

/// <summary>What running a recipe gave: stored under its cache key and never changed.</summary>
public sealed record StepResult
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    private readonly byte[] recipeText = [];
    private readonly byte[]? environmentText;

    public StepResult()
    {
    }

    /// <summary>A result whose recipe and environment are made of their texts when somebody asks: a run that reuses everything asks for neither.</summary>
    [SetsRequiredMembers]
    internal StepResult(string key, byte[] recipeText, byte[]? environmentText)
    {
        Key = key;
        Outputs = new Dictionary<string, ResultOutput>();
        Metrics = Measurements = new Dictionary<string, double>();
        Summary = Run = "";
        (this.recipeText, this.environmentText) = (recipeText, environmentText);
    }

    public required string Key { get; init; }
    public required JsonObject Recipe { get => field ??= JsonNode.Parse(recipeText)!.AsObject(); init; }
    public required IReadOnlyDictionary<string, ResultOutput> Outputs { get; init; }
    /// <summary>Numbers that follow from the recipe; also in the output <c>metrics</c>.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }
    /// <summary>Numbers of the run that made it: speed, memory.</summary>
    public required IReadOnlyDictionary<string, double> Measurements { get; init; }
    public required string Summary { get; init; }
    public required double Seconds { get; init; }
    public required string Run { get; init; }
    public required DateTimeOffset Finished { get; init; }
    /// <summary>Not an output, and not in any digest: a result without it is as good. Null where the step has no horizon.</summary>
    public KeptState? State { get; init; }
    /// <summary>The shorter run whose state this one began with; its bytes are those of a run from the beginning.</summary>
    public ShorterRun? WentOnFrom { get; init; }
    /// <summary>For each input of the recipe, in its order, the key of the result it was read from. Empty where nothing was read, and in results of older versions.</summary>
    public IReadOnlyList<string> Upstream { get => field ?? []; init; } = [];

    /// <summary>Facts of where it was made that do not change its bytes: system, processor, versions, git commit. Empty in results of older versions.</summary>
    public IReadOnlyDictionary<string, string> Environment { get => field ??= environmentText is null ? Nothing : ResultJson.Texts(environmentText); init; }
}
