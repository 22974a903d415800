using System.Text.Json;
using Pipeline.Data.Shards;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Train;

/// <summary>A tokenizer that is not made yet.</summary>
/// <param name="MostTokens">What it was asked for; a text with few pairs gives fewer.</param>
internal sealed record TokenizerForecast(int MostTokens) : Forecast;

/// <summary>The shape of a model that is not made yet.</summary>
/// <param name="AtMost">Whether its vocabulary may come out smaller.</param>
internal sealed record ModelForecast(ModelConfig Config, bool AtMost) : Forecast
{
    /// <summary>Of an input: the model itself where it is made. Null where nothing is known.</summary>
    public static ModelForecast? Of(ForeseenInput? input) =>
        input?.Locate(ModelFolder.Config) is { } config ? Read(config) : input?.Forecast as ModelForecast;

    /// <summary>Null where the file is none that can be read: the step itself will say why.</summary>
    public static ModelForecast? Read(string config)
    {
        try
        {
            return new(ModelFolder.ReadConfigFile(config), AtMost: false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or JsonException)
        {
            return null;
        }
    }
}

/// <summary>How many tokens there will be; null where that is not known.</summary>
internal readonly record struct VocabularyForecast(int? Tokens, bool AtMost)
{
    /// <param name="tokens">Token shards, whose header says it; null where the step has none.</param>
    public static VocabularyForecast Of(ForeseenInput? tokens, ForeseenInput? tokenizer)
    {
        if (tokens?.Locate("tokens.bin") is { } shard && Header(shard) is { } header) return new(header.VocabularySize, AtMost: false);
        if (tokenizer?.Locate(ModelFiles.TokenizerFile) is { } file) return new(TokenizerReader.Read(file).VocabularySize, AtMost: false);
        return new((tokenizer?.Forecast as TokenizerForecast)?.MostTokens, AtMost: true);
    }

    private static TokenShardHeader? Header(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[TokenShardHeader.Size];
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? TokenShardHeader.Read(path, bytes, file.Length) : null;
    }
}
