using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Exporting;

/// <summary>
/// Our parameters and those of transformers' GPT2LMHeadModel: the same names, with two differences. Its four matrices of a block are Conv1D, [in, out] where ours are
/// [out, in]; and its embedding has no padding rows, so that no id outside the tokenizer can be generated. The output layer is tied and not stored.
/// </summary>
internal static class Gpt2Weights
{
    private const string Prefix = "transformer.";
    private const string Embedding = "transformer.wte.weight";
    private const string Head = "lm_head.weight";

    private static readonly string[] Conv1D = ["attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight"];

    // The causal mask that older versions stored with the weights.
    private static readonly string[] Masks = [".attn.bias", ".attn.masked_bias"];

    /// <summary>In the order of <see cref="ModelConfig.Layout"/>; views, in the caller's scope.</summary>
    public static IReadOnlyList<(string Name, Tensor Value)> Of(LanguageModel model) =>
        [.. model.Parameters.Names.Select(name => (name, AsStored(name, model.Parameters[name].detach(), model.Config.Vocabulary)))];

    /// <exception cref="InvalidDataException">A tensor is missing, of another shape, or unknown; the message names it.</exception>
    public static void Read(SafetensorsFile file, LanguageModel model)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        // The files of the first publication leave the prefix out.
        var prefixed = file.Contains(Embedding);
        string Stored(string name) => prefixed ? name : name[Prefix.Length..];
        RefuseUnknown(file, model, model.Parameters.Names.Select(Stored).ToHashSet(StringComparer.Ordinal));
        foreach (var name in model.Parameters.Names)
        {
            var target = AsStored(name, model.Parameters[name].detach(), model.Config.Vocabulary);
            file.ReadInto(Stored(name), target);
        }

        var embedding = model.Parameters[Embedding].detach();
        embedding.narrow(0, model.Config.Vocabulary, model.Config.PaddedVocabulary - model.Config.Vocabulary).zero_();
        if (file.Contains(Head) && !file.Read(Head).to_type(ScalarType.Float32).equal(AsStored(Embedding, embedding, model.Config.Vocabulary).cpu()).all().item<bool>())
            throw new InvalidDataException($"{file.Path}: {Head} differs from the embedding, but only models whose output layer is tied to it can be computed here");
    }

    private static Tensor AsStored(string name, Tensor parameter, int vocabulary) =>
        name == Embedding ? parameter.narrow(0, 0, vocabulary)
        : Conv1D.Any(matrix => name.EndsWith(matrix, StringComparison.Ordinal)) ? parameter.t()
        : parameter;

    private static void RefuseUnknown(SafetensorsFile file, LanguageModel model, HashSet<string> known)
    {
        var unknown = file.Header.Tensors.Select(entry => entry.Name)
            .Where(name => !known.Contains(name) && name != Head && !Masks.Any(mask => name.EndsWith(mask, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
            throw new InvalidDataException($"{file.Path}: {unknown.Length} tensors are no part of a GPT-2 of {((GptConfig)model.Config).Layers} layers: {string.Join(", ", unknown.Take(3))}{(unknown.Length > 3 ? ", …" : "")}");
    }
}
