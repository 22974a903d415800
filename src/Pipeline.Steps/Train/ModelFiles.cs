using System.Security.Cryptography;
using Pipeline.Data.Shards;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;
using Pipeline.Training.Pruning;

namespace Pipeline.Steps.Train;

/// <summary>A <see cref="Model"/> artifact: the Hugging Face layout where the family has one, else our own, with its tokenizer beside the weights.</summary>
internal static class ModelFiles
{
    public const string TokenizerFile = "tokenizer.json";

    /// <param name="tokens">Null: one token begins, ends and pads, as in GPT-2, where the tokenizer has it.</param>
    public static void Write(LanguageModel model, string tokenizerPath, string folder, Training.Exporting.SpecialTokens? tokens = null)
    {
        var tokenizer = TokenizerReader.Read(tokenizerPath);
        int? end = tokenizer.SpecialTokens.Contains(Data.Tokenizers.SpecialTokens.EndOfText) ? tokenizer.SpecialId(Data.Tokenizers.SpecialTokens.EndOfText) : null;
        ModelFolder.Write(folder, model, tokens ?? new(end, end, end));
        File.Copy(tokenizerPath, Path.Combine(folder, TokenizerFile), overwrite: true);
    }

    public static LanguageModel Read(Artifact<Model> artifact, string scratch, TrainDevice device = TrainDevice.Cpu) => ModelFolder.Read(Folder(artifact, scratch), device.Open());

    /// <summary>A folder under <paramref name="scratch"/> with the artifact's files.</summary>
    public static string Folder(Artifact artifact, string scratch)
    {
        // The reader wants the files under their own names; the store keeps them under their digests.
        var folder = Directory.CreateDirectory(Path.Combine(scratch, artifact.Digest)).FullName;
        foreach (var (name, path) in artifact.LocateAll())
        {
            var link = Path.Combine(folder, name);
            File.Delete(link);
            File.CreateSymbolicLink(link, path);
        }

        return folder;
    }

    /// <summary>Removes what a mask removes, now and in the training that follows.</summary>
    public static void Hold(LanguageModel model, Artifact<Mask>? given)
    {
        if (given is null) return;
        try
        {
            using var mask = PruningMask.Read(given.Locate(PruningMask.FileName));
            mask.Hold(model);
        }
        catch (ArgumentException other)
        {
            throw new StepFailedException($"mask: {other.Message}", other);
        }
    }

    /// <summary>Whether a tokenizer made these tokens. Ids of another one mean other text, though each is in the vocabulary.</summary>
    public static bool Made(TokenShard tokens, string tokenizerPath) => SHA256.HashData(File.ReadAllBytes(tokenizerPath)).AsSpan().SequenceEqual(tokens.Header.TokenizerSha256);

    public static TokenizerModel Tokenizer(Artifact<Model> artifact) => TokenizerReader.Read(artifact.Locate(TokenizerFile));
}
