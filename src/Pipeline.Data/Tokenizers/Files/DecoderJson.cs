using System.Text.Json;
using Pipeline.Data.Tokenizers.Splitting;
using static Pipeline.Data.Tokenizers.Files.JsonParts;

namespace Pipeline.Data.Tokenizers.Files;

internal static class DecoderJson
{
    private const string Name = "decoder";

    public static Decoder Read(JsonElement root, bool byteLevel)
    {
        // Whoever leaves it out of a byte-level file wants no symbols of bytes for text.
        if (Given(root, Name) is not { } given) return byteLevel ? new ByteLevelDecoder() : new SpacedDecoder();
        switch (TypeOf(given))
        {
            case "ByteLevel":
                return new ByteLevelDecoder();
            case "WordPiece":
                return new WordPieceDecoder(TextOf(given, "prefix"), IsTrue(given, "cleanup", true));
            case "Sequence":
                return Sequence([.. ListOf(given, "decoders")]);
            default:
                return Sequence([given]);
        }
    }

    public static void Write(Utf8JsonWriter json, Decoder decoder)
    {
        json.WritePropertyName(Name);
        switch (decoder)
        {
            case ByteLevelDecoder:
                SplitterJson.WriteByteLevel(json, useRegex: true);
                break;
            case WordPieceDecoder words:
                json.WriteStartObject();
                json.WriteString("type", "WordPiece");
                json.WriteString("prefix", words.Prefix);
                json.WriteBoolean("cleanup", words.CleansUp);
                json.WriteEndObject();
                break;
            case FuseDecoder:
                Named(json, "Fuse");
                break;
            case SpaceSymbolDecoder spaces:
                WriteSpaces(json, spaces);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    /// <summary>Parts that put spaces for their symbol, bytes for their tokens, and drop a space at the beginning.</summary>
    private static Decoder Sequence(List<JsonElement> parts)
    {
        var (spaces, bytes, first) = (false, false, FirstSpace.Kept);
        foreach (var part in parts)
        {
            switch (TypeOf(part))
            {
                case "Replace" when TextOf(Member(part, "pattern", JsonValueKind.Object), "String") == $"{UnigramModel.SpaceSymbol}" && TextOf(part, "content") == " ":
                    spaces = true;
                    break;
                case "Metaspace":
                    (spaces, first) = (true, SplitterJson.SchemeOf(part) == PrependScheme.Never ? FirstSpace.Kept : FirstSpace.AllDropped);
                    break;
                case "ByteFallback":
                    bytes = true;
                    break;
                case "Strip" when TextOf(part, "content") == " " && NumberOf(part, "start", 0, 1) is var start && NumberOf(part, "stop", 0, 0) == 0:
                    if (start == 1) first = FirstSpace.Dropped;
                    break;
                case "Fuse":
                    break;
                default:
                    throw new InvalidDataException($"'{Name}' has {Shown(part)}, which is not supported: it would change the text.");
            }
        }

        return spaces || bytes ? new SpaceSymbolDecoder(first, bytes) : new FuseDecoder();
    }

    private static void WriteSpaces(Utf8JsonWriter json, SpaceSymbolDecoder spaces)
    {
        json.WriteStartObject();
        json.WriteString("type", "Sequence");
        json.WriteStartArray("decoders");
        if (spaces.Bytes) Named(json, "ByteFallback");
        if (spaces.FirstSpace == FirstSpace.AllDropped)
        {
            json.WriteStartObject();
            json.WriteString("type", "Metaspace");
            json.WriteString("replacement", $"{UnigramModel.SpaceSymbol}");
            json.WriteString("prepend_scheme", "always");
            json.WriteBoolean("split", true);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("type", "Replace");
            json.WriteStartObject("pattern");
            json.WriteString("String", $"{UnigramModel.SpaceSymbol}");
            json.WriteEndObject();
            json.WriteString("content", " ");
            json.WriteEndObject();
            Named(json, "Fuse");
        }

        if (spaces.FirstSpace == FirstSpace.Dropped)
        {
            json.WriteStartObject();
            json.WriteString("type", "Strip");
            json.WriteString("content", " ");
            json.WriteNumber("start", 1);
            json.WriteNumber("stop", 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Named(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteEndObject();
    }
}
