using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary><c>NAME.lock.json</c> beside the pipeline, to be committed: for every step its key and the digests of its outputs. Sorted, no clock and no host in it.</summary>
public static class LockFile
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string PathFor(string pipelineFile) => Path.ChangeExtension(pipelineFile, null) + ".lock.json";

    /// <summary>Written once, at the end of a run that succeeded, and only where something changed.</summary>
    public static void Write(RunSummary summary, PipelineDefinition definition)
    {
        var steps = new JsonObject();
        foreach (var outcome in summary.Outcomes.Where(o => o.Result is not null).OrderBy(o => o.Step.Id, StringComparer.Ordinal))
        {
            steps[outcome.Step.Id] = new JsonObject
            {
                ["uses"] = outcome.Step.Type.Name,
                ["key"] = outcome.Key,
                ["outputs"] = new JsonObject(outcome.Result!.Outputs.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => KeyValuePair.Create(o.Key, (JsonNode?)o.Value.Digest))),
            };
        }

        var text = new JsonObject { ["pipeline"] = definition.Name, ["steps"] = steps }.ToJsonString(Readable).ReplaceLineEndings("\n") + "\n";
        var path = PathFor(definition.File);
        if (!File.Exists(path) || File.ReadAllText(path) != text) AtomicFile.Write(path, text);
    }
}
