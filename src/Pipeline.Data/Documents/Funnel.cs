using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Data.Documents;

/// <summary>How documents narrowed from rule to rule.</summary>
public sealed record Funnel(IReadOnlyList<FunnelRule> Rules)
{
    /// <summary>What was counted beside the rules, such as documents of a language; null where nothing was.</summary>
    public IReadOnlyDictionary<string, long>? Found { get; init; }

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The same funnel is the same text everywhere.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    public static Funnel FromJson(string json) => JsonSerializer.Deserialize<Funnel>(json, Json) ?? throw new JsonException("expected a funnel, found null");
}

/// <summary>One rule: what went in, what came out, and how many of those it changed.</summary>
/// <param name="Threshold">The rule's setting as text; null for rules that have none.</param>
public sealed record FunnelRule(
    string Rule, string? Threshold, long DocumentsIn, long DocumentsOut, long CharactersIn, long CharactersOut, long DocumentsChanged, IReadOnlyList<FunnelSample> Samples)
{
    /// <summary>What to do about the documents that it dropped; null for most rules, and where it dropped none.</summary>
    public string? Hint { get; init; }
}

/// <summary>An excerpt around the first change.</summary>
/// <param name="Value">What a rule that drops measured; null for rules that change.</param>
/// <param name="After">Null for a document that was dropped.</param>
public sealed record FunnelSample(string Id, string? Value, string Before, string? After);
