using System.Text.Json;
using static Pipeline.Data.Tokenizers.Files.JsonParts;

namespace Pipeline.Data.Tokenizers.Checkpoints;

/// <summary>What a checkpoint says of its tokenizer beside the vocabulary: <c>tokenizer_config.json</c> and, of older ones, <c>added_tokens.json</c>.</summary>
internal sealed class CheckpointSettings : IDisposable
{
    public const string FileName = "tokenizer_config.json";
    public const string AddedFileName = "added_tokens.json";
    private const long LargestFile = 16 << 20;
    private const int LongestToken = 512;

    private readonly JsonDocument json;
    private readonly JsonDocument? added;

    public CheckpointSettings(string folder)
    {
        json = Read(Path.Combine(folder, FileName)) ?? JsonDocument.Parse("{}");
        added = Read(Path.Combine(folder, AddedFileName));
        if (json.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{FileName} is {Shown(json.RootElement)}; expected an object.");
    }

    /// <summary>The tokenizer's class without what says that it is the fast one; null where the file does not say.</summary>
    public string? Class => Given(json.RootElement, "tokenizer_class") is null ? null : TextOf(json.RootElement, "tokenizer_class") is var name && name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name;

    public bool? Flag(string name) => Given(json.RootElement, name) is null ? null : IsTrue(json.RootElement, name);

    public string? Text(string name) => Given(json.RootElement, name) is null ? null : TextOf(json.RootElement, name);

    /// <summary>A token's text, which may stand in an object with how it is found.</summary>
    public string? Token(string name) => Given(json.RootElement, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } described => TextOf(described, "content"),
        _ => TextOf(json.RootElement, name),
    };

    /// <summary>Refuses what would change the ids.</summary>
    /// <param name="harmless">What it may be set to.</param>
    public void Allow(string name, Func<JsonElement, bool> harmless)
    {
        if (Given(json.RootElement, name) is { } value && !harmless(value)) throw new InvalidDataException($"{FileName}: {Unsupported(name, value).Message}");
    }

    /// <summary>Puts the tokens that the checkpoint adds behind those of its vocabulary.</summary>
    public void AddTo(List<string> tokens, List<AddedToken> known)
    {
        foreach (var (id, token) in Added().OrderBy(entry => entry.Id))
        {
            if (token.Content.Length is 0 or > LongestToken) throw new InvalidDataException($"An added token has {token.Content.Length} characters; expected 1 to {LongestToken}.");
            if (id == tokens.Count) tokens.Add(token.Content);
            else if (id > tokens.Count) throw new InvalidDataException($"The added token '{token.Content}' has the id {id}, but the vocabulary ends at {tokens.Count - 1}: the ids between them have no tokens.");
            else if (tokens[id] != token.Content) throw new InvalidDataException($"The id {id} belongs to two tokens, '{tokens[id]}' of the vocabulary and the added '{token.Content}'.");
            known.RemoveAll(other => other.Content == token.Content);
            known.Add(token);
        }
    }

    public void Dispose()
    {
        json.Dispose();
        added?.Dispose();
    }

    private IEnumerable<(int Id, AddedToken Token)> Added()
    {
        if (Given(json.RootElement, "added_tokens_decoder") is { ValueKind: JsonValueKind.Object } described)
        {
            return [.. described.EnumerateObject().Select(entry => (
                int.TryParse(entry.Name, out var id) && id >= 0 ? id : throw new InvalidDataException($"{FileName}: added_tokens_decoder has '{entry.Name}'; expected ids."),
                new AddedToken(TextOf(entry.Value, "content"))
                {
                    Special = IsTrue(entry.Value, "special"), SingleWord = IsTrue(entry.Value, "single_word"), LeftStrip = IsTrue(entry.Value, "lstrip"), RightStrip = IsTrue(entry.Value, "rstrip"), Normalized = IsTrue(entry.Value, "normalized"),
                }))];
        }

        // Whoever wrote this file told special tokens from others only by their names in the other one.
        var special = json.RootElement.EnumerateObject().Where(member => member.Name.EndsWith("_token", StringComparison.Ordinal) && member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Object).Select(member => Token(member.Name)).ToHashSet();
        return added is null ? [] : [.. added.RootElement.EnumerateObject().Select(entry => (NumberOf(added.RootElement, entry.Name, 0, int.MaxValue), new AddedToken(entry.Name) { Special = special.Contains(entry.Name), Normalized = !special.Contains(entry.Name) }))];
    }

    private static JsonDocument? Read(string path)
    {
        if (!File.Exists(path)) return null;
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new InvalidDataException($"{Path.GetFileName(path)} has {stream.Length:N0} bytes; expected at most {LargestFile:N0}.");
        return JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 32 });
    }
}
