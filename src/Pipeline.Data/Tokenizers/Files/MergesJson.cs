using System.Text.Json;
using static Pipeline.Data.Tokenizers.Files.JsonParts;

namespace Pipeline.Data.Tokenizers.Files;

/// <summary>A BPE model.</summary>
internal static class MergesJson
{
    public static List<BpeMerge> Read(JsonElement json, IReadOnlyList<string> tokens, IReadOnlyList<AddedToken> added, bool byteLevel)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++) ids.TryAdd(tokens[id], id);
        if (byteLevel) CheckSymbols(ids, added);
        var merges = new List<BpeMerge>();
        var seen = new HashSet<(int, int)>();
        foreach (var entry in ListOf(json, "merges"))
        {
            var parts = entry.ValueKind switch
            {
                JsonValueKind.String => entry.GetString()!.Split(' '),
                JsonValueKind.Array => [.. entry.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : "")],
                _ => [],
            };
            if (parts.Length != 2) throw new InvalidDataException($"The merge number {merges.Count} is {Shown(entry)}; expected two tokens.");
            var (left, right, result) = (IdOf(parts[0]), IdOf(parts[1]), IdOf(parts[0] + parts[1]));
            if (!seen.Add((left, right))) throw new InvalidDataException($"The merge number {merges.Count}, '{parts[0]} {parts[1]}', is there twice.");
            merges.Add(new(left, right, result));
        }

        return merges;

        int IdOf(string token) => ids.TryGetValue(token, out var id) ? id : throw new InvalidDataException($"The merge number {merges.Count} needs the token '{token}', which the vocabulary lacks.");
    }

    public static void Write(Utf8JsonWriter json, BpeModel model)
    {
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        ModelJson.WriteUnknown(json, model);
        foreach (var absent in (ReadOnlySpan<string>)["continuing_subword_prefix", "end_of_word_suffix"]) json.WriteNull(absent);
        json.WriteBoolean("fuse_unk", model.FusesUnknown);
        json.WriteBoolean("byte_fallback", model.ByteFallback);
        json.WriteBoolean("ignore_merges", model.WholeWords);
        ModelJson.WriteVocabulary(json, model);

        // "left right" is read by every version of tokenizers; where a token has a space only the pair is clear.
        json.WriteStartArray("merges");
        foreach (var merge in model.Merges)
        {
            var (left, right) = (model.Tokens[merge.Left], model.Tokens[merge.Right]);
            if (model.ByteLevel || !(left.Contains(' ', StringComparison.Ordinal) || right.Contains(' ', StringComparison.Ordinal))) json.WriteStringValue($"{left} {right}");
            else
            {
                json.WriteStartArray();
                json.WriteStringValue(left);
                json.WriteStringValue(right);
                json.WriteEndArray();
            }
        }

        json.WriteEndArray();
    }

    private static void CheckSymbols(Dictionary<string, int> ids, IReadOnlyList<AddedToken> added)
    {
        foreach (var symbol in ByteAlphabet.Sorted)
        {
            if (!ids.ContainsKey(symbol.ToString())) throw new InvalidDataException($"The vocabulary lacks '{symbol}', the symbol of byte {ByteAlphabet.ByteOf(symbol)}; a byte-level vocabulary has all 256.");
        }

        var others = added.Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        foreach (var token in ids.Keys)
        {
            if (!others.Contains(token) && (token.Length == 0 || token.Any(c => ByteAlphabet.ByteOf(c) < 0))) throw new InvalidDataException($"The token '{token}' is neither special nor made of the symbols of bytes.");
        }
    }
}
