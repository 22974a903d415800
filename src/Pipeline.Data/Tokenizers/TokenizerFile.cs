using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipeline.Data.Tokenizers;

/// <summary>Writes <c>tokenizer.json</c> in the layout of Hugging Face's <c>tokenizers</c>. The same model gives the same bytes.</summary>
public static class TokenizerFile
{
    internal const string Cl100kRegex =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Puts the file in place whole, or not at all.</summary>
    public static void Write(string path, BpeModel model)
    {
        var temporary = path + ".tmp";
        using (var stream = File.Create(temporary)) Write(stream, model);
        File.Move(temporary, path, overwrite: true);
    }

    public static void Write(Stream stream, BpeModel model)
    {
        using var json = new Utf8JsonWriter(stream, Layout);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        WriteSpecialTokens(json, model);
        if (model.Spaces is not null || model.WholeWords || model.Begins.Count > 0) throw new ArgumentException("Only tokenizers that were trained here are written; one that was read has a file.", nameof(model));
        json.WriteNull("normalizer");
        WritePreTokenizer(json, model.Pattern);
        json.WriteNull("post_processor");
        json.WritePropertyName("decoder");
        WriteByteLevel(json, useRegex: true);
        WriteModel(json, model);
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }

    private static void WriteSpecialTokens(Utf8JsonWriter json, BpeModel model)
    {
        json.WriteStartArray("added_tokens");
        foreach (var token in model.SpecialTokens)
        {
            json.WriteStartObject();
            json.WriteNumber("id", model.SpecialId(token));
            json.WriteString("content", token);
            foreach (var flag in (ReadOnlySpan<string>)["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(flag, false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePreTokenizer(Utf8JsonWriter json, SplitPattern pattern)
    {
        json.WritePropertyName("pre_tokenizer");
        if (pattern == SplitPattern.Gpt2)
        {
            WriteByteLevel(json, useRegex: true);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", Cl100kRegex);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, bool useRegex)
    {
        json.WriteStartObject();
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, BpeModel model)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (var absent in (ReadOnlySpan<string>)["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"]) json.WriteNull(absent);
        foreach (var off in (ReadOnlySpan<string>)["fuse_unk", "byte_fallback", "ignore_merges"]) json.WriteBoolean(off, false);
        json.WriteStartObject("vocab");
        for (var id = 0; id < model.Tokens.Count; id++) json.WriteNumber(model.Tokens[id], id);
        json.WriteEndObject();

        // "left right" is read by every version of tokenizers; no symbol of the byte alphabet is a space.
        json.WriteStartArray("merges");
        foreach (var merge in model.Merges) json.WriteStringValue($"{model.Tokens[merge.Left]} {model.Tokens[merge.Right]}");
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
