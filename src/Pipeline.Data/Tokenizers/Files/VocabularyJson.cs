using System.Text.Json;
using static Pipeline.Data.Tokenizers.Files.JsonParts;

namespace Pipeline.Data.Tokenizers.Files;

/// <summary>Tokens by id: those of the model and those that were added.</summary>
internal sealed class VocabularyJson
{
    private const int Largest = 1 << 20;
    private const int LongestAdded = 512;
    private readonly SortedDictionary<int, string> tokens = [];

    public VocabularyJson(JsonElement root, JsonElement model)
    {
        var vocabulary = Member(model, "vocab", TypeOf(model) == "Unigram" ? JsonValueKind.Array : JsonValueKind.Object);
        if (vocabulary.ValueKind == JsonValueKind.Array) ReadScored(vocabulary);
        else
        {
            foreach (var entry in vocabulary.EnumerateObject()) Place(entry.Name, entry.Value);
        }

        Added = AddedTokens(root);
        if (tokens.Count == 0 || tokens.Keys.First() != 0 || tokens.Keys.Last() != tokens.Count - 1)
            throw new InvalidDataException($"The vocabulary has {tokens.Count} tokens, so their ids should be 0 to {tokens.Count - 1} without a gap; the largest is {tokens.Keys.LastOrDefault()}.");
        Tokens = [.. tokens.Values];
    }

    public IReadOnlyList<string> Tokens { get; }

    public IReadOnlyList<AddedToken> Added { get; }

    /// <summary>Of a unigram model, for the tokens that are its own.</summary>
    public List<double> Scores { get; } = [];

    public static void Write(Utf8JsonWriter json, TokenizerModel model)
    {
        json.WriteStartArray("added_tokens");
        foreach (var token in model.Added.OrderBy(token => model.Find(token.Content)))
        {
            json.WriteStartObject();
            json.WriteNumber("id", model.Find(token.Content)!.Value);
            json.WriteString("content", token.Content);
            json.WriteBoolean("single_word", token.SingleWord);
            json.WriteBoolean("lstrip", token.LeftStrip);
            json.WriteBoolean("rstrip", token.RightStrip);
            json.WriteBoolean("normalized", token.Normalized);
            json.WriteBoolean("special", token.Special);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void ReadScored(JsonElement vocabulary)
    {
        foreach (var entry in vocabulary.EnumerateArray())
        {
            if (Scores.Count == Largest) throw new InvalidDataException($"The vocabulary has more than {Largest} tokens.");
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2 || entry[0].ValueKind != JsonValueKind.String || entry[1].ValueKind != JsonValueKind.Number || !entry[1].TryGetDouble(out var score) || !double.IsFinite(score))
                throw new InvalidDataException($"The token number {Scores.Count} is {Shown(entry)}; expected a text and its score.");
            tokens[Scores.Count] = entry[0].GetString()!;
            Scores.Add(score);
        }
    }

    private List<AddedToken> AddedTokens(JsonElement root)
    {
        var found = new List<AddedToken>();
        if (Given(root, "added_tokens") is not { } list) return found;
        if (list.ValueKind != JsonValueKind.Array) throw new InvalidDataException($"added_tokens is {Shown(list)}; expected a list.");
        foreach (var entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"added_tokens has {Shown(entry)}; expected objects.");
            var content = TextOf(entry, "content");
            if (content.Length is 0 or > LongestAdded) throw new InvalidDataException($"An added token has {content.Length} characters; expected 1 to {LongestAdded}.");
            Place(content, Member(entry, "id", JsonValueKind.Number));
            var token = new AddedToken(content) { Special = IsTrue(entry, "special"), SingleWord = IsTrue(entry, "single_word"), LeftStrip = IsTrue(entry, "lstrip"), RightStrip = IsTrue(entry, "rstrip"), Normalized = IsTrue(entry, "normalized") };
            if (found.Any(other => other.Content == content)) throw new InvalidDataException($"The added token '{content}' is listed twice.");
            found.Add(token);
        }

        return found;
    }

    private void Place(string token, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var id) || id is < 0 or >= Largest) throw new InvalidDataException($"The id of token '{token}' is {Shown(value)}; expected 0 to {Largest - 1}.");
        if (!tokens.TryAdd(id, token) && tokens[id] != token) throw new InvalidDataException($"The id {id} belongs to two tokens, '{tokens[id]}' and '{token}'.");
    }
}
