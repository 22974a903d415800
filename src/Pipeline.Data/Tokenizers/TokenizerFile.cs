using System.Text.Encodings.Web;
using System.Text.Json;
using Pipeline.Data.Tokenizers.Files;

namespace Pipeline.Data.Tokenizers;

/// <summary>Writes <c>tokenizer.json</c> in the layout of Hugging Face's <c>tokenizers</c>. The same model gives the same bytes.</summary>
public static class TokenizerFile
{
    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Puts the file in place whole, or not at all.</summary>
    public static void Write(string path, TokenizerModel model)
    {
        var temporary = path + ".tmp";
        using (var stream = File.Create(temporary)) Write(stream, model);
        File.Move(temporary, path, overwrite: true);
    }

    public static void Write(Stream stream, TokenizerModel model)
    {
        using var json = new Utf8JsonWriter(stream, Layout);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        InputJson.Write(json, model.Truncation);
        InputJson.Write(json, model.Padding);
        VocabularyJson.Write(json, model);
        NormalizerJson.Write(json, model.Normalizers);
        SplitterJson.Write(json, model.Splitters, model is BpeModel { ByteLevel: true });
        InputJson.Write(json, model.Template, model.Tokens);
        DecoderJson.Write(json, model.Decoder);
        ModelJson.Write(json, model);
        json.WriteEndObject();
        json.Flush();
        stream.WriteByte((byte)'\n');
    }
}
