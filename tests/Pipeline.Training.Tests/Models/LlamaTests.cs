using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Models;

public sealed class LlamaTests
{
    static readonly LlamaConfig Plain = Small.Llama();

    static readonly Dictionary<string, LlamaConfig> Shapes = new()
    {
        ["plain"] = Plain,
        ["grouped"] = Plain with { KeyValueHeads = 2 },
        ["multi-query"] = Plain with { KeyValueHeads = 1 },
        ["head width"] = Plain with { HeadWidth = 12, KeyValueHeads = 2 },
        ["hidden"] = Plain with { Hidden = 40 },
        ["biases"] = Plain with { AttentionBias = true },
        ["untied"] = Plain with { Tied = false },
        ["untied with biases"] = Plain with { Tied = false, AttentionBias = true, KeyValueHeads = 2 },
        ["window"] = Plain with { Window = 3 },
        ["theta"] = Plain with { RopeTheta = 500 },
        ["linear scaling"] = Plain with { RopeScaling = new LinearRopeScaling(4) },
        ["llama 3 scaling"] = Plain with { HeadWidth = 16, RopeScaling = new Llama3RopeScaling(8, 1, 4, 64) },
        ["epsilon"] = Plain with { NormEpsilon = 0.3 },
        ["alibi"] = Plain with { Positions = Positions.Alibi },
        ["alibi of three heads in a window"] = Plain with { Heads = 3, KeyValueHeads = 1, Positions = Positions.Alibi, Window = 5 },
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_equal_the_same_model_written_out_operator_by_operator(string shape)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Small.Rough(Shapes[shape]);
        long[] ids = [3, 1, 4, 1, 5, 9, 2, 6];
        var expected = WrittenOutLlama.Logits(model, ids);
        var logits = model.Logits(tensor(ids, [1, 8]))[0];
        Assert.True(logits.narrow(1, 0, Small.Vocabulary).allclose(expected, 1e-4, 1e-4), $"differ by {(logits.narrow(1, 0, Small.Vocabulary) - expected).abs().max().item<float>()}");
        Assert.True(logits.narrow(1, Small.Vocabulary, 64 - Small.Vocabulary).isinf().all().item<bool>(), "padding must not be predictable");
        if (shape != "plain")
        {
            using var plain = Small.Rough(Plain);
            Assert.False(plain.Logits(tensor(ids, [1, 8])).narrow(2, 0, Small.Vocabulary).allclose(logits.narrow(1, 0, Small.Vocabulary), 1e-4, 1e-4), "the option changes nothing");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_parameter_learns(string shape)
    {
        using var scope = NewDisposeScope();
        using var model = Small.Rough(Shapes[shape]);
        using var objective = new NextToken(model);
        model.Parameters.PrepareForTraining();
        var batch = new TokenBatch(2, 8);
        for (var i = 0; i < batch.Ids.Length; i++)
            (batch.Ids[i], batch.Targets[i]) = (i * 5 % Small.Vocabulary, (i * 5 + 3) % Small.Vocabulary);
        objective.Sums(batch, training: true)[0].backward();
        foreach (var (name, view) in model.Parameters.Names.Zip(model.Parameters.Views))
            Assert.True(view.grad!.abs().sum().item<float>() > 0, $"{name} has no gradient");
    }

    [Fact]
    public void The_parameters_are_Llamas_own()
    {
        // Llama 3.2 1B as published: 1,235,814,400 parameters, tied; Llama 2 7B: 6,738,415,616.
        Assert.Equal(1_235_814_400, new LlamaConfig(128256, 131072, 16, 32, 2048) { KeyValueHeads = 8, Hidden = 8192 }.ParameterCount);
        Assert.Equal(6_738_415_616, new LlamaConfig(32000, 4096, 32, 32, 4096) { Hidden = 11008, Tied = false }.ParameterCount);
        Assert.Equal(1024, new LlamaConfig(50, 16, 2, 6, 384).Hidden);
        Assert.Equal(384, new LlamaConfig(50, 16, 2, 4, 128).Hidden);
    }

    [Fact]
    public void Each_dropout_is_drawn_where_it_says()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        double Loss(LlamaConfig config, bool training)
        {
            using var model = Small.Rough(config);
            using var objective = new NextToken(model);
            random.manual_seed(3);
            var batch = new TokenBatch(1, 8);
            Array.Fill(batch.Targets, 7);
            return objective.Sums(batch, training)[0].item<float>();
        }
        var plain = Loss(Plain, training: true);
        var dropped = new[]
        {
            Plain with { EmbeddingDropout = 0.5 }, Plain with { AttentionDropout = 0.5 }, Plain with { ResidualDropout = 0.5 }, Plain with { Dropout = 0.5 },
            Plain with { Dropout = 0.5, ResidualDropout = 0 },
        };
        Assert.Equal(dropped.Length + 1, dropped.Select(config => Loss(config, training: true)).Append(plain).Distinct().Count());
        Assert.All(dropped, config => Assert.Equal(plain, Loss(config, training: false)));
        Assert.Equal(plain, Loss(Plain with { Dropout = 0.5, EmbeddingDropout = 0, AttentionDropout = 0, ResidualDropout = 0 }, training: true));
    }

    [Fact]
    public void A_shape_that_cannot_be_built_is_refused_with_every_reason()
    {
        var error = Assert.Throws<ArgumentException>(() => (Plain with { KeyValueHeads = 3, HeadWidth = 7, Window = 0, RopeTheta = 0, RopeScaling = new Llama3RopeScaling(0.5, 4, 1, 8), ResidualDropout = 1 }).Check()).Message;
        foreach (var part in new[] { "4 heads cannot share 3 key-value heads", "head width is 7", "window is 0", "theta is 0", "factor is 0.5", "4 (low) and 1 (high)", "residual dropout is 1" })
            Assert.Contains(part, error);
        Assert.Contains("learned positions are not this family's", Assert.Throws<ArgumentException>(() => (Plain with { Positions = Positions.Learned }).Check()).Message);
        Assert.Contains("read with RoPE alone", Assert.Throws<ArgumentException>(() => (Plain with { Positions = Positions.Alibi, RopeTheta = 9 }).Check()).Message);
    }
}
