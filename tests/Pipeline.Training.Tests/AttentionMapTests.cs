using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Tests.Families;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class AttentionMapTests
{
    static readonly int[] Ids = [3, 41, 7, 7, 20, 11, 49, 0, 5, 13, 2, 30];
    static readonly int[] Source = [8, 1, 33, 12, 9, 40, 2];

    static readonly Dictionary<string, ModelConfig> Configs = Small.Decoders
        .Concat(new[] { "bert", "encoder-decoder", "hybrid-lstm", "hybrid-gru" }.Select(name => KeyValuePair.Create(name, Family.Config(name, dropout: 0.1))))
        .ToDictionary(StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Configs.Keys];

    static int[]? SourceOf(ModelConfig config) => config.Reads.HasFlag(BatchParts.Source) ? Source : null;

    [Theory, MemberData(nameof(Names))]
    public void Rows_sum_to_1_and_nobody_sees_what_he_must_not(string name)
    {
        using var model = Small.Rough(Configs[name]);
        using var attention = new AttentionMaps(model);
        var maps = attention.Of(Ids, SourceOf(model.Config));
        Assert.Equal(model.Config.Attention, maps.Select(map => map.Site));
        foreach (var map in maps)
        {
            Assert.Equal((map.Site.FromSource ? Source.Length : Ids.Length, map.Site.OnSource ? Source.Length : Ids.Length), (map.Rows, map.Columns));
            var window = (model.Config as LlamaConfig)?.Window ?? int.MaxValue;
            var causal = map.Site.Part == "decoder";
            for (var head = 0; head < map.Heads; head++)
            {
                var weights = map.Head(head).ToArray();
                for (var row = 0; row < map.Rows; row++)
                {
                    Assert.Equal(1.0, weights.Skip(row * map.Columns).Take(map.Columns).Sum(each => (double)each), 1e-5);
                    for (var column = 0; column < map.Columns; column++)
                        Assert.Equal(!causal || (column <= row && column > row - window), weights[row * map.Columns + column] > 0);
                }
                Assert.InRange(map.Entropy(head), 0, Math.Log(map.Columns));
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Written_out_it_is_the_attention_that_the_model_computes(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Small.Rough(Configs[name]);
        using var attention = new AttentionMaps(model);
        using var script = new Training.Scripts.CompiledScript(model.Source);
        var source = SourceOf(model.Config);
        var inputs = Batches.TokenBatch.Inputs(Row(Ids), source: source is null ? null : Row(source));
        var difference = (script.Tensor("logits", model.Parameters.Views, inputs, model.Padding).squeeze(0) - attention.Logits(Ids, source)).narrow(1, 0, Small.Vocabulary).abs().max().item<float>();
        Assert.InRange(difference, 0, 2e-4);

        static Tensor Row(int[] ids) => tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length]);
    }

    [Fact]
    public void The_first_layer_of_a_gpt_attends_as_its_formula_says()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = (GptConfig)Configs["gpt"];
        using var model = Small.Rough(config);
        using var attention = new AttentionMaps(model);
        double[,] Matrix(string parameter)
        {
            var view = model.Parameters[parameter].detach();
            var (rows, columns) = view.shape.Length == 2 ? (view.size(0), view.size(1)) : (1, view.size(0));
            var values = view.flatten().data<float>().ToArray();
            var matrix = new double[rows, columns];
            for (var i = 0; i < values.Length; i++)
                matrix[i / columns, i % columns] = values[i];
            return matrix;
        }
        var (wte, wpe, gain, shift, weight, bias) = (Matrix("transformer.wte.weight"), Matrix("transformer.wpe.weight"), Matrix("transformer.h.0.ln_1.weight"), Matrix("transformer.h.0.ln_1.bias"), Matrix("transformer.h.0.attn.c_attn.weight"), Matrix("transformer.h.0.attn.c_attn.bias"));
        var size = config.Width / config.Heads;
        double[] Qkv(int at)
        {
            var x = Enumerable.Range(0, config.Width).Select(c => wte[Ids[at], c] + wpe[at, c]).ToArray();
            var mean = x.Average();
            var deviation = Math.Sqrt(x.Average(each => (each - mean) * (each - mean)) + 1e-5);
            var normed = x.Select((each, c) => (each - mean) / deviation * gain[0, c] + shift[0, c]).ToArray();
            return [.. Enumerable.Range(0, 3 * config.Width).Select(o => normed.Select((each, c) => each * weight[o, c]).Sum() + bias[0, o])];
        }
        var qkv = Enumerable.Range(0, Ids.Length).Select(Qkv).ToArray();
        var map = attention.Of(Ids)[0];
        for (var head = 0; head < config.Heads; head++)
        {
            for (var row = 0; row < Ids.Length; row++)
            {
                var scores = Enumerable.Range(0, row + 1).Select(column => Enumerable.Range(head * size, size).Sum(c => qkv[row][c] * qkv[column][config.Width + c]) / Math.Sqrt(size)).ToArray();
                var total = scores.Sum(Math.Exp);
                for (var column = 0; column < Ids.Length; column++)
                    Assert.Equal(column <= row ? Math.Exp(scores[column]) / total : 0, map.Head(head)[row * Ids.Length + column], 1e-5);
            }
        }
    }

    [Fact]
    public void A_model_without_attention_or_without_its_source_is_refused()
    {
        using var lstm = LanguageModel.Initialise(Family.Config("lstm"), 1);
        Assert.Equal("a model of the lstm family has no attention", Assert.Throws<ArgumentException>(() => new AttentionMaps(lstm)).Message);
        using var both = LanguageModel.Initialise(Family.Config("encoder-decoder"), 1);
        using var maps = new AttentionMaps(both);
        Assert.Contains("reads a source", Assert.Throws<ArgumentException>(() => maps.Of(Ids)).Message, StringComparison.Ordinal);
        using var gpt = LanguageModel.Initialise(Small.Config(), 1);
        using var own = new AttentionMaps(gpt);
        Assert.Contains("reads no source", Assert.Throws<ArgumentException>(() => own.Of(Ids, Source)).Message, StringComparison.Ordinal);
    }
}
