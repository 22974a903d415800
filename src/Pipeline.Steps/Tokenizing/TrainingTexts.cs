using System.Globalization;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Tokenizing;

/// <summary>What all steps that train a tokenizer read, write and tell.</summary>
internal static class TrainingTexts
{
    public const string VocabSize = "Tokens in all, special tokens included. Fewer come out where the text has no more to offer.";
    public const string MaxWords = "Distinct words that are counted at once, about 100 bytes of memory each. Where a corpus has more, the rarest are forgotten again and again (a line in the log and the metric `words.dropped` say so).";

    public static IEnumerable<string> Of(Artifact<Documents> documents, StepContext context) =>
        DocumentReader.ReadAsync(documents.LocateAll(), context.Cancellation).Select(document => document.Text).ToBlockingEnumerable(context.Cancellation);

    public static IEnumerable<(string Option, string Message)> Problems(IReadOnlyList<string> specialTokens, int vocabSize, int others, string what, string? unknown = null)
    {
        if (SpecialTokens.Problem(specialTokens) is { } problem) yield return ("special_tokens", problem);
        if (unknown is not null && !specialTokens.Contains(unknown)) yield return ("special_tokens", $"lack '{unknown}', which stands for what cannot be spelled: add it");
        var least = specialTokens.Count + others;
        if (vocabSize < least) yield return ("vocab_size", $"{vocabSize} leaves no room for {specialTokens.Count} special tokens and {what}; at least {least}");
    }

    /// <summary>Trains, writes the file and records what came of it.</summary>
    public static void Train<TModel>(Func<Trained<TModel>> train, int vocabSize, Output<Artifacts.Tokenizer> output, StepContext context)
        where TModel : TokenizerModel
    {
        Trained<TModel> result;
        try
        {
            result = train();
        }
        catch (ArgumentException wrong)
        {
            // What only the text tells: how many characters it has.
            throw new StepFailedException($"{char.ToUpperInvariant(wrong.Message[0])}{wrong.Message[1..]}.", wrong);
        }

        TokenizerFile.Write(output["tokenizer.json"], result.Model);
        if (result.SkippedWords > 0) context.Log($"{result.SkippedWords} words of more than 16,384 characters took no part.");
        if (result.DroppedWords > 0)
        {
            context.Log($"There were more distinct words than max_words: {result.DroppedWords} occurrences of rare ones took no part.");
            context.Metric("words.dropped", result.DroppedWords);
        }

        if (result.Model.VocabularySize < vocabSize) context.Log($"The text has no more to offer: {result.Model.VocabularySize} tokens instead of {vocabSize}.");
        context.Metric("vocabulary", result.Model.VocabularySize);
        context.Metric("documents", result.Texts);
        context.Metric("words.distinct", result.Words);
        context.Metric("words.skipped", result.SkippedWords);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{result.Model.VocabularySize:N0} tokens from {result.Texts:N0} documents, {result.Words:N0} distinct words");
    }
}
