using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Execution;

/// <summary>What a watch saw before its last run, kept in the state folder so that one that starts later knows what changed.</summary>
public sealed class WatchMemory(StateFolder state, string pipelineFile)
{
    private readonly string file = Path.Combine(state.Root, "watch", $"{Path.GetFileNameWithoutExtension(pipelineFile)}-{Sha256.Of(Encoding.UTF8.GetBytes(Path.GetRelativePath(Path.GetDirectoryName(state.Root)!, Path.GetFullPath(pipelineFile))))[..8]}.json");

    /// <summary>Null where there was no watch yet, or what it left is damaged.</summary>
    public WatchSeen? Load()
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), WatchJson.Default.WatchSeen) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Save(WatchSeen seen)
    {
        state.Create();
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(seen, WatchJson.Default.WatchSeen));
    }
}

/// <param name="Looked">When it looked last: the schedule counts from here.</param>
/// <param name="Triggers">Each trigger's names and versions.</param>
public sealed record WatchSeen(DateTimeOffset Looked, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Triggers);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WatchSeen))]
internal sealed partial class WatchJson : JsonSerializerContext;
