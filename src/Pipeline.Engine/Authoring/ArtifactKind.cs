namespace Pipeline.Engine.Authoring;

/// <summary>What an artifact holds. A port takes its own kind and the kinds derived from it; a port of this base kind takes anything.</summary>
public abstract class ArtifactKind
{
    private protected ArtifactKind() { }

    /// <summary>True where an artifact of kind <paramref name="given"/> may stand in for one of kind <paramref name="wanted"/>.</summary>
    public static bool Fits(Type given, Type wanted) => wanted.IsAssignableFrom(given);
}

/// <summary>Plain files with no promise about their content. The kinds of the lifecycle derive from it.</summary>
public class Files : ArtifactKind;

/// <summary>A flat JSON object of numbers, <c>metrics.json</c>. Every step has an output of this kind named <c>metrics</c>.</summary>
public sealed class Metrics : ArtifactKind
{
    public const string Port = "metrics";
    public const string FileName = "metrics.json";
}
