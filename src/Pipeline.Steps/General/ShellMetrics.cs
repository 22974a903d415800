using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.General;

/// <summary>Reads the numbers that a command wrote for others to go by: <c>{"accuracy": 0.9}</c>.</summary>
internal static partial class ShellMetrics
{
    public const string Variable = "PIPELINE_METRICS";
    private const int LargestFile = 1 << 20;

    public static IReadOnlyDictionary<string, double> Read(string file)
    {
        if (!File.Exists(file)) return new Dictionary<string, double>();
        if (new FileInfo(file).Length > LargestFile) throw Wrong("is larger than 1 MiB");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw Wrong("holds no JSON object");
            var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (!Name().IsMatch(entry.Name)) throw Wrong("has a name that is not letters, digits, '_', '-' and '.', or is longer than 200");
                if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetDouble(out var value) || !double.IsFinite(value)) throw Wrong($"has no number for '{entry.Name}'");
                if (!metrics.TryAdd(entry.Name, value)) throw Wrong($"has '{entry.Name}' twice");
            }

            return metrics;
        }
        catch (JsonException e)
        {
            throw Wrong($"is no JSON: {e.Message}");
        }
    }

    private static StepFailedException Wrong(string what) => new($"what the command wrote to ${Variable} {what}; write {{\"NAME\": NUMBER}}");

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
