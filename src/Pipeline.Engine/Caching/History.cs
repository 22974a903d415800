using System.Buffers;
using System.Text;
using System.Text.Json;
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
            stream.Write(Line(entry));
        }
    }

    /// <summary>The entries under a history folder, oldest run first.</summary>
    public static IEnumerable<HistoryEntry> Read(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var file in Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
        {
            var text = File.ReadAllBytes(file);
            for (var start = 0; start < text.Length;)
            {
                var length = text.AsSpan(start).IndexOf((byte)'\n');
                if (length < 0) length = text.Length - start;
                // A line torn by a power cut is passed over: the result itself is safe, only its place in the history is lost.
                if (Parse(text.AsSpan(start, length)) is { } entry) yield return entry;
                start += length + 1;
            }
        }
    }

    private static byte[] Line(HistoryEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("step", entry.Step);
            json.WriteString("key", entry.Key);
            json.WriteString("run", entry.Run);
            json.WriteNumber("seconds", entry.Seconds);
            json.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    /// <summary>Null where the line is no entry. By hand: a run begins with thousands of them.</summary>
    private static HistoryEntry? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            string? step = null, key = null, run = null;
            double seconds = 0;
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.ValueTextEquals("step"u8) ? 's' : json.ValueTextEquals("key"u8) ? 'k' : json.ValueTextEquals("run"u8) ? 'r' : json.ValueTextEquals("seconds"u8) ? 't' : ' ';
                json.Read();
                if (name == 's') step = json.GetString();
                else if (name == 'k') key = json.GetString();
                else if (name == 'r') run = json.GetString();
                else if (name == 't') seconds = json.GetDouble();
                else json.Skip();
            }

            return step is not null && key is not null && run is not null && Sha256.IsDigest(key) ? new(step, key, run, seconds) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
