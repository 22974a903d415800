using Pipeline.Training.Models;

namespace Pipeline.Steps.Train;

/// <summary>Which families read which options of a model, and the shapes of those that are not decoders.</summary>
internal static class ModelFamilies
{
    private static readonly string[] Decoders = ["gpt", "llama"], Llama = ["llama"], Recurrent = ["lstm", "gru"], Sourced = ["encoder-decoder", "hybrid"], Attending = [.. Decoders, .. Sourced, "bert"];

    public static IReadOnlyList<(object? Value, string Name, IReadOnlyList<string> Readers)> Readers(ModelParams with) =>
    [
        (with.Heads, "heads", Attending),
        (with.EmbeddingDropout, "embedding_dropout", [.. Attending, .. Recurrent]),
        (with.AttentionDropout, "attention_dropout", Attending),
        (with.ResidualDropout, "residual_dropout", [.. Attending, .. Recurrent]),
        (with.Positions, "positions", Decoders),
        (with.RopeTheta, "rope_theta", Decoders),
        (with.RopeScaling, "rope_scaling", Llama),
        (with.KeyValueHeads, "key_value_heads", Llama),
        (with.HeadWidth, "head_width", Llama),
        (with.Hidden, "hidden", [.. Llama, "bert"]),
        (with.Window, "window", Llama),
        (with.NormEpsilon, "norm_epsilon", [.. Llama, "bert"]),
        (with.AttentionBias, "attention_bias", Llama),
        (with.Tied, "tied", [.. Llama, .. Recurrent]),
        (with.EncoderLayers, "encoder_layers", Sourced),
        (with.Decoder, "decoder", ["hybrid"]),
        (with.Variational, "variational", [.. Recurrent, "hybrid"]),
    ];

    public static ModelConfig Of(ModelParams with, int vocabulary) => with.Architecture switch
    {
        "lstm" or "gru" => new RecurrentConfig(vocabulary, with.Context, with.Architecture == "lstm" ? RecurrentKind.Lstm : RecurrentKind.Gru, with.Layers, with.Width)
        {
            Dropout = with.Dropout,
            EmbeddingDropout = with.EmbeddingDropout,
            ResidualDropout = with.ResidualDropout,
            Variational = with.Variational ?? false,
            Tied = with.Tied ?? true,
        },
        "encoder-decoder" => new EncoderDecoderConfig(vocabulary, with.Context, with.Layers, with.HeadsOrDefault, with.Width)
        {
            Dropout = with.Dropout,
            EmbeddingDropout = with.EmbeddingDropout,
            AttentionDropout = with.AttentionDropout,
            ResidualDropout = with.ResidualDropout,
            EncoderLayers = with.EncoderLayers ?? with.Layers,
        },
        "hybrid" => new HybridConfig(vocabulary, with.Context, with.Decoder ?? RecurrentKind.Lstm, with.Layers, with.HeadsOrDefault, with.Width)
        {
            Dropout = with.Dropout,
            EmbeddingDropout = with.EmbeddingDropout,
            AttentionDropout = with.AttentionDropout,
            ResidualDropout = with.ResidualDropout,
            EncoderLayers = with.EncoderLayers ?? with.Layers,
            Variational = with.Variational ?? false,
        },
        "bert" => Bert(with, new BertConfig(vocabulary, with.Context, with.Layers, with.HeadsOrDefault, with.Width)),
        _ => throw new ArgumentException($"There is no architecture {with.Architecture}."),
    };

    private static BertConfig Bert(ModelParams with, BertConfig plain) => plain with
    {
        Dropout = with.Dropout,
        EmbeddingDropout = with.EmbeddingDropout,
        AttentionDropout = with.AttentionDropout,
        ResidualDropout = with.ResidualDropout,
        Intermediate = with.Hidden ?? plain.Intermediate,
        NormEpsilon = with.NormEpsilon ?? plain.NormEpsilon,
    };
}
