using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Training.Checkpoints;

namespace Pipeline.Training.Exporting;

/// <summary>The fields of a <c>config.json</c>. What is missing, or would compute something else than we do, is gathered and refused all at once.</summary>
public sealed class ConfigFields
{
    const long LargestFile = 16 << 20;

    readonly JsonObject fields;
    readonly string prefix;
    readonly List<string> faults;

    public ConfigFields(JsonObject fields)
        : this(fields, "", [])
    {
    }

    ConfigFields(JsonObject fields, string prefix, List<string> faults) => (this.fields, this.prefix, this.faults) = (fields, prefix, faults);

    public IReadOnlyList<string> Faults => faults;

    public JsonObject Json => fields;

    /// <exception cref="InvalidDataException">Not a JSON object.</exception>
    public static ConfigFields Read(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > LargestFile)
            throw new InvalidDataException($"{path}: {length} bytes; a config.json has at most {LargestFile}");
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });
            // Texts are looked at late: half of a surrogate pair is found here, and not in the middle of a message.
            _ = json?.ToJsonString();
            return new(json as JsonObject ?? throw new InvalidDataException($"{path}: expected a JSON object"));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: not well-formed JSON: {BrokenJson.Words(broken)}", broken);
        }
    }

    public string? Text(string name) => Text(fields[name]);

    public bool? Flag(string name) => Flag(fields[name]);

    public double? Number(string name) => Number(fields[name]);

    public bool Has(string name) => fields[name] is not null;

    /// <summary>What counts layers, in this object and those inside it.</summary>
    public IEnumerable<(string Name, double Value)> LayerCounts() => LayerCounts(fields);

    static IEnumerable<(string, double)> LayerCounts(JsonObject of) => of.SelectMany(field =>
        field.Value is JsonObject inner ? LayerCounts(inner)
        : Number(field.Value) is { } value && (field.Key.EndsWith("layer", StringComparison.Ordinal) || field.Key.EndsWith("layers", StringComparison.Ordinal)) ? [(field.Key, value)]
        : []);

    /// <summary>The fields of an object in a field; null where the field is absent or null.</summary>
    public ConfigFields? Group(string name)
    {
        if (fields[name] is null)
            return null;
        if (fields[name] is JsonObject group)
            return new(group, $"{prefix}{name}.", faults);
        Refuse(name, "an object");
        return null;
    }

    public void Require(string name, Predicate<JsonNode?> holds, string expected)
    {
        if (!holds(fields[name]))
            Refuse(name, expected);
    }

    /// <summary>Absent or null means the default of transformers, which is then what we compute.</summary>
    public void Allow(string name, Predicate<JsonNode?> holds, string expected) => Require(name, value => value is null || holds(value), expected);

    public void AllowText(string name, params string[] texts) => Allow(name, value => texts.Contains(Text(value)), $"\"{texts[0]}\"");

    public void AllowFlag(string name, bool flag) => Allow(name, value => Flag(value) == flag, flag ? "true" : "false");

    public void AllowNumber(string name, double number, string? expected = null) => Allow(name, value => Number(value) == number, expected ?? number.ToString("R", CultureInfo.InvariantCulture));

    public void AllowNothing(string name, string why) => Allow(name, _ => false, $"null: {why}");

    /// <summary>1 where it is no such number, so that reading can go on to the other faults.</summary>
    public int Whole(string name, int? otherwise = null)
    {
        if (otherwise is { } given && fields[name] is null)
            return given;
        if (Number(name) is >= 1 and <= int.MaxValue and var value && Math.Floor(value) == value)
            return (int)value;
        Refuse(name, "a whole number from 1");
        return 1;
    }

    public double Positive(string name, double? otherwise = null)
    {
        if (otherwise is { } given && fields[name] is null)
            return given;
        if (Number(name) is > 0 and < double.PositiveInfinity and var value)
            return value;
        Refuse(name, "a number above 0");
        return 1;
    }

    /// <summary>From 0, below 1.</summary>
    public double Share(string name, double otherwise)
    {
        if (fields[name] is null)
            return otherwise;
        if (Number(name) is >= 0 and < 1 and var share)
            return share;
        Refuse(name, "a number from 0, below 1");
        return otherwise;
    }

    public bool FlagOr(string name, bool otherwise)
    {
        if (fields[name] is null)
            return otherwise;
        if (Flag(name) is { } value)
            return value;
        Refuse(name, "true or false");
        return otherwise;
    }

    public void Refuse(string name, string expected)
    {
        var shown = fields[name]?.ToJsonString() ?? "missing";
        faults.Add($"{prefix}{name} is {(shown.Length > 80 ? shown[..80] + "…" : shown)}, expected {expected}");
    }

    public static string? Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static bool? Flag(JsonNode? value) => value?.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };

    public static double? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
