using System.Text.Json;
using Pipeline.Ranks;
using Pipeline.TestKit;
using Pipeline.Training.Batches;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Sampling;

namespace Pipeline.Training.Tests.Sampling;

public sealed class SampledPromptsTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TokenFile tokens, held;

    public SampledPromptsTests() => (tokens, held) = (Small.Tokens(folder), Small.Tokens(folder, 300, seed: 2));

    public void Dispose()
    {
        tokens.Dispose();
        held.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("gpt")]
    [InlineData("lstm")]
    [InlineData("encoder-decoder")]
    public void What_is_written_on_the_way_changes_no_bit(string architecture)
    {
        var config = Pairs.Architecture(architecture, dropout: 0.2);
        var (silent, without) = Train(config, "silent", every: null);
        var (telling, with) = Train(config, "telling", every: 1);
        Assert.Equal(silent, telling);
        Assert.Equal(without, with.Where(line => !line.Contains("sample", StringComparison.Ordinal)));
        // Validations before the first step, after 3, 6, 9 and at the end, two prompts each.
        Assert.Equal([0, 0, 3, 3, 6, 6, 9, 9, 10, 10], Samples(with).Select(sample => sample.Step));
    }

    [Fact]
    public void Every_second_validation_writes_the_same_text_that_the_finished_model_writes()
    {
        var config = Small.Config(dropout: 0.2);
        var lines = Samples(Train(config, "run", every: 2).Log);
        Assert.Equal([0, 0, 6, 6, 10, 10], lines.Select(sample => sample.Step));
        Assert.Equal(["one", "two"], lines.Take(2).Select(sample => sample.Prompt));
        using var model = LanguageModel.Initialise(config, seed: 1);
        Assert.Equal(lines.Take(2).Select(sample => sample.Text), Prompts(model, 2).Write().Select(written => written.Text));
        Assert.NotEqual(lines[0].Text, lines[^2].Text);
    }

    [Fact]
    public void A_resumed_run_has_each_text_once()
    {
        var expected = Train(Small.Config(dropout: 0.2), "whole", every: 1);
        Assert.Throws<OperationCanceledException>(() => Train(Small.Config(dropout: 0.2), "run", every: 1, new StopAt(7)));
        var resumed = Train(Small.Config(dropout: 0.2), "run", every: 1);
        Assert.Equal(expected.Parameters, resumed.Parameters);
        Assert.Equal(expected.Log, resumed.Log);
    }

    (float[] Parameters, string[] Log) Train(ModelConfig config, string run, long? every, ITrainingObserver? observer = null)
    {
        using var model = LanguageModel.Initialise(config, seed: 1);
        using var objective = new NextToken(model);
        var options = Small.Options(10) with { ValidateEvery = 3, CheckpointEverySteps = 2, AverageDecay = 0.9 };
        new Trainer<TokenBatch>(model.Parameters, objective, Families.Family.Examples(config, tokens), Families.Family.Of(config, new FixedWindows(held, Small.Context)), options, new RunFiles(folder[run], "run"), observer: observer,
            samples: every is { } often ? Prompts(model, often) : null).Run();
        return (model.Values(), File.ReadAllLines(folder[run + "/log.jsonl"]));
    }

    static SampledPrompts Prompts(LanguageModel model, long every) =>
        new(model, [("one", new([1, 2], 5)), ("two", new([3], 6))], new() { MaxTokens = 12 }, made => string.Join(' ', made)) { Every = every };

    static List<(int Step, string Prompt, string Text)> Samples(IEnumerable<string> log) =>
        [.. log.Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("sample", out _)).Select(line => (line.GetProperty("step").GetInt32(), line.GetProperty("prompt").GetString()!, line.GetProperty("sample").GetString()!))];
}
