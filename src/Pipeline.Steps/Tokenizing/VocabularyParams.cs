using System.ComponentModel;
using Pipeline.Data.Tokenizers;

namespace Pipeline.Steps.Tokenizing;

/// <summary>A vocabulary of what occurs most often.</summary>
public sealed record VocabularyParams
{
    [Description(TrainingTexts.VocabSize)]
    [Engine.Authoring.Range(4, 1_000_000)]
    public int VocabSize { get; init; } = 32_000;

    [Description("What occurs less often is unknown.")]
    [Engine.Authoring.Range(0)]
    public long MinFrequency { get; init; } = 1;

    [Description("Makes all letters small before anything else.")]
    public bool Lowercase { get; init; }

    [Description("Tokens that text never yields; `<unk>` has to be among them.")]
    public IReadOnlyList<string> SpecialTokens { get; init; } = WordTraining.DefaultSpecialTokens;

    [Description(TrainingTexts.MaxWords)]
    [Engine.Authoring.Range(1000, 100_000_000)]
    public int MaxWords { get; init; } = TokenizerTraining.DefaultMostWords;

    internal WordTraining Training(bool characters) => new() { VocabularySize = VocabSize, MinFrequency = MinFrequency, Lowercase = Lowercase, SpecialTokens = SpecialTokens, MostWords = MaxWords, Characters = characters };
}
