using System.Text.Json;
using Pipeline.Data.Tokenizers.Files;

namespace Pipeline.Data.Tokenizers;

/// <summary>Reads <c>tokenizer.json</c> with a BPE, WordPiece, Unigram or WordLevel model, and refuses what it would not tokenize as Hugging Face's <c>tokenizers</c> does.</summary>
public static class TokenizerReader
{
    private const long LargestFile = 128 << 20;
    private const int LongestMessage = 1000;

    public static TokenizerModel Read(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new InvalidDataException($"{path}: {stream.Length:N0} bytes; a tokenizer.json has at most {LargestFile:N0}.");
        try
        {
            using var json = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 16 });
            return ModelJson.Read(json.RootElement);
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
    internal static string Short(string message) => message.Length > LongestMessage ? message[..LongestMessage] + "…" : message;
}
