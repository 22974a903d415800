using Pipeline.Training.Models;

namespace Pipeline.Training.Sampling;

/// <summary>How the next token is chosen and when to stop. Of the tokens that top-k, top-p and min-p all keep, one is drawn by its probability.</summary>
public sealed record GenerationOptions
{
    public int MaxTokens { get; init; } = 64;

    /// <summary>0 always takes the most probable token.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draw among this many most probable tokens; 0: among all.</summary>
    public int TopK { get; init; }

    /// <summary>Draw among the fewest most probable tokens that have this share of what top-k left (Holtzman et al. 2019); 1: among all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Draw among tokens that are at least this share as probable as the most probable one (Nguyen et al. 2024); 0: among all.</summary>
    public double MinP { get; init; }

    /// <summary>Positive logits of tokens that occurred, in the prompt too, are divided by this, negative ones multiplied (Keskar et al. 2019); 1 changes none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Of a prompt that brings none of its own.</summary>
    public long Seed { get; init; }

    /// <summary>Whether the prompt is seen from every place of it, as prefix language models are trained.</summary>
    public bool PromptIsPrefix { get; init; }

    /// <summary>Generation ends before any of these, such as end-of-text.</summary>
    public IReadOnlyCollection<int> StopTokens { get; init; } = [];

    /// <summary>Generation ends with the token that completes any of these in the generated text, which <see cref="Decode"/> gives; <see cref="StopText.Cut"/> cuts it off.</summary>
    public IReadOnlyCollection<string> StopTexts { get; init; } = [];

    /// <summary>The text of generated tokens; read for <see cref="StopTexts"/> alone.</summary>
    public Func<IReadOnlyList<int>, string>? Decode { get; init; }

    /// <summary>Hears of each token as it is made, of whichever prompt.</summary>
    public Action<int>? Made { get; init; }

    public GenerationOptions Checked()
    {
        if (MaxTokens < 1)
            throw new ArgumentException($"The most tokens to generate is {MaxTokens}, but must be at least 1.");
        if (Temperature is not (>= 0 and < double.PositiveInfinity))
            throw new ArgumentException($"The temperature is {Temperature}, but must be at least 0.");
        if (TopK < 0)
            throw new ArgumentException($"top-k is {TopK}, but must be at least 0.");
        if (TopP is not (> 0 and <= 1))
            throw new ArgumentException($"top-p is {TopP}, but must be above 0 and at most 1.");
        if (MinP is not (>= 0 and <= 1))
            throw new ArgumentException($"min-p is {MinP}, but must be from 0 to 1.");
        if (RepetitionPenalty is not (> 0 and < double.PositiveInfinity))
            throw new ArgumentException($"The repetition penalty is {RepetitionPenalty}, but must be above 0.");
        if (Temperature == 0 && (TopK > 0 ? "top-k" : TopP < 1 ? "top-p" : MinP > 0 ? "min-p" : null) is { } ignored)
            throw new ArgumentException($"At temperature 0 the most probable token is taken, so {ignored} would be ignored: leave it out or raise the temperature.");
        if (StopTexts.Any(string.IsNullOrEmpty))
            throw new ArgumentException("A stop text is empty: every text ends with it.");
        if (StopTexts.Count > 0 && Decode is null)
            throw new ArgumentException("Stop texts are looked for in decoded text: say how tokens are decoded.");
        return this;
    }

    internal void Check(ModelConfig model)
    {
        Checked();
        if (!model.Causal)
            throw new ArgumentException($"The {model.Architecture} architecture sees what follows, so it cannot continue a text: choose a decoder.");
        if (PromptIsPrefix && !model.Reads.HasFlag(BatchParts.Prefix))
            throw new ArgumentException($"The {model.Architecture} architecture does not read a prefix: leave the option out, or choose gpt or llama.");
    }
}
