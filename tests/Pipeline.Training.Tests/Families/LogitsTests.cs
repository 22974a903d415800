using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Families;

/// <summary>Each family against the same model written out.</summary>
public sealed class LogitsTests
{
    static readonly long[] Ids = [3, 1, 4, 1, 5, 9, 2, 6], Source = [5, 3, 5, 8, 9];

    [Theory]
    [InlineData("lstm")]
    [InlineData("lstm-variational-untied")]
    [InlineData("gru")]
    public void Of_a_recurrent_model(string family) => Hold(family, (model, parts) =>
    {
        var config = (RecurrentConfig)model.Config;
        var x = parts.Recurrent(model.Parameters["embedding.weight"].index(tensor(Ids)), "rnn", config.Kind, config.Layers);
        return x.matmul(model.Parameters[config.Tied ? "embedding.weight" : "output.weight"].t());
    });

    [Fact]
    public void Of_an_encoder_decoder() => Hold("encoder-decoder", (model, parts) =>
    {
        var memory = parts.Encoder(tensor(Source), layers: 1);
        var x = model.Parameters["wte.weight"].index(tensor(Ids)) + model.Parameters["decoder.wpe.weight"].narrow(0, 0, Ids.Length);
        for (var layer = 0; layer < 2; layer++)
        {
            var block = $"decoder.h.{layer}";
            x = parts.AttendSelf(x, block, causal: true);
            x = x + parts.AttendSource(parts.Norm(x, block + ".ln_cross"), memory, block + ".cross");
            x = parts.FeedForward(x, block);
        }
        return parts.Norm(x, "decoder.ln_f").matmul(model.Parameters["wte.weight"].t());
    });

    [Theory]
    [InlineData("hybrid-lstm")]
    [InlineData("hybrid-gru")]
    public void Of_a_hybrid(string family) => Hold(family, (model, parts) =>
    {
        var config = (HybridConfig)model.Config;
        var memory = parts.Encoder(tensor(Source), config.EncoderLayers);
        var h = parts.Norm(parts.Recurrent(model.Parameters["wte.weight"].index(tensor(Ids)), "decoder.rnn", config.Kind, config.Layers), "decoder.ln_f");
        var c = parts.AttendSource(h, memory, "decoder.cross");
        return parts.Linear(cat([c, h], -1), "decoder.join").tanh().matmul(model.Parameters["wte.weight"].t());
    });

    [Fact]
    public void Of_a_bert() => Hold("bert", (model, parts) =>
    {
        var p = model.Parameters;
        var x = p["bert.embeddings.word_embeddings.weight"].index(tensor(Ids)) + p["bert.embeddings.position_embeddings.weight"].narrow(0, 0, Ids.Length) + p["bert.embeddings.token_type_embeddings.weight"][0];
        x = parts.Norm(x, "bert.embeddings.LayerNorm");
        for (var layer = 0; layer < 2; layer++)
        {
            var name = $"bert.encoder.layer.{layer}.";
            var y = parts.Attend(parts.Linear(x, name + "attention.self.query"), parts.Linear(x, name + "attention.self.key"), parts.Linear(x, name + "attention.self.value"), causal: false);
            x = parts.Norm(x + parts.Linear(y, name + "attention.output.dense"), name + "attention.output.LayerNorm");
            x = parts.Norm(x + parts.Linear(WrittenOut.ExactGelu(parts.Linear(x, name + "intermediate.dense")), name + "output.dense"), name + "output.LayerNorm");
        }
        x = parts.Norm(WrittenOut.ExactGelu(parts.Linear(x, "cls.predictions.transform.dense")), "cls.predictions.transform.LayerNorm");
        return x.matmul(p["bert.embeddings.word_embeddings.weight"].t()) + p["cls.predictions.bias"];
    });

    /// <summary>Published sizes: BERT base has 109,514,298 parameters with its masked-token head (Hugging Face's bert-base-uncased).</summary>
    [Fact]
    public void Bert_base_has_as_many_parameters_as_published() => Assert.Equal(109_514_298, new BertConfig(30522, 512, 12, 12, 768).ParameterCount);

    static void Hold(string family, Func<LanguageModel, WrittenOut, Tensor> logits)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = LanguageModel.Initialise(Family.Config(family), seed: 5);
        foreach (var (parameter, view) in model.Config.Layout().Zip(model.Parameters.Views))
        {
            view.add_(randn(view.shape) * 0.1);
            if (parameter.VocabularyRows)
                view.narrow(0, Small.Vocabulary, view.size(0) - Small.Vocabulary).zero_();
        }
        var batch = new TokenBatch(1, Ids.Length) { Source = model.Config.Reads.HasFlag(BatchParts.Source) ? Source : null };
        Ids.CopyTo(batch.Ids, 0);
        for (var at = 0; at < Ids.Length; at++)
            batch.Targets[at] = 7 * at;

        var expected = logits(model, new WrittenOut(model.Parameters, heads: 2, model.Config is BertConfig ? 1e-12 : 1e-5)).narrow(1, 0, Small.Vocabulary).log_softmax(-1);
        var losses = model.TokenLosses(batch)[0];
        for (var at = 0; at < Ids.Length; at++)
            Assert.Equal(-expected[at, 7 * at].item<float>(), losses[at].item<float>(), 2e-4f);
    }
}
