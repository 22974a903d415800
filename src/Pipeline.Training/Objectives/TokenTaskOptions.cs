using Pipeline.Training.Batches;
using Pipeline.Training.Estimates;
using Pipeline.Training.Models;

namespace Pipeline.Training.Objectives;

/// <summary>A task with its constants: what of a text becomes examples, for training and for measuring.</summary>
public sealed record TokenTaskOptions(TokenTask Task)
{
    public double MaskShare { get; init; } = 0.15;

    public double SpanDensity { get; init; } = 0.15;

    public double MeanSpan { get; init; } = 3;

    /// <summary>Whether its loss is the mean surprise of a text's tokens in their order, of which perplexity can be said.</summary>
    public bool HasPerplexity => Task is TokenTask.Causal or TokenTask.SequenceToSequence;

    /// <summary>What a model is trained on unless told otherwise.</summary>
    public static TokenTask DefaultFor(ModelConfig config) =>
        !config.Causal ? TokenTask.Masked : config.Reads.HasFlag(BatchParts.Source) ? TokenTask.SequenceToSequence : TokenTask.Causal;

    /// <summary>Null where a model can be trained on this; otherwise why not, and on what it can.</summary>
    public string? Misfit(ModelConfig config)
    {
        var source = config.Reads.HasFlag(BatchParts.Source);
        return Task switch
        {
            TokenTask.Masked when config.Causal => $"is for models that see both sides of a token, and {config.Architecture} sees what stands before it alone: choose bert, or another objective",
            TokenTask.Masked => null,
            _ when !config.Causal => $"is for models that do not see what they are to predict, and {config.Architecture} sees all of a row: choose masked, or another architecture",
            TokenTask.Causal or TokenTask.Prefix when source => $"leaves the encoder of {config.Architecture} without a source: choose sequence_to_sequence or span_corruption",
            TokenTask.SpanCorruption or TokenTask.SequenceToSequence when !source => $"is for models with an encoder, and {config.Architecture} has none: choose causal, or encoder-decoder or hybrid",
            TokenTask.Prefix when !config.Reads.HasFlag(BatchParts.Prefix) => $"is for models that can see a part of a row from both sides, and {config.Architecture} cannot: choose causal, or gpt or llama",
            _ => null,
        };
    }

    /// <param name="windows">Of <paramref name="context"/>.</param>
    /// <param name="config">Of the model.</param>
    /// <param name="context">Tokens of a window; at most the model's.</param>
    /// <param name="specials">Read where the text is changed.</param>
    /// <param name="seed">Of what is drawn.</param>
    public IExamples<TokenBatch> Examples(IExamples<TokenBatch> windows, ModelConfig config, int context, TokenSpecials specials, long seed)
    {
        if (Misfit(config) is { } misfit)
            throw new ArgumentException($"The objective {Task} {misfit}.");
        return Task switch
        {
            TokenTask.Masked => new MaskedWindows(windows, specials, seed, MaskShare),
            TokenTask.SpanCorruption => new SpanCorruption(windows, context, specials, seed, SpanDensity, MeanSpan),
            TokenTask.Prefix => new PrefixWindows(windows, seed),
            TokenTask.SequenceToSequence => new SourceWindows(windows),
            _ => windows,
        };
    }

    /// <summary>Of an example that is a full window of so many tokens.</summary>
    public RowShape Row(int context)
    {
        var (noise, spans) = Task == TokenTask.SpanCorruption ? SpanCorruption.Shape(Math.Max(2, context), SpanDensity, MeanSpan) : default;
        var source = SourceWindows.SourceOf(context);
        return Task switch
        {
            TokenTask.Masked => new(context, 0, Math.Max(1, context * MaskShare)),
            TokenTask.SpanCorruption => new(noise + spans, Math.Max(2, context) - noise + spans, noise + spans),
            TokenTask.SequenceToSequence => new(context - source, source, context - source),
            _ => new(context, 0, context),
        };
    }

    /// <summary>Always the same examples.</summary>
    /// <param name="most">Windows, spread evenly.</param>
    public IExamples<TokenBatch> Measured(TokenFile tokens, ModelConfig config, int context, TokenSpecials specials, long most = long.MaxValue) =>
        Task == TokenTask.SequenceToSequence && Misfit(config) is null ? new PrecededWindows(tokens, context, most) : Examples(new FixedWindows(tokens, context, most), config, context, specials, seed: 0);
}
