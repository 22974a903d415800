using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Tests.Families;
using static TorchSharp.torch;

namespace Pipeline.Training.Tests;

public sealed class ActivationCheckpointingTests
{
    const double Dropout = 0.2;

    public static TheoryData<string, Precision> All
    {
        get
        {
            var data = new TheoryData<string, Precision>();
            foreach (var name in EveryModel.Names.Select(row => row.Data))
            {
                data.Add(name, Precision.Float32);
                data.Add(name, Precision.Bfloat16);
            }
            return data;
        }
    }

    /// <summary>Three micro-batches, so that gradients are added to gradients, and some summed apart.</summary>
    static TrainingOptions Options => Small.Options(4) with { Batch = 6, MicroBatch = 2 };

    [Theory]
    [MemberData(nameof(All))]
    public void Every_family_has_the_same_losses_and_weights_with_and_without(string name, Precision precision)
    {
        using var folder = new TemporaryFolder();
        var options = Options with { Precision = precision };
        var plain = Train(EveryModel.Config(name), options, new RunFiles(folder["plain"], "run"));
        var checkpointed = Train(EveryModel.Config(name), options with { ActivationCheckpointing = true }, new RunFiles(folder["checkpointed"], "run"));
        Assert.Equal(plain, checkpointed);
        Assert.Equal(File.ReadAllText(folder["plain/log.jsonl"]), File.ReadAllText(folder["checkpointed/log.jsonl"]));
    }

    [Theory]
    [InlineData("transformer.wte.*")]
    [InlineData("transformer.h.0.*", "transformer.w?e.*")]
    [InlineData("transformer.h.1.*")]
    public void Frozen_parameters_change_nothing_of_that(params string[] freeze)
    {
        var options = Options with { Trainable = new Trainable { Freeze = freeze } };
        Assert.Equal(Train(Small.Config(Dropout), options), Train(Small.Config(Dropout), options with { ActivationCheckpointing = true }));
    }

    [Fact]
    public void Packed_documents_and_prefixes_are_seen_again_as_they_were()
    {
        Assert.Equal(Train(Apart, checkpointing: false), Train(Apart, checkpointing: true));
        Assert.Equal(Train(Prefixed, checkpointing: false), Train(Prefixed, checkpointing: true));

        static IExamples<TokenBatch> Apart(TokenFile tokens) => new SeparateDocuments(new TokenWindows(tokens, Small.Context, 1), endOfText: 3);
        static IExamples<TokenBatch> Prefixed(TokenFile tokens) => new PrefixWindows(new TokenWindows(tokens, Small.Context, 1), seed: 2);
        static float[] Train(Func<TokenFile, IExamples<TokenBatch>> examples, bool checkpointing) =>
            ActivationCheckpointingTests.Train(Small.Config(Dropout), Options with { ActivationCheckpointing = checkpointing }, examples: examples);
    }

    [Fact]
    public void Preferences_are_trained_to_the_same_weights()
    {
        float[] Train(bool checkpointing)
        {
            using var model = LanguageModel.Initialise(Small.Config(Dropout), seed: 1);
            var pairs = new PreferencePairs([.. Enumerable.Range(0, 8).Select(Small.Pair)], Small.Vocabulary, Small.Context);
            pairs = pairs.With(ReferenceLogProbabilities.Of(model, pairs), Small.Vocabulary);
            using var objective = new DirectPreference(model, new PreferenceOptions());
            new Trainer<PairBatch>(model.Parameters, objective, pairs, null, Options with { ActivationCheckpointing = checkpointing }).Run();
            return model.Values();
        }
        Assert.Equal(Train(false), Train(true));
    }

    [Fact]
    public void A_run_may_go_on_with_it_that_began_without()
    {
        using var folder = new TemporaryFolder();
        var options = Small.Options(8) with { CheckpointEverySteps = 1 };
        var expected = Train(Small.Config(Dropout), options);
        var files = new RunFiles(folder["run"], "run");
        Assert.Throws<OperationCanceledException>(() => Train(Small.Config(Dropout), options, files, new StopAt(3)));
        Assert.Throws<OperationCanceledException>(() => Train(Small.Config(Dropout), options with { ActivationCheckpointing = true }, files, new StopAt(5)));
        Assert.Equal(expected, Train(Small.Config(Dropout), options, files));
    }

    [Fact]
    public void Where_the_state_of_random_numbers_cannot_be_kept_it_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = new LanguageModel(Small.Config(Dropout), new Device("meta"));
        using var objective = new NextToken(model);
        var trainer = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), null, Options with { ActivationCheckpointing = true });
        Assert.Contains("runs on the CPU alone, but the model is on meta", Assert.Throws<NotSupportedException>(() => trainer.Run()).Message);
    }

    [Fact]
    public void A_longer_run_leaves_no_more_tensors()
    {
        long After(long steps)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var before = Tensor.TotalCount;
            Train(Small.Config(Dropout), Small.Options(steps) with { MicroBatch = 2, ActivationCheckpointing = true });
            return Tensor.TotalCount - before;
        }
        After(5);
        Assert.Equal(After(5), After(40));
    }

    static float[] Train(ModelConfig config, TrainingOptions options, RunFiles? files = null, ITrainingObserver? observer = null, Func<TokenFile, IExamples<TokenBatch>>? examples = null)
    {
        using var folder = new TemporaryFolder();
        using var tokens = Small.Tokens(folder);
        using var model = LanguageModel.Initialise(config, seed: 1);
        using var objective = new NextToken(model);
        new Trainer<TokenBatch>(model.Parameters, objective, examples?.Invoke(tokens) ?? Family.Examples(config, tokens), null, options, files, observer: observer).Run();
        return model.Values();
    }
}
