using System.Text.Json;

namespace Pipeline.Data.Tokenizers.Checkpoints;

/// <summary>The tokenizer in the folder of a published model: <c>tokenizer.json</c>, or what was there before it.</summary>
public static class CheckpointTokenizer
{
    private const string Json = "tokenizer.json", Vocabulary = "vocab.txt";
    private static readonly string[] SentencePieces = ["tokenizer.model", "spiece.model"];

    /// <summary>Files that are read, each of them if it is there; those that hold a vocabulary by which of them wins.</summary>
    public static IReadOnlyList<string> Vocabularies { get; } = [Json, .. SentencePieces, Vocabulary];

    /// <summary>Null where none of <see cref="Vocabularies"/> is there.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, or says what would be tokenized otherwise here.</exception>
    public static TokenizerModel? Read(string folder)
    {
        if (Vocabularies.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is not { } name) return null;
        var path = Path.Combine(folder, name);
        if (name == Json) return TokenizerReader.Read(path);
        try
        {
            using var settings = new CheckpointSettings(folder);
            return name == Vocabulary ? BertVocabulary.Read(path, settings) : SentencePieceModel.Read(path, settings);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException)
        {
            var beside = File.Exists(Path.Combine(folder, CheckpointSettings.FileName)) ? $" with {CheckpointSettings.FileName}" : "";
            throw new InvalidDataException($"{path}{beside}: {TokenizerReader.Short(error.Message)}", error);
        }
    }
}
