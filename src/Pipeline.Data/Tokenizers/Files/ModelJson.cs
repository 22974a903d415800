using System.Text.Json;
using static Pipeline.Data.Tokenizers.Files.JsonParts;

namespace Pipeline.Data.Tokenizers.Files;

/// <summary>The member <c>model</c>, with what lies around it.</summary>
internal static class ModelJson
{
    /// <summary>A text of one letter would take a step for each character of such a token, at each of its places.</summary>
    private const int LongestScored = 512;

    public static TokenizerModel Read(JsonElement root)
    {
        var json = Member(root, "model", JsonValueKind.Object);
        var type = TypeOf(json);
        if (type is not ("BPE" or "WordPiece" or "Unigram" or "WordLevel")) throw new InvalidDataException($"model.type is '{type}'; expected BPE, WordPiece, Unigram or WordLevel.");
        var normalizers = NormalizerJson.Read(root);
        var (splitters, byteLevel) = SplitterJson.Read(root);
        if (byteLevel && type != "BPE") throw new InvalidDataException($"pre_tokenizer is ByteLevel before a {type} model, which is not supported.");
        var decoder = DecoderJson.Read(root, byteLevel);
        var vocabulary = new VocabularyJson(root, json);
        var (tokens, added) = (vocabulary.Tokens, vocabulary.Added);
        var (template, truncation, padding) = (InputJson.Template(root, tokens.Count), InputJson.Truncation(root), InputJson.Padding(root, tokens.Count));
        switch (type)
        {
            case "WordPiece":
                var prefix = Given(json, "continuing_subword_prefix") is null ? WordPieceModel.UsualPrefix : TextOf(json, "continuing_subword_prefix");
                return new WordPieceModel(tokens, added) { Unknown = Unknown(json, tokens, "[UNK]"), Prefix = prefix, LongestWord = NumberOf(json, "max_input_chars_per_word", 0, int.MaxValue, 100), Normalizers = normalizers, Splitters = splitters, Decoder = decoder, Template = template, Truncation = truncation, Padding = padding };
            case "WordLevel":
                return new WordModel(tokens, added) { Unknown = Unknown(json, tokens, "<unk>"), Normalizers = normalizers, Splitters = splitters, Decoder = decoder, Template = template, Truncation = truncation, Padding = padding };
            case "Unigram":
                if (tokens.Take(vocabulary.Scores.Count).FirstOrDefault(token => token.Length > LongestScored) is { } tooLong) throw new InvalidDataException($"The token '{tooLong}' has {tooLong.Length} characters; in a unigram model expected at most {LongestScored}.");
                int? unknown = Given(json, "unk_id") is null ? null : NumberOf(json, "unk_id", 0, vocabulary.Scores.Count - 1);
                return new UnigramModel(tokens, added, vocabulary.Scores) { Unknown = unknown, ByteFallback = IsTrue(json, "byte_fallback"), Normalizers = normalizers, Splitters = splitters, Decoder = decoder, Template = template, Truncation = truncation, Padding = padding };
            default:
                Refuse(json, "dropout", "continuing_subword_prefix", "end_of_word_suffix");
                if (byteLevel) Refuse(json, "byte_fallback");
                return new BpeModel(tokens, added, MergesJson.Read(json, tokens, added, byteLevel))
                {
                    Unknown = !byteLevel && Given(json, "unk_token") is not null ? Unknown(json, tokens, "<unk>") : null,
                    ByteLevel = byteLevel,
                    ByteFallback = IsTrue(json, "byte_fallback"),
                    FusesUnknown = IsTrue(json, "fuse_unk"),
                    WholeWords = IsTrue(json, "ignore_merges"),
                    Normalizers = normalizers,
                    Splitters = splitters,
                    Decoder = decoder,
                    Template = template,
                    Truncation = truncation,
                    Padding = padding,
                };
        }
    }

    public static void Write(Utf8JsonWriter json, TokenizerModel model)
    {
        json.WriteStartObject("model");
        switch (model)
        {
            case BpeModel bpe:
                MergesJson.Write(json, bpe);
                break;
            case UnigramModel unigram:
                json.WriteString("type", "Unigram");
                if (unigram.Unknown is { } id) json.WriteNumber("unk_id", id);
                else json.WriteNull("unk_id");
                json.WriteStartArray("vocab");
                for (var i = 0; i < unigram.Scores.Count; i++)
                {
                    json.WriteStartArray();
                    json.WriteStringValue(unigram.Tokens[i]);
                    json.WriteNumberValue(unigram.Scores[i]);
                    json.WriteEndArray();
                }

                json.WriteEndArray();
                json.WriteBoolean("byte_fallback", unigram.ByteFallback);
                break;
            case WordPieceModel pieces:
                json.WriteString("type", "WordPiece");
                WriteUnknown(json, model);
                json.WriteString("continuing_subword_prefix", pieces.Prefix);
                json.WriteNumber("max_input_chars_per_word", pieces.LongestWord);
                WriteVocabulary(json, model);
                break;
            default:
                json.WriteString("type", "WordLevel");
                WriteVocabulary(json, model);
                WriteUnknown(json, model);
                break;
        }

        json.WriteEndObject();
    }

    public static void WriteVocabulary(Utf8JsonWriter json, TokenizerModel model)
    {
        json.WriteStartObject("vocab");
        for (var id = 0; id < model.Tokens.Count; id++) json.WriteNumber(model.Tokens[id], id);
        json.WriteEndObject();
    }

    public static void WriteUnknown(Utf8JsonWriter json, TokenizerModel model)
    {
        if (model.Unknown is { } id) json.WriteString("unk_token", model.Tokens[id]);
        else json.WriteNull("unk_token");
    }

    private static int Unknown(JsonElement json, IReadOnlyList<string> tokens, string otherwise)
    {
        var token = Given(json, "unk_token") is null ? otherwise : TextOf(json, "unk_token");
        for (var id = 0; id < tokens.Count; id++)
        {
            if (tokens[id] == token) return id;
        }

        throw new InvalidDataException($"unk_token is '{token}', which the vocabulary lacks.");
    }
}
