using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Data.Conversations;

/// <summary>
/// Conversations and preferences as JSON lines, in the layout of chat data on the Hugging Face hub: <c>{"id", "messages": [{"role", "content"}], "source", "metadata"}</c> and
/// <c>{"id", "prompt": [{"role", "content"}], "chosen", "rejected", "source", "metadata"}</c>. The same rows give the same bytes.
/// </summary>
public static class ConversationLines
{
    private const int LongestLine = 16 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private sealed record Message(string Role, string Content);

    private sealed record ConversationRow(string Id, IReadOnlyList<Message> Messages, string Source = "", SortedDictionary<string, string>? Metadata = null);

    private sealed record PreferenceRow(string Id, IReadOnlyList<Message> Prompt, string Chosen, string Rejected, string Source = "", SortedDictionary<string, string>? Metadata = null);

    public static void Write(string path, IEnumerable<Conversation> conversations) => WriteRows(
        path, conversations, c => c.Problem() is { } problem ? throw new InvalidDataException($"The conversation {c.Id} {problem}.") : new ConversationRow(c.Id, MessagesOf(c.Turns), c.Source, Sorted(c.Metadata)));

    public static void Write(string path, IEnumerable<Preference> preferences) => WriteRows(
        path, preferences, p => p.Problem() is { } problem ? throw new InvalidDataException($"The preference {p.Id} {problem}.") : new PreferenceRow(p.Id, MessagesOf(p.Prompt), p.Chosen, p.Rejected, p.Source, Sorted(p.Metadata)));

    public static IEnumerable<Conversation> ReadConversations(string path) => ReadRows<ConversationRow, Conversation>(
        path,
        row => new() { Id = row.Id, Turns = TurnsOf(row.Messages), Source = row.Source, Metadata = MetadataOf(row.Metadata) },
        c => c.Problem());

    public static IEnumerable<Preference> ReadPreferences(string path) => ReadRows<PreferenceRow, Preference>(
        path,
        row => new() { Id = row.Id, Prompt = TurnsOf(row.Prompt), Chosen = row.Chosen, Rejected = row.Rejected, Source = row.Source, Metadata = MetadataOf(row.Metadata) },
        p => p.Problem());

    private static void WriteRows<T, TRow>(string path, IEnumerable<T> items, Func<T, TRow> rowOf)
    {
        using (var stream = File.Create(path + ".tmp"))
        {
            foreach (var item in items)
            {
                JsonSerializer.Serialize(stream, rowOf(item), Json);
                stream.WriteByte((byte)'\n');
            }
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }

    private static IEnumerable<T> ReadRows<TRow, T>(string path, Func<TRow, T> itemOf, Func<T, string?> problemOf)
    {
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        var number = 0;
        foreach (var line in Lines(path, reader))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            T item;
            try
            {
                item = itemOf(JsonSerializer.Deserialize<TRow>(line, Json) ?? throw new JsonException("the line is null"));
            }
            catch (JsonException error)
            {
                throw new InvalidDataException($"{path}:{number}: {error.Message}", error);
            }

            if (problemOf(item) is { } problem) throw new InvalidDataException($"{path}:{number}: {problem}.");
            yield return item;
        }
    }

    /// <summary>Lines of bounded length: a file without a line break must not fill the memory.</summary>
    private static IEnumerable<string> Lines(string path, StreamReader reader)
    {
        var line = new StringBuilder();
        var buffer = new char[1 << 16];
        var number = 1;
        for (int read; (read = Read(path, number, reader, buffer)) > 0;)
        {
            for (int start = 0, end; start < read; start = end)
            {
                var found = buffer.AsSpan(start, read - start).IndexOf('\n');
                end = found < 0 ? read : start + found + 1;
                line.Append(buffer, start, end - start);
                if (line.Length > LongestLine) throw new InvalidDataException($"{path}:{number}: the line has more than {LongestLine:N0} characters.");
                if (found < 0) continue;
                yield return line.ToString().TrimEnd('\n', '\r');
                line.Clear();
                number++;
            }
        }

        if (line.Length > 0) yield return line.ToString();
    }

    private static int Read(string path, int number, StreamReader reader, char[] buffer)
    {
        try
        {
            return reader.Read(buffer);
        }
        catch (DecoderFallbackException error)
        {
            throw new InvalidDataException($"{path}: is not UTF-8 at or after line {number} ({error.Message}).", error);
        }
    }

    private static List<Message> MessagesOf(IReadOnlyList<Turn> turns) => [.. turns.Select(t => new Message(t.Role, t.Content))];

    private static List<Turn> TurnsOf(IReadOnlyList<Message> messages) => [.. messages.Select(m => m is null ? throw new JsonException("a message is null") : new Turn(m.Role, m.Content))];

    private static IReadOnlyDictionary<string, string> MetadataOf(SortedDictionary<string, string>? metadata)
    {
        // The serializer checks properties for null, but not what a dictionary holds.
        foreach (var (key, value) in metadata ?? [])
        {
            if (value is null) throw new JsonException($"the metadata '{key}' is null; expected text");
        }

        return metadata ?? Conversation.NoMetadata;
    }

    private static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Count == 0 ? null : new(metadata.ToDictionary(), StringComparer.Ordinal);
}
