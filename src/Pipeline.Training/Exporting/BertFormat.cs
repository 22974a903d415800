using System.Text.Json.Nodes;
using Pipeline.Training.Models;

namespace Pipeline.Training.Exporting;

/// <summary>The layout of transformers' BertForMaskedLM. Of a BertForPreTraining, as the first were published, what serves other tasks than masked tokens is passed over.</summary>
public sealed class BertFormat : ModelFormat
{
    const double DefaultEpsilon = 1e-12, DefaultDropout = 0.1;
    const int DefaultTokenTypes = 2;

    // Places counted from 0, and the heads of other tasks.
    static readonly string[] Others = ["bert.embeddings.position_ids", "bert.pooler.dense.weight", "bert.pooler.dense.bias", "cls.seq_relationship.weight", "cls.seq_relationship.bias"];

    public override string Name => "BERT";

    public override IReadOnlyList<string> ModelTypes { get; } = ["bert"];

    public override string? Misfit(ModelConfig config) => config switch
    {
        BertConfig { Dropouts: var shares } when shares.Embedding != shares.Residual => "BERT's layout has one dropout for embeddings and branches",
        BertConfig => null,
        _ => $"BERT's layout does not hold the {config.Architecture} family",
    };

    public override ModelConfig Read(ConfigFields fields)
    {
        fields.AllowText("hidden_act", "gelu");
        fields.AllowText("position_embedding_type", "absolute");
        fields.AllowFlag("is_decoder", false);
        fields.AllowFlag("add_cross_attention", false);
        fields.AllowFlag("tie_word_embeddings", true);
        fields.AllowNothing("quantization_config", "quantised weights are not read");
        var (dropout, attention) = (fields.Share("hidden_dropout_prob", DefaultDropout), fields.Share("attention_probs_dropout_prob", DefaultDropout));
        return new BertConfig(fields.Whole("vocab_size"), fields.Whole("max_position_embeddings"), fields.Whole("num_hidden_layers"), fields.Whole("num_attention_heads"), fields.Whole("hidden_size"))
        {
            Intermediate = fields.Whole("intermediate_size"),
            TokenTypes = fields.Whole("type_vocab_size", DefaultTokenTypes),
            Dropout = dropout,
            AttentionDropout = attention == dropout ? null : attention,
            NormEpsilon = fields.Positive("layer_norm_eps", DefaultEpsilon),
        };
    }

    public override JsonObject Write(ModelConfig config, SpecialTokens tokens, string dtype)
    {
        var model = (BertConfig)config;
        return new()
        {
            ["architectures"] = new JsonArray("BertForMaskedLM"),
            ["model_type"] = "bert",
            ["vocab_size"] = model.Vocabulary,
            ["max_position_embeddings"] = model.Context,
            ["type_vocab_size"] = model.TokenTypes,
            ["hidden_size"] = model.Width,
            ["intermediate_size"] = model.Intermediate,
            ["num_hidden_layers"] = model.Layers,
            ["num_attention_heads"] = model.Heads,
            ["hidden_act"] = "gelu",
            ["position_embedding_type"] = "absolute",
            ["layer_norm_eps"] = model.NormEpsilon,
            ["hidden_dropout_prob"] = model.Dropouts.Residual,
            ["attention_probs_dropout_prob"] = model.Dropouts.Attention,
            ["initializer_range"] = 0.02,
            ["tie_word_embeddings"] = true,
            ["bos_token_id"] = tokens.Beginning,
            ["eos_token_id"] = tokens.End,
            ["pad_token_id"] = tokens.Padding,
            ["torch_dtype"] = dtype,
        };
    }

    public override IReadOnlyList<StoredTensor> Tensors(ModelConfig config)
    {
        var layout = config.Layout();
        return
        [
            .. layout.Select(parameter => StoredTensor.Of(parameter, config.Vocabulary)),
            Repeated("bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight"),
            Repeated("cls.predictions.bias", "cls.predictions.decoder.bias"),
        ];

        StoredTensor Repeated(string parameter, string name) => StoredTensor.Of(layout.First(other => other.Name == parameter), config.Vocabulary, name) with { Repeats = true };
    }

    // As the norms were called when BERT was published.
    public override IEnumerable<string> OtherNames(string tensor) =>
        tensor.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? [tensor[..^"weight".Length] + "gamma"]
        : tensor.EndsWith("LayerNorm.bias", StringComparison.Ordinal) ? [tensor[..^"bias".Length] + "beta"]
        : [];

    public override bool Ignores(string tensor) => Others.Contains(tensor);
}
