using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Caching;

/// <summary>That a step of a pipeline had a result under a key, in a run. <paramref name="Seconds"/> is how long it took when it ran.</summary>
public sealed record HistoryEntry(string Step, string Key, string Run, double Seconds);

/// <summary>Which keys the steps of one pipeline file had: a folder with one append-only file per run, each with one writer, so that runs at once never tear a line and the cost per step never grows.</summary>
public sealed class History
{
    private readonly string folder;
    private readonly Dictionary<string, HistoryEntry> last = new(StringComparer.Ordinal);

    public History(StateFolder state, string pipelineFile)
    {
        var name = Path.GetFileNameWithoutExtension(pipelineFile);
        var place = Path.GetRelativePath(Path.GetDirectoryName(state.Root)!, Path.GetFullPath(pipelineFile));
        folder = Path.Combine(state.History, $"{name}-{Sha256.Of(Encoding.UTF8.GetBytes(place))[..8]}");
        foreach (var entry in Read(folder)) last[entry.Step] = entry;
    }

    public HistoryEntry? Last(string step) => last.GetValueOrDefault(step);

    /// <summary>What each step had last, in no order.</summary>
    public IReadOnlyCollection<HistoryEntry> All => last.Values;

    /// <summary>The run that was named last; null where none has written here. What is newest is told by names, so a new one has to come after it.</summary>
    public string? NewestRun() => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.jsonl").Select(Path.GetFileNameWithoutExtension).Max(StringComparer.Ordinal) : null;

    /// <summary>Appends where the step's last key was another one.</summary>
    public void Add(HistoryEntry entry)
    {
        lock (last)
        {
            if (last.TryGetValue(entry.Step, out var known) && known.Key == entry.Key && known.Seconds.Equals(entry.Seconds)) return;
            last[entry.Step] = entry;
            Directory.CreateDirectory(folder);
            using var stream = new FileStream(Path.Combine(folder, entry.Run + ".jsonl"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 1);
            stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, HistoryJson.Default.HistoryEntry), (byte)'\n']);
        }
    }

    /// <summary>The entries under a history folder, oldest run first.</summary>
    public static IEnumerable<HistoryEntry> Read(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var line in Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadLines))
        {
            HistoryEntry? entry = null;
            try
            {
                entry = JsonSerializer.Deserialize(line, HistoryJson.Default.HistoryEntry);
            }
            catch (JsonException)
            {
                // A line torn by a power cut: the result itself is safe, only its place in the history is lost.
            }

            if (entry is { Step: not null, Key: not null } && Sha256.IsDigest(entry.Key)) yield return entry;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HistoryEntry))]
internal sealed partial class HistoryJson : JsonSerializerContext;
