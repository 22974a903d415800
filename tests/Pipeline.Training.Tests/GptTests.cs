using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Tests.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class GptTests
{
    [Fact]
    public void Logits_equal_the_same_model_written_out_operator_by_operator()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Small.Rough(Small.Config());
        long[] row = [3, 1, 4, 1, 5, 9, 2, 6];
        var (ids, expected) = (tensor(row, [1, 8]), WrittenOutGpt.Logits(model, row));

        var logits = model.Logits(ids)[0];
        Assert.True(logits.narrow(1, 0, Small.Vocabulary).allclose(expected, 1e-4, 1e-4));
        Assert.True(logits.narrow(1, Small.Vocabulary, 64 - Small.Vocabulary).isinf().all().item<bool>(), "padding must not be predictable");
        Assert.True(model.NextLogits(ids)[0].narrow(0, 0, Small.Vocabulary).allclose(expected[-1], 1e-4, 1e-4));
    }

    [Fact]
    public void No_token_sees_one_after_it()
    {
        using var scope = NewDisposeScope();
        using var model = LanguageModel.Initialise(Small.Config(), seed: 5);
        var one = model.Logits(tensor(new long[] { 1, 2, 3, 4, 5, 6 }, [1, 6]));
        var other = model.Logits(tensor(new long[] { 1, 2, 3, 9, 9, 9 }, [1, 6]));
        Assert.True(one.narrow(1, 0, 3).equal(other.narrow(1, 0, 3)).all().item<bool>());
        Assert.False(one.narrow(1, 3, 3).equal(other.narrow(1, 3, 3)).all().item<bool>());
    }

    [Fact]
    public void Right_padding_changes_no_loss()
    {
        using var scope = NewDisposeScope();
        using var model = LanguageModel.Initialise(Small.Config(), seed: 5);
        TokenBatch Batch(long[] ids, long[] targets)
        {
            var batch = new TokenBatch(1, ids.Length);
            ids.CopyTo(batch.Ids, 0);
            targets.CopyTo(batch.Targets, 0);
            return batch;
        }
        const long none = TokenBatch.Ignored;
        var narrow = model.TokenLosses(Batch([1, 2, 3], [2, none, 4]));
        var wide = model.TokenLosses(Batch([1, 2, 3, 0, 0], [2, none, 4, none, none]));
        var all = model.TokenLosses(Batch([1, 2, 3], [2, 3, 4]));
        Assert.Equal(narrow[0, 2].item<float>(), all[0, 2].item<float>(), 1e-5f);
        Assert.True(wide.narrow(1, 0, 3).allclose(narrow, 1e-5, 1e-5));
        Assert.Equal(0, wide.narrow(1, 3, 2).abs().sum().item<float>());
        Assert.Equal(0, narrow[0, 1].item<float>());
    }

    [Fact]
    public void Initialisation_is_nanoGPTs()
    {
        using var model = LanguageModel.Initialise(new GptConfig(600, 64, Layers: 8, Heads: 4, Width: 64), seed: 1);
        double Deviation(string name) => model.Parameters[name].std().item<float>();
        Assert.Equal(0.02, Deviation("transformer.h.0.attn.c_attn.weight"), 0.001);
        Assert.Equal(0.02 / 4, Deviation("transformer.h.7.mlp.c_proj.weight"), 0.0003);
        Assert.Equal(0, model.Parameters["transformer.h.3.mlp.c_fc.bias"].abs().sum().item<float>());
        Assert.Equal(1, model.Parameters["transformer.ln_f.weight"].min().item<float>());
        Assert.Equal(0, model.Parameters["transformer.wte.weight"].narrow(0, 600, 40).abs().sum().item<float>());
    }

    [Fact]
    public void The_parameter_count_is_what_is_there()
    {
        var config = Small.Config();
        Assert.Equal((Small.Vocabulary + Small.Context) * 32 + 2 * (12 * 32 * 32 + 13 * 32) + 2 * 32, config.ParameterCount);
        // GPT-2 as published: 124,439,808 parameters.
        Assert.Equal(124_439_808, new GptConfig(50257, 1024, 12, 12, 768).ParameterCount);
    }

    [Fact]
    public void A_shape_that_cannot_be_built_is_refused_with_every_reason()
    {
        var error = Assert.Throws<ArgumentException>(() => new LanguageModel(new GptConfig(0, 16, 2, 3, 32) { Dropout = 1 }));
        Assert.Contains("vocabulary is 0", error.Message);
        Assert.Contains("width 32 cannot be divided among 3 heads", error.Message);
        Assert.Contains("dropout is 1", error.Message);
    }
}
