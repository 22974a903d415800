using System.Text.Json;

namespace Pipeline.Data.Tokenizers;

/// <summary>Reads the byte-level BPE tokenizers among <c>tokenizer.json</c> files, and refuses what it would not tokenize as Hugging Face's <c>tokenizers</c> does.</summary>
public static class TokenizerReader
{
    private const long LargestFile = 128 << 20;
    private const int LargestVocabulary = 1 << 20;
    private const int LongestMessage = 1000;

    public static BpeModel Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new InvalidDataException($"{path}: {stream.Length:N0} bytes; a tokenizer.json has at most {LargestFile:N0}.");
        try
        {
            using var json = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 16 });
            return Read(json.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The second is what the reader says of a string that is half a surrogate pair.
            throw new InvalidDataException($"{path}: not JSON: {Short(error.Message)}", error);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {Short(error.Message)}", error);
        }
    }

    /// <summary>A damaged file may have a token as long as itself.</summary>
    private static string Short(string message) => message.Length > LongestMessage ? message[..LongestMessage] + "…" : message;

    private static BpeModel Read(JsonElement root)
    {
        Refuse(root, "normalizer", "post_processor", "truncation", "padding");
        var pattern = PatternOf(Member(root, "pre_tokenizer", JsonValueKind.Object));
        var model = Member(root, "model", JsonValueKind.Object);
        if (TextOf(model, "type") != "BPE") throw new InvalidDataException($"model.type is '{TextOf(model, "type")}'; this reads byte-level BPE only.");
        Refuse(model, "dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "ignore_merges");

        var tokens = new SortedDictionary<int, string>();
        foreach (var entry in Member(model, "vocab", JsonValueKind.Object).EnumerateObject()) Place(tokens, entry.Name, entry.Value);
        var special = SpecialTokensOf(root, tokens);
        if (tokens.Count == 0 || tokens.Keys.First() != 0 || tokens.Keys.Last() != tokens.Count - 1)
            throw new InvalidDataException($"The vocabulary has {tokens.Count} tokens, so their ids should be 0 to {tokens.Count - 1} without a gap; the largest is {tokens.Keys.LastOrDefault()}.");

        var plain = new BpeModel(pattern, special, [.. tokens.Values], []);
        CheckSymbols(plain);
        return new(pattern, special, plain.Tokens, MergesOf(model, plain));
    }

    private static void Place(SortedDictionary<int, string> tokens, string token, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var id) || id is < 0 or >= LargestVocabulary)
            throw new InvalidDataException($"The id of token '{token}' is {Shown(value)}; expected 0 to {LargestVocabulary - 1}.");
        if (!tokens.TryAdd(id, token) && tokens[id] != token) throw new InvalidDataException($"The id {id} belongs to two tokens, '{tokens[id]}' and '{token}'.");
    }

    private static List<string> SpecialTokensOf(JsonElement root, SortedDictionary<int, string> tokens)
    {
        var special = new List<string>();
        if (!root.TryGetProperty("added_tokens", out var added) || added.ValueKind == JsonValueKind.Null) return special;
        if (added.ValueKind != JsonValueKind.Array) throw new InvalidDataException($"added_tokens is {Shown(added)}; expected a list.");
        foreach (var entry in added.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"added_tokens has {Shown(entry)}; expected objects.");
            var content = TextOf(entry, "content");
            Refuse(entry, "single_word", "lstrip", "rstrip");
            if (!entry.TryGetProperty("special", out var flag) || flag.ValueKind != JsonValueKind.True)
                throw new InvalidDataException($"The added token '{content}' is not special; only special added tokens are supported.");
            Place(tokens, content, Member(entry, "id", JsonValueKind.Number));
            special.Add(content);
        }

        return SpecialTokens.Problem(special) is { } problem ? throw new InvalidDataException(char.ToUpperInvariant(problem[0]) + problem[1..] + ".") : special;
    }

    private static void CheckSymbols(BpeModel model)
    {
        foreach (var symbol in ByteAlphabet.Sorted)
        {
            if (model.Find(symbol.ToString()) is null) throw new InvalidDataException($"The vocabulary lacks '{symbol}', the symbol of byte {ByteAlphabet.ByteOf(symbol)}; a byte-level vocabulary has all 256.");
        }

        var special = model.SpecialTokens.ToHashSet(StringComparer.Ordinal);
        foreach (var token in model.Tokens)
        {
            if (!special.Contains(token) && (token.Length == 0 || token.Any(c => ByteAlphabet.ByteOf(c) < 0)))
                throw new InvalidDataException($"The token '{token}' is neither special nor made of the symbols of bytes.");
        }
    }

    private static List<BpeMerge> MergesOf(JsonElement model, BpeModel plain)
    {
        var merges = new List<BpeMerge>();
        var seen = new HashSet<(int, int)>();
        foreach (var entry in Member(model, "merges", JsonValueKind.Array).EnumerateArray())
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

        int IdOf(string token) => plain.Find(token) ?? throw new InvalidDataException($"The merge number {merges.Count} needs the token '{token}', which the vocabulary lacks.");
    }

    private static SplitPattern PatternOf(JsonElement pre)
    {
        if (TextOf(pre, "type") == "ByteLevel" && IsByteLevel(pre, useRegex: true)) return SplitPattern.Gpt2;
        if (TextOf(pre, "type") == "Sequence" && Member(pre, "pretokenizers", JsonValueKind.Array).EnumerateArray().ToList() is [var split, var bytes]
            && TextOf(split, "type") == "Split" && TextOf(split, "behavior") == "Isolated" && !IsTrue(split, "invert")
            && TextOf(Member(split, "pattern", JsonValueKind.Object), "Regex") == TokenizerFile.Cl100kRegex
            && TextOf(bytes, "type") == "ByteLevel" && IsByteLevel(bytes, useRegex: false))
            return SplitPattern.Cl100k;
        throw new InvalidDataException("pre_tokenizer is neither ByteLevel (GPT-2's) without a prefix space nor cl100k's Split with ByteLevel; other ways to cut words are not supported.");
    }

    private static bool IsByteLevel(JsonElement pre, bool useRegex)
    {
        // Files older than the option cut words by GPT-2's pattern.
        var cuts = !pre.TryGetProperty("use_regex", out var value) || value.ValueKind == JsonValueKind.True;
        return !IsTrue(pre, "add_prefix_space") && cuts == useRegex;
    }

    private static void Refuse(JsonElement element, params ReadOnlySpan<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"Found {Shown(element)} where an object was expected.");
        foreach (var name in names)
        {
            if (!element.TryGetProperty(name, out var value)) continue;
            var off = value.ValueKind is JsonValueKind.Null or JsonValueKind.False || (value.ValueKind == JsonValueKind.String && value.GetString() == "");
            // GPT-2's own file has the ByteLevel post-processor, which only trims offsets.
            if (name == "post_processor" && value.ValueKind == JsonValueKind.Object && TextOf(value, "type") == "ByteLevel") off = true;
            if (!off) throw new InvalidDataException($"'{name}' is {Shown(value)}, which is not supported: it would change the ids.");
        }
    }

    private static bool IsTrue(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static JsonElement Member(JsonElement element, string name, JsonValueKind kind)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"Found {Shown(element)} where an object with '{name}' was expected.");
        if (!element.TryGetProperty(name, out var value)) throw new InvalidDataException($"'{name}' is missing.");
        return value.ValueKind == kind ? value : throw new InvalidDataException($"'{name}' is {Shown(value)}; expected {kind.ToString().ToLowerInvariant()}.");
    }

    private static string TextOf(JsonElement element, string name) => Member(element, name, JsonValueKind.String).GetString()!;

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..60] + "…" : value.GetRawText();
}
