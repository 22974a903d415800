using System.Text.Json;
using Pipeline.Data.Tokenizers.Splitting;
using static Pipeline.Data.Tokenizers.Files.JsonParts;

namespace Pipeline.Data.Tokenizers.Files;

internal static class SplitterJson
{
    private const string Name = "pre_tokenizer";
    private const string AnyCharacter = @"[\s\S]";

    private static readonly (SplitPattern Pattern, string Regex)[] Patterns =
    [
        (SplitPattern.Cl100k, @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
        (SplitPattern.Qwen2, @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
        (SplitPattern.O200k, @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"),
        (SplitPattern.Gpt2, @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"),
    ];

    /// <summary>And whether words become bytes.</summary>
    public static (List<Splitter> Splitters, bool ByteLevel) Read(JsonElement root)
    {
        if (Given(root, Name) is not { } given) return ([], false);
        List<JsonElement> parts = TypeOf(given) == "Sequence" ? [.. ListOf(given, "pretokenizers")] : [given];
        var splitters = new List<Splitter>();
        var byteLevel = false;
        foreach (var part in parts)
        {
            if (byteLevel) throw new InvalidDataException($"{Name} cuts bytes by {Shown(part)}; other ways to cut words than before they become bytes are not supported.");
            if (TypeOf(part) != "ByteLevel") splitters.Add(One(part));
            else
            {
                if (IsTrue(part, "add_prefix_space", true)) throw new InvalidDataException($"{Name} adds a space before a text; other ways to cut words than without a prefix space are not supported.");
                byteLevel = true;
                // Files older than the option cut words by GPT-2's pattern.
                if (IsTrue(part, "use_regex", true)) splitters.Add(new PatternWords(SplitPattern.Gpt2));
            }
        }

        return (splitters, byteLevel);
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<Splitter> splitters, bool byteLevel)
    {
        json.WritePropertyName(Name);
        List<Splitter?> parts = [.. splitters];
        // ByteLevel itself cuts by GPT-2's pattern.
        var regex = byteLevel && parts is [.., PatternWords { Pattern: SplitPattern.Gpt2 }];
        if (regex) parts[^1] = null;
        else if (byteLevel) parts.Add(null);
        if (parts.Count == 0) json.WriteNullValue();
        else if (parts.Count == 1) One(json, parts[0], regex);
        else
        {
            json.WriteStartObject();
            json.WriteString("type", "Sequence");
            json.WriteStartArray("pretokenizers");
            foreach (var part in parts) One(json, part, regex);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    public static void WriteByteLevel(Utf8JsonWriter json, bool useRegex)
    {
        json.WriteStartObject();
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    /// <summary>As it is written: <c>always</c>, <c>first</c> or <c>never</c>; files older than the option say whether a space is added.</summary>
    public static PrependScheme SchemeOf(JsonElement json)
    {
        if (TextOf(json, "replacement") != $"{UnigramModel.SpaceSymbol}") throw Unsupported("replacement", json);
        if (Given(json, "prepend_scheme") is null) return IsTrue(json, "add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never;
        return TextOf(json, "prepend_scheme") switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw Unsupported("prepend_scheme", json),
        };
    }

    private static Splitter One(JsonElement json) => TypeOf(json) switch
    {
        "Whitespace" => new WhitespaceWords(),
        "WhitespaceSplit" => new WhitespaceSplit(),
        "BertPreTokenizer" => new BertWords(),
        "Punctuation" when Given(json, "behavior") is null || TextOf(json, "behavior") == "Isolated" => new PunctuationSplit(),
        "Digits" => new DigitSplit(IsTrue(json, "individual_digits")),
        "Metaspace" => new Metaspace(SchemeOf(json), IsTrue(json, "split", true)),
        "Split" when !IsTrue(json, "invert") && TextOf(json, "behavior") is "Isolated" or "Removed" => Split(json, Member(json, "pattern", JsonValueKind.Object), TextOf(json, "behavior") == "Isolated"),
        _ => throw Unknown(json),
    };

    private static Splitter Split(JsonElement json, JsonElement pattern, bool kept)
    {
        if (Given(pattern, "String") is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } separator) return new TextSplit(separator, kept);
        if (!kept || Given(pattern, "Regex") is not { ValueKind: JsonValueKind.String } regex) throw Unknown(json);
        if (regex.GetString() == AnyCharacter) return new Characters();
        return Array.Find(Patterns, known => known.Regex == regex.GetString()) is { Regex: not null } found ? new PatternWords(found.Pattern) : throw Unknown(json);
    }

    private static InvalidDataException Unknown(JsonElement json) => new($"{Name} cuts by {Shown(json)}; other ways to cut words than those of GPT-2, cl100k, o200k, Qwen 2, BERT, SentencePiece, white space, punctuation, digits and single characters are not supported.");

    private static void One(Utf8JsonWriter json, Splitter? splitter, bool regex)
    {
        if (splitter is null)
        {
            WriteByteLevel(json, regex);
            return;
        }

        json.WriteStartObject();
        switch (splitter)
        {
            case PatternWords words:
                WriteSplit(json, "Regex", Array.Find(Patterns, known => known.Pattern == words.Pattern).Regex, "Isolated");
                break;
            case Characters:
                WriteSplit(json, "Regex", AnyCharacter, "Isolated");
                break;
            case TextSplit split:
                WriteSplit(json, "String", split.Separator, split.Kept ? "Isolated" : "Removed");
                break;
            case Metaspace metaspace:
                json.WriteString("type", "Metaspace");
                json.WriteString("replacement", $"{UnigramModel.SpaceSymbol}");
                json.WriteString("prepend_scheme", metaspace.Scheme.ToString().ToLowerInvariant());
                json.WriteBoolean("split", metaspace.Cuts);
                break;
            case DigitSplit digits:
                json.WriteString("type", "Digits");
                json.WriteBoolean("individual_digits", digits.Individually);
                break;
            case PunctuationSplit:
                json.WriteString("type", "Punctuation");
                json.WriteString("behavior", "Isolated");
                break;
            case WhitespaceWords:
                json.WriteString("type", "Whitespace");
                break;
            case BertWords:
                json.WriteString("type", "BertPreTokenizer");
                break;
            default:
                json.WriteString("type", splitter.GetType().Name);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteSplit(Utf8JsonWriter json, string kind, string pattern, string behavior)
    {
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString(kind, pattern);
        json.WriteEndObject();
        json.WriteString("behavior", behavior);
        json.WriteBoolean("invert", false);
    }
}
