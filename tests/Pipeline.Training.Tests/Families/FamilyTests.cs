using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Schedules;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests.Families;

/// <summary>What holds for every family.</summary>
public sealed class FamilyTests
{
    public static TheoryData<string> All => Family.All;

    public static TheoryData<string> Causal => Family.Causal;

    [Theory]
    [MemberData(nameof(Causal))]
    public void No_token_sees_one_after_it(string family)
    {
        using var scope = NewDisposeScope();
        using var model = LanguageModel.Initialise(Family.Config(family), seed: 5);
        var one = Losses(model, [1, 2, 3, 4, 5, 6], source: [7, 8]);
        var other = Losses(model, [1, 2, 3, 9, 9, 9], source: [7, 8]);
        Assert.Equal(one[..3], other[..3]);
        Assert.NotEqual(one[3], other[3]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Padding_of_rows_and_sources_changes_no_loss(string family)
    {
        using var scope = NewDisposeScope();
        using var model = LanguageModel.Initialise(Family.Config(family), seed: 5);
        var bare = Losses(model, [1, 2, 3], source: [7, 8]);
        var padded = Losses(model, [1, 2, 3, 4, 4], source: [7, 8, -1, -1], trained: 3);
        for (var at = 0; at < 3; at++)
            Assert.Equal(bare[at], padded[at], 1e-5f);
        Assert.Equal([0, 0], padded[3..]);
    }

    [Theory]
    [InlineData("encoder-decoder")]
    [InlineData("hybrid-lstm")]
    public void The_source_is_read_and_a_row_without_one_is_as_if_there_were_none(string family)
    {
        using var scope = NewDisposeScope();
        using var model = LanguageModel.Initialise(Family.Config(family), seed: 5);
        Assert.NotEqual(Losses(model, [1, 2, 3], source: [7, 8]), Losses(model, [1, 2, 3], source: [8, 7]));
        Assert.Equal(Losses(model, [1, 2, 3], source: null), Losses(model, [1, 2, 3], source: [-1, -1, -1]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_model_learns_what_its_data_repeats(string family)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var held = Small.Tokens(folder, 400, seed: 2);
        using var model = LanguageModel.Initialise(Family.Config(family), seed: 1);
        using var objective = new NextToken(model);
        // A masked model is trained on a seventh of what it reads, and one with LayerNorm after each branch bears no high rate.
        var (steps, batch, rate, least) = model.Config.Causal ? (250, 8, 1e-2, 2.4) : (600, 16, 2e-3, 3.5);
        var options = Small.Options(steps) with { ValidateEvery = steps, Batch = batch, LearningRate = new LearningRate { Peak = rate, Final = rate / 10, WarmUp = 10 } };
        var result = new Trainer<TokenBatch>(model.Parameters, objective, Family.Examples(model.Config, tokens), Family.Of(model.Config, new FixedWindows(held, Small.Context)), options).Run();
        // ln 50 = 3.9 before; the source's own entropy is about 1.6.
        Assert.InRange(result.Validation[0].Value, 0.5, least);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Bfloat16_trains_to_about_the_same_loss(string family)
    {
        double Loss(Precision precision)
        {
            using var folder = new TemporaryFolder();
            using var tokens = Small.Tokens(folder);
            using var model = LanguageModel.Initialise(Family.Config(family), seed: 1);
            using var objective = new NextToken(model);
            return new Trainer<TokenBatch>(model.Parameters, objective, Family.Examples(model.Config, tokens), null, Small.Options(20) with { Precision = precision }).Run().Loss!.Value;
        }
        Assert.Equal(Loss(Precision.Float32), Loss(Precision.Bfloat16), 0.1);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_parameter_takes_part_in_the_loss(string family)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(Family.Config(family), seed: 1);
        using var objective = new NextToken(model);
        new Trainer<TokenBatch>(model.Parameters, objective, Family.Examples(model.Config, tokens), null, Small.Options(1) with { LearningRate = new LearningRate() }).Run();
        Assert.All(model.Parameters.Names.Zip(model.Parameters.Views), parameter => Assert.True(parameter.Second.grad!.abs().max().item<float>() > 0, parameter.First));
        Assert.True(model.Config.TrainingFlopsPerToken > model.Config.ParameterCount);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Each_place_of_dropout_has_a_share_of_its_own_in_training_alone(string family)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        double Loss(ModelConfig config, bool training)
        {
            random.manual_seed(3);
            using var model = Small.Rough(config);
            using var objective = new NextToken(model);
            random.manual_seed(3);
            var batch = new TokenBatch(1, 8) { Source = config.Reads.HasFlag(BatchParts.Source) ? [7, 8, 9] : null };
            Array.Fill(batch.Targets, 7);
            return objective.Sums(batch, training)[0].item<float>();
        }
        var config = Family.Config(family);
        if (config is RecurrentConfig { Variational: true } variational)
            config = variational with { Variational = false };
        var plain = Loss(config, training: true);
        ModelConfig[] dropped = [.. (config is RecurrentConfig ? new[] { "E", "R" } : ["E", "A", "R"]).Select(place => Own(Shared(config, 0), place, 0.5)), Shared(config, 0.5), Own(Shared(config, 0.5), "R", 0.25)];
        Assert.Equal(dropped.Length + 1, dropped.Select(each => Loss(each, training: true)).Append(plain).Distinct().Count());
        Assert.All(dropped, each => Assert.Equal(plain, Loss(each, training: false)));
        Assert.Equal(plain, Loss(Own(Shared(config, 0.5), "EAR", 0), training: true));
    }

    static ModelConfig Shared(ModelConfig config, double share) => config switch
    {
        RecurrentConfig recurrent => recurrent with { Dropout = share },
        EncoderDecoderConfig both => both with { Dropout = share },
        HybridConfig hybrid => hybrid with { Dropout = share },
        _ => (BertConfig)config with { Dropout = share },
    };

    static ModelConfig Own(ModelConfig config, string places, double share)
    {
        var (embedding, attention, residual) = (Of('E'), Of('A'), Of('R'));
        return config switch
        {
            RecurrentConfig recurrent => recurrent with { EmbeddingDropout = embedding, ResidualDropout = residual },
            EncoderDecoderConfig both => both with { EmbeddingDropout = embedding, AttentionDropout = attention, ResidualDropout = residual },
            HybridConfig hybrid => hybrid with { EmbeddingDropout = embedding, AttentionDropout = attention, ResidualDropout = residual },
            _ => (BertConfig)config with { EmbeddingDropout = embedding, AttentionDropout = attention, ResidualDropout = residual },
        };

        double? Of(char place) => places.Contains(place) ? share : null;
    }

    [Theory]
    [InlineData("lstm", "layers is 0")]
    [InlineData("encoder-decoder", "width 30 cannot be divided among 4 heads")]
    [InlineData("hybrid", "encoder layers is 0")]
    [InlineData("bert", "dropout is 1")]
    [InlineData("variational", "dropout is 0; raise it, or leave variational out")]
    public void A_shape_that_cannot_be_built_is_refused(string family, string expected)
    {
        ModelConfig config = family switch
        {
            "lstm" => new RecurrentConfig(50, 16, RecurrentKind.Lstm, 0, 32),
            "encoder-decoder" => new EncoderDecoderConfig(50, 16, 2, 4, 30),
            "hybrid" => new HybridConfig(50, 16, RecurrentKind.Gru, 1, 4, 32) { EncoderLayers = 0 },
            "bert" => new BertConfig(50, 16, 2, 4, 32) { Dropout = 1 },
            _ => new RecurrentConfig(50, 16, RecurrentKind.Lstm, 1, 32) { Variational = true },
        };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new LanguageModel(config)).Message);
    }

    /// <summary>Of one row; places from <paramref name="trained"/> on are padding.</summary>
    static float[] Losses(LanguageModel model, long[] ids, long[]? source, int? trained = null)
    {
        var reads = model.Config.Reads;
        var batch = new TokenBatch(1, ids.Length)
        {
            Source = reads.HasFlag(BatchParts.Source) ? source : null,
            Segments = reads.HasFlag(BatchParts.Segments) && trained is not null ? [.. ids.Select((_, at) => at < trained ? 0L : 1L)] : null,
        };
        ids.CopyTo(batch.Ids, 0);
        for (var at = 0; at < ids.Length; at++)
            batch.Targets[at] = at < (trained ?? ids.Length) ? 10 + at : TokenBatch.Ignored;
        return model.TokenLosses(batch).data<float>().ToArray();
    }
}
