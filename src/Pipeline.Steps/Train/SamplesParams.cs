using System.ComponentModel;
using Pipeline.Data.Conversations;
using Pipeline.Data.Tokenizers;
using Pipeline.Training.Models;
using Pipeline.Training.Sampling;

namespace Pipeline.Steps.Train;

/// <summary>What a model in training is asked to write, and how.</summary>
public sealed record SamplesParams
{
    [Description("Texts to go on with; train.instruct and train.dpo ask each as a user's question.")]
    public required IReadOnlyList<string> Prompts { get; init; }

    [Description("Every so many validations.")]
    [Engine.Authoring.Range(1, 1_000_000)]
    public long Every { get; init; } = 1;

    [Description("Tokens to write at most.")]
    [Engine.Authoring.Range(1, 100_000)]
    public int MaxTokens { get; init; } = 40;

    [Description("0 always takes the most probable token; higher draws more freely.")]
    [Engine.Authoring.Range(0, 100)]
    public double Temperature { get; init; } = 0.8;

    [Description("Decides the draws, the same at each validation; the training has draws of its own.")]
    public long Seed { get; init; } = 1;

    internal IEnumerable<(string Option, string Message)> Problems(long validateEvery)
    {
        if (Prompts.Count == 0 || Prompts.Any(string.IsNullOrEmpty)) yield return ("samples.prompts", "needs texts that are not empty");
        if (validateEvery == 0) yield return ("samples", "are written beside validations: set validation.every above 0");
    }

    /// <param name="chat">Whether prompts are questions of a user.</param>
    /// <param name="prefix">Whether a prompt is seen from both sides.</param>
    internal SampledPrompts Of(LanguageModel model, TokenizerModel tokenizer, bool chat, bool prefix = false)
    {
        var text = new TextTokenizer(tokenizer);
        string[] ends = chat ? [SpecialTokens.End, SpecialTokens.EndOfText] : [SpecialTokens.EndOfText];
        var options = new GenerationOptions { MaxTokens = MaxTokens, Temperature = Temperature, PromptIsPrefix = prefix, StopTokens = [.. ends.Where(tokenizer.SpecialTokens.Contains).Select(end => tokenizer.SpecialId(end))] };
        return new(model, [.. Prompts.Select((prompt, i) => (prompt, new Prompt(chat ? new ConversationEncoder(text).EncodePrompt([new(Roles.User, prompt)]) : [.. text.Model.Begins, .. text.Encode(prompt)], Seed + i)))], options, made => text.Decode(made)) { Every = Every };
    }
}
