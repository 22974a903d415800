using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Train;

/// <summary>A <see cref="Model"/> artifact: the Hugging Face layout, with its tokenizer beside the weights.</summary>
internal static class ModelFiles
{
    public const string TokenizerFile = "tokenizer.json";

    public static void Write(LanguageModel model, string tokenizerPath, string folder)
    {
        var tokenizer = TokenizerReader.Read(tokenizerPath);
        var end = tokenizer.SpecialId(Data.Tokenizers.SpecialTokens.EndOfText);
        Gpt2Folder.Write(folder, model, new(end, end, end));
        File.Copy(tokenizerPath, Path.Combine(folder, TokenizerFile), overwrite: true);
    }

    public static LanguageModel Read(Artifact<Model> artifact, string scratch)
    {
        // The reader wants the files under their own names; the store keeps them under their digests.
        var folder = Directory.CreateDirectory(Path.Combine(scratch, artifact.Digest)).FullName;
        foreach (var (name, path) in artifact.LocateAll())
        {
            var link = Path.Combine(folder, name);
            File.Delete(link);
            File.CreateSymbolicLink(link, path);
        }

        return Gpt2Folder.Read(folder);
    }

    public static BpeModel Tokenizer(Artifact<Model> artifact) => TokenizerReader.Read(artifact.Locate(TokenizerFile));
}
