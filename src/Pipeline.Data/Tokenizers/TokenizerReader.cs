using System.Text.Json;

namespace Pipeline.Data.Tokenizers;

/// <summary>Reads the BPE tokenizers of bytes (GPT-2, Llama 3) and of characters (Llama 2, Mistral) among <c>tokenizer.json</c> files, and refuses what it would not tokenize as Hugging Face's <c>tokenizers</c> does.</summary>
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
        var model = Member(root, "model", JsonValueKind.Object);
        if (TextOf(model, "type") != "BPE") throw new InvalidDataException($"model.type is '{TextOf(model, "type")}'; this reads byte-level BPE only, and BPE of characters with bytes for those that are no tokens.");
        Refuse(root, "truncation", "padding");
        var spaces = SpacesOf(root);
        var pattern = spaces is null ? PatternOf(Member(root, "pre_tokenizer", JsonValueKind.Object)) : default;
        Refuse(model, "dropout", "continuing_subword_prefix", "end_of_word_suffix", spaces is null ? "byte_fallback" : "ignore_merges");
        if (spaces is not null && !IsTrue(model, "byte_fallback")) throw new InvalidDataException("'byte_fallback' is off in a tokenizer of characters, which is not supported.");

        var tokens = new SortedDictionary<int, string>();
        foreach (var entry in Member(model, "vocab", JsonValueKind.Object).EnumerateObject()) Place(tokens, entry.Name, entry.Value);
        var special = SpecialTokensOf(root, tokens);
        if (tokens.Count == 0 || tokens.Keys.First() != 0 || tokens.Keys.Last() != tokens.Count - 1)
            throw new InvalidDataException($"The vocabulary has {tokens.Count} tokens, so their ids should be 0 to {tokens.Count - 1} without a gap; the largest is {tokens.Keys.LastOrDefault()}.");

        var plain = new BpeModel(pattern, special, [.. tokens.Values], []) { Spaces = spaces };
        CheckSymbols(plain);
        return new(pattern, special, plain.Tokens, MergesOf(model, plain)) { Spaces = spaces, Unknown = spaces is not null && Given(model, "unk_token") is { } unknown ? IdOfUnknown(plain, unknown) : null, FusesUnknown = IsTrue(model, "fuse_unk"), WholeWords = IsTrue(model, "ignore_merges"), Begins = BeginsOf(root, plain) };
    }

    /// <summary>Null for a tokenizer of bytes.</summary>
    private static SpaceBefore? SpacesOf(JsonElement root)
    {
        // As the converter of SentencePiece's models writes it; later versions do the same before cutting words.
        if (Given(root, "normalizer") is { } normalizer)
        {
            if (TextOf(normalizer, "type") == "Sequence" && Member(normalizer, "normalizers", JsonValueKind.Array).EnumerateArray().ToList() is [.. var before, var replace] && before.Count < 2 && IsReplace(replace)
                && before.TrueForAll(b => TextOf(b, "type") == "Prepend" && TextOf(b, "prepend") == $"{BpeModel.SpaceSymbol}") && Given(root, "pre_tokenizer") is null)
                return before.Count == 1 ? SpaceBefore.Always : SpaceBefore.Never;
            throw new InvalidDataException($"'normalizer' is {Shown(normalizer)}, which is not supported: it would change the ids.");
        }

        if (Given(root, "pre_tokenizer") is not { } pre || TextOf(pre, "type") != "Metaspace") return null;
        if (TextOf(pre, "replacement") != $"{BpeModel.SpaceSymbol}" || !pre.TryGetProperty("split", out var split) || split.ValueKind != JsonValueKind.False)
            throw new InvalidDataException("pre_tokenizer is a Metaspace that cuts words; only one with split: false is supported.");
        return TextOf(pre, "prepend_scheme") == "never" ? SpaceBefore.Never : SpaceBefore.IfMissing;

        static bool IsReplace(JsonElement each) => TextOf(each, "type") == "Replace" && TextOf(Member(each, "pattern", JsonValueKind.Object), "String") == " " && TextOf(each, "content") == $"{BpeModel.SpaceSymbol}";
    }

    /// <summary>The ids that the post-processor puts before a text. One that puts any after it is refused: a text would not be gone on with.</summary>
    private static List<int> BeginsOf(JsonElement root, BpeModel plain)
    {
        var begins = new List<int>();
        if (Given(root, "post_processor") is not { } post) return begins;
        var all = TextOf(post, "type") == "Sequence" ? Member(post, "processors", JsonValueKind.Array).EnumerateArray().ToList() : [post];
        foreach (var each in all)
        {
            // GPT-2's own only trims offsets.
            if (TextOf(each, "type") == "ByteLevel") continue;
            if (TextOf(each, "type") != "TemplateProcessing") throw new InvalidDataException($"'post_processor' is {Shown(each)}, which is not supported: it would change the ids.");
            var pieces = Member(each, "single", JsonValueKind.Array).EnumerateArray().ToList();
            if (pieces.LastOrDefault() is var last && (last.ValueKind != JsonValueKind.Object || !last.TryGetProperty("Sequence", out _)))
                throw new InvalidDataException($"'post_processor' ends a text with {Shown(last)}, which is not supported.");
            foreach (var piece in pieces.SkipLast(1))
            {
                var name = TextOf(Member(piece, "SpecialToken", JsonValueKind.Object), "id");
                begins.Add(plain.Find(name) ?? throw new InvalidDataException($"'post_processor' puts '{name}' before a text, which the vocabulary lacks."));
            }
        }

        return begins;
    }

    private static int IdOfUnknown(BpeModel plain, JsonElement token) =>
        token.ValueKind == JsonValueKind.String && plain.Find(token.GetString()!) is { } id ? id : throw new InvalidDataException($"unk_token is {Shown(token)}, which the vocabulary lacks.");

    private static JsonElement? Given(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

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
        // Any text may be a token there, and what has none is spelled in bytes or unknown.
        if (model.Spaces is not null) return;
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
