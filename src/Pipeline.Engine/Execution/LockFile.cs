using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>What a lock file says of a step.</summary>
public sealed record LockedStep(string Uses, string Key, IReadOnlyDictionary<string, string> Outputs, IReadOnlyDictionary<string, double> Metrics);

/// <summary>A lock file, read: steps by id.</summary>
public sealed record PipelineLock(string Pipeline, IReadOnlyDictionary<string, LockedStep> Steps);

/// <summary><c>NAME.lock.json</c> beside the pipeline, to be committed: for every step its key, the digests of its outputs and its metrics. Sorted, no clock and no host in it.</summary>
public static class LockFile
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string PathFor(string pipelineFile) => Path.ChangeExtension(pipelineFile, null) + ".lock.json";

    /// <summary>Written once, at the end of a run that succeeded, and only where something changed.</summary>
    public static void Write(RunSummary summary, PipelineDefinition definition)
    {
        var text = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(text, Readable))
        {
            json.WriteStartObject();
            json.WriteString("pipeline", definition.Name);
            json.WriteStartObject("steps");
            foreach (var outcome in summary.Outcomes.Where(o => o.Result is not null).OrderBy(o => o.Step.Id, StringComparer.Ordinal)) Write(json, outcome, outcome.Result!);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        text.Write("\n"u8);
        var path = PathFor(definition.File);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(text.WrittenSpan)) AtomicFile.Write(path, text.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, StepOutcome outcome, StepResult result)
    {
        json.WriteStartObject(outcome.Step.Id);
        json.WriteString("uses", outcome.Step.Type.Name);
        json.WriteString("key", outcome.Key);
        json.WriteStartObject("outputs");
        foreach (var name in CanonicalJson.Sorted(result.Outputs.Keys)) json.WriteString(name, result.Outputs[name].Digest);
        json.WriteEndObject();
        json.WriteStartObject("metrics");
        foreach (var name in CanonicalJson.Sorted(result.Metrics.Keys)) json.WriteNumber(name, result.Metrics[name]);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>False for what merely has the same ending, such as NuGet's <c>packages.lock.json</c>.</summary>
    public static bool IsOne(string text)
    {
        try
        {
            return JsonNode.Parse(text) is not JsonObject other || other.ContainsKey("pipeline") || other.ContainsKey("steps");
        }
        catch (JsonException)
        {
            // It may be one that is damaged.
            return true;
        }
    }

    /// <param name="name">What to call the text in messages.</param>
    /// <exception cref="InvalidDataException">The text is no lock file. The message says where.</exception>
    public static PipelineLock Parse(string text, string name)
    {
        try
        {
            var root = JsonNode.Parse(text)?.AsObject() ?? throw new InvalidDataException($"{name} is empty.");
            var steps = root["steps"]?.AsObject() ?? throw new InvalidDataException($"{name} has no 'steps'.");
            return new((string?)root["pipeline"] ?? "", steps.ToDictionary(s => s.Key, s => Step(s.Key, s.Value, name), StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{name} is no lock file: {e.Message} Restore it from git, or run without --locked to write it anew.", e);
        }
    }

    private static LockedStep Step(string id, JsonNode? entry, string name)
    {
        var key = (string?)entry?["key"];
        if (entry?["outputs"] is not JsonObject outputs || key is null || !Sha256.IsDigest(key)) throw new InvalidDataException($"{name}: the entry of step '{id}' lacks its key or its outputs. Restore the file from git, or run without --locked to write it anew.");
        return new(
            (string?)entry["uses"] ?? "",
            key,
            outputs.ToDictionary(o => o.Key, o => (string?)o.Value ?? "", StringComparer.Ordinal),
            // Lock files of older versions have no metrics.
            (entry["metrics"]?.AsObject() ?? []).ToDictionary(m => m.Key, m => (double)m.Value!, StringComparer.Ordinal));
    }
}
