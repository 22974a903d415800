using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Optimizers;
using Pipeline.Training.Schedules;

namespace Pipeline.Training.Tests;

/// <summary>A run that begins with the final state of a shorter one gives the bits of one that was long from the start.</summary>
public sealed class FinalStateTests
{
    const int Short = 12, Long = 25;

    static readonly TrainingOptions Plain = Small.Options() with { LearningRate = new() { Peak = 1e-2, WarmUp = 3, Decay = Decay.Constant } };

    public static TheoryData<string> Cases => [.. Options.Keys];

    // The short run ends between two validations, so that its last one is not of the long run.
    static readonly Dictionary<string, TrainingOptions> Options = new()
    {
        ["plain"] = Plain with { ValidateEvery = 5 },
        ["without validation"] = Plain,
        ["accumulation"] = Plain with { MicroBatch = 1, ValidateEvery = 5 },
        ["a validation at the seam"] = Plain with { ValidateEvery = 4 },
        ["cosine of a length of its own"] = Plain with { ValidateEvery = 7, LearningRate = new() { Peak = 1e-2, Final = 1e-3, WarmUp = 3, DecayUntil = 20 } },
        ["cosine that has ended"] = Plain with { ValidateEvery = 7, LearningRate = new() { Peak = 1e-2, Final = 1e-3, WarmUp = 3, DecayUntil = 10 } },
        ["wsd of a length of its own"] = Plain with { ValidateEvery = 7, LearningRate = new() { Peak = 1e-2, WarmUp = 3, Decay = Decay.Wsd, DecayUntil = 20, DecayShare = 0.5 } },
        ["inverse square root"] = Plain with { ValidateEvery = 7, LearningRate = new() { Peak = 1e-2, WarmUp = 3, Decay = Decay.InverseSqrt } },
        ["muon"] = Plain with { Optimizer = new MuonOptions() },
        ["the best parameters"] = Plain with { ValidateEvery = 5, EarlyStopping = new() { Patience = 9 } },
        ["stopped early in the longer run"] = Plain with { ValidateEvery = 2, EarlyStopping = new() { Patience = 9, MinDelta = 9 } },
        ["stopped early in the shorter run"] = Plain with { ValidateEvery = 2, EarlyStopping = new() { Patience = 2, MinDelta = 9 } },
        ["skipped spikes"] = Plain with { ValidateEvery = 5, SkipSpikes = true },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_longer_run_goes_on_to_the_bits_of_one_that_was_long_from_the_start(string name)
    {
        using var folder = new TemporaryFolder();
        var options = Options[name];
        var whole = Train(folder, "whole", options with { Steps = Long });
        var first = Train(folder, "first", options with { Steps = Short });
        FinalState.Write(folder["first"], folder["state"]);
        FinalState.Begin(folder["second"], file => Path.Combine(folder["state"], file), "the first");
        var second = Train(folder, "second", options with { Steps = Long });
        Assert.Equal(whole.Parameters, second.Parameters);
        Assert.Equal(whole.Log, second.Log);
        Assert.Equal(whole.Result with { TokensPerSecond = 0, Validation = [], Times = second.Result.Times }, second.Result with { TokensPerSecond = 0, Validation = [] });
        Assert.Equal(whole.Result.Validation, second.Result.Validation);
        Assert.Equal("the first", FinalState.OriginOf(folder["second"]));
        Assert.Equal(name == "stopped early in the shorter run", first.Result.StoppedEarly);
        Assert.Equal(name.StartsWith("stopped early", StringComparison.Ordinal), second.Result.StoppedEarly);
        if (!second.Result.StoppedEarly) Assert.NotEqual(whole.Parameters, first.Parameters);
    }

    [Fact]
    public void A_schedule_that_follows_the_steps_is_another_one_from_its_first_decay_on()
    {
        using var folder = new TemporaryFolder();
        var options = Plain with { LearningRate = new() { Peak = 1e-2, Final = 1e-3, WarmUp = 3 } };
        var whole = Train(folder, "whole", options with { Steps = Long });
        Train(folder, "first", options with { Steps = Short });
        FinalState.Write(folder["first"], folder["state"]);
        FinalState.Begin(folder["second"], file => Path.Combine(folder["state"], file), "");
        Assert.NotEqual(whole.Parameters, Train(folder, "second", options with { Steps = Long }).Parameters);
    }

    [Fact]
    public void A_run_that_stands_further_keeps_its_own_checkpoint_and_one_that_stands_before_does_not()
    {
        using var folder = new TemporaryFolder();
        Train(folder, "short", Plain with { Steps = Short });
        FinalState.Write(folder["short"], folder["state"]);
        Train(folder, "further", Plain with { Steps = Short + 1 });
        FinalState.Begin(folder["further"], file => Path.Combine(folder["state"], file), "x");
        Assert.Null(FinalState.OriginOf(folder["further"]));
        Train(folder, "before", Plain with { Steps = Short - 1 });
        FinalState.Begin(folder["before"], file => Path.Combine(folder["state"], file), "x");
        Assert.Equal("x", FinalState.OriginOf(folder["before"]));
    }

    [Fact]
    public void References_of_a_pair_do_not_depend_on_how_many_are_wanted()
    {
        using var model = LanguageModel.Initialise(Small.Config(), seed: 3);
        var pairs = new PreferencePairs([.. Enumerable.Range(0, 600).Select(Small.Pair)], Small.Vocabulary, Small.Context);
        var order = new DataOrder(5, pairs.Count);
        var all = ReferenceLogProbabilities.Of(model, pairs, order, 9999);
        var some = ReferenceLogProbabilities.Of(model, pairs, order, 300);
        for (var position = 0; position < 300; position++)
        {
            var pair = (int)order.At(position).Example;
            Assert.Equal(all[pair], some[pair]);
        }

        Assert.DoesNotContain(all, each => float.IsNaN(each.Chosen));
        Assert.Equal(600 - 512, some.Count(each => float.IsNaN(each.Chosen)));
    }

    static (float[] Parameters, string Log, TrainingResult Result) Train(TemporaryFolder folder, string run, TrainingOptions options)
    {
        using var tokens = Small.Tokens(folder);
        using var held = Small.Tokens(folder, 300, seed: 2);
        using var model = LanguageModel.Initialise(Small.Config(dropout: 0.2), seed: 1);
        using var objective = new NextToken(model);
        var result = new Trainer<TokenBatch>(model.Parameters, objective, new TokenWindows(tokens, Small.Context, 1), new FixedWindows(held, Small.Context), options, new RunFiles(folder[run], "run")).Run(TestContext.Current.CancellationToken);
        return (model.Values(), File.ReadAllText(folder[run + "/log.jsonl"]), result);
    }
}
