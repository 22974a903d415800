using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Train;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Trains a byte-level BPE tokenizer.</summary>
public sealed class TrainBpe : Step<TrainBpe.With, TrainBpe.Given, TrainBpe.Made>
{
    public sealed record With
    {
        [Description("Tokens in all: special tokens, 256 bytes and merges. With room for no merge each byte is a token, which in plain English text is each character. Fewer come out where the text has no more pairs to merge.")]
        [Engine.Authoring.Range(256, 1_000_000)]
        public int VocabSize { get; init; } = 32_000;

        [Description("A pair of tokens that occurs less often is not merged.")]
        [Engine.Authoring.Range(0)]
        public long MinFrequency { get; init; }

        [Description("How text is cut into words before merging.")]
        public SplitPattern Pattern { get; init; } = SplitPattern.Gpt2;

        [Description("Tokens that text never yields. The steps that train and chat need the default ones; `<|system|>` may be added.")]
        public IReadOnlyList<string> SpecialTokens { get; init; } = Data.Tokenizers.SpecialTokens.Default;
    }

    public sealed record Given
    {
        [Description("Documents to learn from: the training part, so that nothing of the test is seen.")]
        public required Artifact<Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("The tokenizer in the Hugging Face layout: `tokenizer.json`.")]
        public required Output<Tokenizer> Tokenizer { get; init; }
    }

    public override string Name => "tokenizer.train-bpe";
    public override int Version => 1;
    public override string Description => "Trains a byte-level BPE tokenizer, with the vocabulary and merges that Hugging Face's tokenizers learns from the same documents.";
    public override string Incremental => "no: merges are chosen by counts over all documents, so it runs whole";
    public override int DefaultCpus => 4;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (Data.Tokenizers.SpecialTokens.Problem(with.SpecialTokens) is { } problem) yield return ("special_tokens", problem);
        var least = with.SpecialTokens.Count + 256;
        if (with.VocabSize < least) yield return ("vocab_size", $"{with.VocabSize} leaves no room for {with.SpecialTokens.Count} special tokens and 256 bytes; at least {least}");
    }

    protected override StepEstimate Estimate(With with, Foreseen given) => new() { Outputs = new Dictionary<string, Forecast> { ["tokenizer"] = new TokenizerForecast(with.VocabSize) } };

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var texts = DocumentReader.ReadAsync(inputs.Documents.LocateAll(), context.Cancellation).Select(d => d.Text).ToBlockingEnumerable(context.Cancellation);
        var training = new BpeTraining { VocabularySize = with.VocabSize, MinFrequency = with.MinFrequency, Pattern = with.Pattern, SpecialTokens = with.SpecialTokens };
        var result = BpeTrainer.Train(texts, training, context.Cpus, context.Cancellation);
        TokenizerFile.Write(outputs.Tokenizer["tokenizer.json"], result.Model);

        if (result.SkippedWords > 0) context.Log($"{result.SkippedWords} words of more than 16,384 characters took no part.");
        if (result.Model.VocabularySize < with.VocabSize) context.Log($"The text has no more pairs to merge: {result.Model.VocabularySize} tokens instead of {with.VocabSize}.");
        context.Metric("vocabulary", result.Model.VocabularySize);
        context.Metric("merges", result.Model.Merges.Count);
        context.Metric("documents", result.Texts);
        context.Metric("words.distinct", result.Words);
        context.Metric("words.skipped", result.SkippedWords);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{result.Model.VocabularySize:N0} tokens from {result.Texts:N0} documents, {result.Words:N0} distinct words");
        return Task.CompletedTask;
    }
}
