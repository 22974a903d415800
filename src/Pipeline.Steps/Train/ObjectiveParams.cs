using System.ComponentModel;
using Pipeline.Engine.Authoring;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;

namespace Pipeline.Steps.Train;

/// <summary>What a new model is trained to predict. What an objective does not read is null where nothing is said, and refused where something is.</summary>
public sealed record ObjectiveParams
{
    [Description("causal: each token from those before it. masked: tokens replaced by the mask token, from both sides (bert). span_corruption: cut-out spans, and sequence_to_sequence: the second half of a window from the first (encoder-decoder, hybrid). prefix: what follows a beginning of random length that is seen from both sides. Null: masked for bert, sequence_to_sequence for encoder-decoder and hybrid, causal for the others.")]
    [ChoiceElsewhere("causal", "clm", "causal_lm")]
    [ChoiceElsewhere("masked", "mlm", "masked_lm")]
    [ChoiceElsewhere("sequence_to_sequence", "seq2seq")]
    [ChoiceElsewhere("prefix", "prefix_lm")]
    public TokenTask? Name { get; init; }

    [Description("masked: the share of a row's tokens that is to be guessed; null: 0.15.")]
    [Engine.Authoring.Range(0.001, 0.999)]
    public double? MaskShare { get; init; }

    [Description("masked: whether all tokens of a word are masked or none; null: false.")]
    public bool? WholeWords { get; init; }

    [Description("span_corruption: the share of a row's tokens that is cut out; null: 0.15.")]
    [Engine.Authoring.Range(0.001, 0.999)]
    public double? SpanDensity { get; init; }

    [Description("span_corruption: mean length of a span, in tokens; null: 3.")]
    [Engine.Authoring.Range(1, 1000)]
    public double? MeanSpan { get; init; }

    [Description("The share of each target that is spread evenly over the vocabulary, in training alone: validation measures the plain cross-entropy and, beside it, `smoothed_loss`.")]
    [Engine.Authoring.Range(0, 0.99)]
    public double LabelSmoothing { get; init; }

    [Description("Times the mean of logsumexp², added in training alone so that logits do not drift; 1e-4 is usual. Validation measures it beside the plain cross-entropy, as `z_loss`.")]
    [Engine.Authoring.Range(0, 1)]
    public double ZLoss { get; init; }

    internal TokenTaskOptions Task(ModelConfig config)
    {
        var plain = new TokenTaskOptions(Name ?? TokenTaskOptions.DefaultFor(config));
        return plain with { MaskShare = MaskShare ?? plain.MaskShare, SpanDensity = SpanDensity ?? plain.SpanDensity, MeanSpan = MeanSpan ?? plain.MeanSpan };
    }

    internal TokenLossOptions Loss(TokenTaskOptions task) => new() { LabelSmoothing = LabelSmoothing, ZLoss = ZLoss, Accuracy = task.Task == TokenTask.Masked };

    /// <summary>What is set and not read, and what the model cannot be trained on.</summary>
    internal IEnumerable<(string Option, string Message)> Problems(ModelConfig config)
    {
        var task = Task(config);
        if (task.Misfit(config) is { } misfit) yield return ("objective.name", $"{OptionName(task.Task)} {misfit}");
        (object? Value, string Name, TokenTask Reader)[] options =
        [
            (MaskShare, "mask_share", TokenTask.Masked), (WholeWords, "whole_words", TokenTask.Masked), (SpanDensity, "span_density", TokenTask.SpanCorruption), (MeanSpan, "mean_span", TokenTask.SpanCorruption),
        ];
        foreach (var (_, name, reader) in options.Where(option => option.Value is not null && option.Reader != task.Task))
            yield return ("objective." + name, $"is read by objective {OptionName(reader)} alone: leave it out, or choose {OptionName(reader)}");
    }

    private static string OptionName(TokenTask task) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(task.ToString());
}
