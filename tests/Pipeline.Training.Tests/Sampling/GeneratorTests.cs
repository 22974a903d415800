using Pipeline.Training.Models;
using Pipeline.Training.Sampling;
using Pipeline.Training.Tests.Families;
using Pipeline.Training.Tests.Models;
using static TorchSharp.torch;
using Generator = Pipeline.Training.Sampling.Generator;

namespace Pipeline.Training.Tests.Sampling;

public sealed class GeneratorTests
{
    static readonly int[][] Prompts = [[3], [1, 4, 1, 5, 9], [2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2], [6, 4, 3], [.. Enumerable.Range(0, 20)]];

    [Theory]
    [MemberData(nameof(DecoderTests.Names), MemberType = typeof(DecoderTests))]
    public void Logits_from_the_cache_are_those_of_the_whole_text(string family)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Small.Rough(Small.Decoders[family]);
        using var cache = new KeyValueCache(model, rows: 2, capacity: 13);
        long[] ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9];
        // The second row begins at place 2; three chunks of several tokens and of one.
        var both = tensor(new[] { ids, [0, 0, .. ids[..11]] }.SelectMany(row => row).ToArray(), [2, 13]);
        foreach (var (from, to) in new[] { (0, 6), (6, 9), (9, 10), (10, 11), (11, 13) })
        {
            var logits = model.NextLogits(both.narrow(1, from, to - from), cache, starts: tensor(new long[] { 0, 2 }), prefix: null).narrow(1, 0, Small.Vocabulary);
            Assert.True(logits[0].allclose(model.NextLogits(tensor(ids[..to], [1, to]))[0].narrow(0, 0, Small.Vocabulary), 1e-5, 1e-5));
            Assert.True(logits[1].allclose(model.NextLogits(tensor(ids[..(to - 2)], [1, to - 2]))[0].narrow(0, 0, Small.Vocabulary), 1e-5, 1e-5));
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_model_that_computes_no_numbers_writes_nothing(float broken)
    {
        using var model = Small.Rough(Small.Config());
        using (no_grad()) model.Parameters["transformer.ln_f.bias"].fill_(broken);
        var error = Assert.Throws<InvalidDataException>(() => Generator.Continue(model, [1, 2], new() { MaxTokens = 3 }));
        Assert.StartsWith("The model computes values that are no finite numbers", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(DecoderTests.Names), MemberType = typeof(DecoderTests))]
    public void Cached_or_not_together_or_alone_the_tokens_are_the_same_also_beyond_the_context(string family)
    {
        using var model = Small.Rough(Small.Decoders[family]);
        foreach (var options in new GenerationOptions[]
        {
            new() { MaxTokens = 22, Temperature = 0 }, new() { MaxTokens = 22, Temperature = 0.8, TopK = 20 },
            new() { MaxTokens = 22, Temperature = 0, PromptIsPrefix = true }, new() { MaxTokens = 22, StopTokens = [5, 8, 13, 21], TopP = 0.9 },
        })
        {
            Prompt[] prompts = [.. Prompts.Select((ids, i) => new Prompt(ids, i))];
            var together = Generator.Continue(model, prompts, options);
            for (var i = 0; i < prompts.Length; i++)
            {
                Assert.Equal(together[i], Generator.Continue(model, [prompts[i]], options)[0]);
                Assert.Equal(together[i], Generator.Continue(model, [prompts[i]], options, cached: false)[0]);
            }
            if (options.StopTokens.Count == 0)
                Assert.All(together, made => Assert.Equal(22, made.Count));
        }
    }

    /// <summary>As it is trained and measured: half a context of source before what the decoder writes, which begins anew when it has written the other half.</summary>
    [Theory]
    [InlineData("encoder-decoder")]
    [InlineData("hybrid-lstm")]
    [InlineData("hybrid-gru")]
    public void What_has_an_encoder_reads_what_stands_before_as_source(string family)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Small.Rough(Family.Config(family));
        Prompt[] prompts = [.. Prompts.Select((ids, i) => new Prompt(ids, i))];
        var options = new GenerationOptions { MaxTokens = 22, Temperature = 0 };
        var together = Generator.Continue(model, prompts, options);
        const int Half = Small.Context / 2;
        for (var i = 0; i < prompts.Length; i++)
        {
            List<long> ids = [.. prompts[i].Ids.Select(id => (long)id)];
            var written = 1;
            while (ids.Count < prompts[i].Ids.Count + 22)
            {
                var source = ids.SkipLast(written).TakeLast(Half).ToList();
                source.AddRange(Enumerable.Repeat(-1L, Half - source.Count));
                var logits = model.NextLogits(tensor(ids.TakeLast(written).ToArray(), [1, written]), prefix: null, tensor(source.ToArray(), [1, Half]))[0].narrow(0, 0, Small.Vocabulary);
                ids.Add(logits.argmax().item<long>());
                written = written == Half ? 1 : written + 1;
            }
            Assert.Equal(ids.Skip(prompts[i].Ids.Count), together[i].Select(id => (long)id));
            Assert.Equal(together[i], Generator.Continue(model, [prompts[i]], options)[0]);
        }
    }

    [Fact]
    public void Generation_leaves_no_tensor_behind()
    {
        using var model = LanguageModel.Initialise(Small.Llama(), seed: 3);
        static long Live() => TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var before = Live();
        foreach (var cached in new[] { true, false })
            Generator.Continue(model, [new Prompt([1, 2, 3], 1), new Prompt([4], 2)], new GenerationOptions { MaxTokens = 20, PromptIsPrefix = true }, cached);
        Assert.Equal(before, Live());
    }

    [Fact]
    public void Each_prompt_is_continued_by_its_own_seed()
    {
        using var model = LanguageModel.Initialise(Small.Llama(), seed: 3);
        var made = Generator.Continue(model, [new Prompt([1, 2], 1), new Prompt([1, 2], 2), new Prompt([1, 2], 1)], new GenerationOptions { MaxTokens = 10 });
        Assert.Equal(made[0], made[2]);
        Assert.NotEqual(made[0], made[1]);
    }

    [Fact]
    public void Generation_ends_with_the_token_that_completes_a_stop_text()
    {
        using var model = LanguageModel.Initialise(Small.Llama(), seed: 3);
        static string Decode(IReadOnlyList<int> ids) => string.Concat(ids.Select(id => (char)('A' + id)));
        var options = new GenerationOptions { MaxTokens = 20, Seed = 4, Decode = Decode };
        var whole = Generator.Continue(model, [1], options);
        var stop = Decode([.. whole.Skip(5).Take(2)]);
        var stopped = Generator.Continue(model, [1], options with { StopTexts = ["never", stop] });
        Assert.Equal(whole.Take(7), stopped);
        Assert.Equal(Decode([.. whole.Take(5)]), StopText.Cut(Decode(stopped), ["never", stop]));
    }

    [Fact]
    public void Options_that_contradict_themselves_or_the_model_are_refused()
    {
        static string Error(GenerationOptions options) => Assert.Throws<ArgumentException>(options.Checked).Message;
        Assert.Contains("top-p would be ignored", Error(new() { Temperature = 0, TopP = 0.5 }));
        Assert.Contains("min-p would be ignored", Error(new() { Temperature = 0, MinP = 0.5 }));
        Assert.Contains("top-p is 0", Error(new() { TopP = 0 }));
        Assert.Contains("min-p is 2", Error(new() { MinP = 2 }));
        Assert.Contains("repetition penalty is 0", Error(new() { RepetitionPenalty = 0 }));
        Assert.Contains("say how tokens are decoded", Error(new() { StopTexts = ["x"] }));
        Assert.Contains("stop text is empty", Error(new() { StopTexts = [""], Decode = _ => "" }));
    }
}
