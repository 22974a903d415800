using System.ComponentModel;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Data.Conversations;
using Pipeline.Data.Shards;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Train;
using Pipeline.Training.Batches;
using Pipeline.Training.Evaluation;
using Pipeline.Training.Models;
using Pipeline.Training.Objectives;
using Pipeline.Training.Sampling;

namespace Pipeline.Steps.Evaluate;

/// <summary>Measures models on what none of them saw, side by side and beside a unigram baseline.</summary>
public sealed class EvaluateLanguageModel : Step<EvaluateLanguageModel.With, EvaluateLanguageModel.Given, EvaluateLanguageModel.Made>
{
    public sealed record SampleParams
    {
        [Description("Held-out questions that each model answers; 0 samples none.")]
        [Engine.Authoring.Range(0, 1000)]
        public int Prompts { get; init; } = 4;

        [Description("Longest answer.")]
        [Engine.Authoring.Range(1, 65536)]
        public int MaxTokens { get; init; } = 48;

        [Description("0 takes the most probable token each time.")]
        [Engine.Authoring.Range(0, 100)]
        public double Temperature { get; init; }

        [Description("Decides the draws above temperature 0.")]
        public long Seed { get; init; } = 1;
    }

    public sealed record With
    {
        [Description("Sequences per forward pass.")]
        [Engine.Authoring.Range(1, 65536)]
        public int Batch { get; init; } = 16;

        [Description("At most so many held-out conversations, and as many preferences, spread evenly and always the same; 0 takes all. Perplexity is always of the whole test part.")]
        [Engine.Authoring.Range(0)]
        public long Examples { get; init; } = 1000;

        [Description("Where it computes; cuda is one GPU, set aside for the step, and a libtorch that can use it (`--libtorch`).")]
        [ChoiceElsewhere("cuda", "gpu", "cuda:0")]
        public TrainDevice Device { get; init; } = TrainDevice.Cpu;

        [Description("Threads. Part of the recipe: another number sums in another order and gives other bits.")]
        [Engine.Authoring.Range(1, 1024)]
        public int Threads { get; init; } = 2;

        [Description("Tokens of the longest sequence of an n-gram baseline beside the unigram one: 5 predicts a token from the four before it, by interpolated modified Kneser-Ney smoothing over the training part. It takes about 150 bytes of memory for each of its tokens. 0 measures none.")]
        [Engine.Authoring.Range(0, 10)]
        public int NgramOrder { get; init; }

        [Description("Metadata key of the name that a preference is about, such as `member`: its overlap with the answers is the floor that preference accuracy is held against. Null reports no floor.")]
        public string? NameKey { get; init; }

        [Description("What each model writes, for people to read.")]
        public SampleParams Samples { get; init; } = new();
    }

    public sealed record Given
    {
        [Description("The models, from the earliest stage to the latest; their figures are named after the step that made them, and those of the last one also stand alone.")]
        public required ArtifactList<Model> Models { get; init; }

        [Description("Tokens: the training part for the unigram baseline, the test part for perplexity and bits per byte.")]
        public required Splits<TokenShards> Tokens { get; init; }

        [Description("Held-out conversations: the loss on their answers, and prompts for the samples.")]
        public Artifact<Artifacts.Conversations>? Conversations { get; init; }

        [Description("Held-out preferences: how often the chosen answer is the more probable one.")]
        public Artifact<Preferences>? Preferences { get; init; }
    }

    public sealed record Made
    {
        [Description("Prompts, what they were answered with, and what each model writes: `samples.json`.")]
        public required Output<Samples> Samples { get; init; }
    }

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public override string Name => "evaluate.language-model";
    public override int Version => 1;
    public override string Description => "Measures perplexity and bits per byte on the test part (loss and accuracy on masked tokens of models that see both sides), the loss on held-out answers and the accuracy on held-out preferences, of one or more models, beside a unigram baseline and the floor of member-name overlap.";
    public override bool Isolated => true;
    public override int DefaultCpus => 2;
    public override string? CpusOption => "threads";
    public override IReadOnlyDictionary<string, string> Facets => TorchFacets.Of;

    public override int GpusOf(JsonObject with) => TrainDevices.GpusOf(with);

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        TorchSharp.torch.set_num_threads(with.Threads);
        using var trainShard = TokenShard.Open(inputs.Tokens.Train.Locate("tokens.bin"));
        using var testShard = TokenShard.Open(inputs.Tokens.Test.Locate("tokens.bin"));
        using var train = Pretrain.Open(trainShard, "the train part of 'tokens'", "give it more text");
        using var test = Pretrain.Open(testShard, "the test part of 'tokens'", "give the split a test share");
        var conversations = inputs.Conversations is { } held ? ConversationLines.ReadConversations(held.Locate("conversations.jsonl")).ToList() : [];
        var preferences = inputs.Preferences is { } pairs ? ConversationLines.ReadPreferences(pairs.Locate("preferences.jsonl")).ToList() : [];
        var samples = conversations.Take(with.Samples.Prompts).Select(c => new Sample(c.Turns[^2].Content, c.Turns[^1].Content, new SortedDictionary<string, string>(StringComparer.Ordinal))).ToList();
        if (with.NameKey is { } key && preferences.Count > 0) context.Metric("floor.preference.accuracy", NameOverlap.Accuracy(preferences, key));

        var names = new List<string>();
        foreach (var (entry, number) in inputs.Models.Entries.Select((e, i) => (e, i)))
        {
            var name = entry.Name.Split('.')[0];
            names.Add(name);
            context.Report(number, inputs.Models.Entries.Count, "models", name);
            context.Cancellation.ThrowIfCancellationRequested();
            using var model = ModelFiles.Read((Artifact<Model>)entry.Artifact, Path.Combine(context.Workspace, "given"), with.Device);
            var tokenizer = ModelFiles.Tokenizer((Artifact<Model>)entry.Artifact);
            if (!ModelFiles.Made(testShard, entry.Artifact.Locate(ModelFiles.TokenizerFile)))
                throw new StepFailedException($"'{entry.Name}' has another tokenizer than the one that the tokens were encoded with: give tokens of its own.");
            var bytes = Utf8BytesOf(testShard, tokenizer);
            if (number == 0) Baselines(train, test, testShard.Header.VocabularySize, bytes, with, context);
            var figures = new SortedDictionary<string, double>(StringComparer.Ordinal);
            Measure(model, tokenizer, test, bytes, inputs, with, figures);
            foreach (var (metric, value) in figures)
            {
                context.Metric($"{name}.{metric}", value);
                if (number == inputs.Models.Entries.Count - 1) context.Metric(metric, value);
            }

            if (!model.Config.Causal) context.Log($"{name} ({model.Config.Architecture}) sees what follows: no answers, preferences or samples of it are measured.");
            else if (HasSource(model)) context.Log($"{name} ({model.Config.Architecture}) reads a source before it writes: its samples are there, and no answers or preferences are measured.");
            if (model.Config.Causal) foreach (var sample in samples) sample.Answers[name] = Answer(model, tokenizer, sample.Prompt, with.Samples);
        }

        File.WriteAllText(outputs.Samples["samples.json"], JsonSerializer.Serialize(samples, Readable));
        context.Summary = Summarise(names, context.Metrics);
        return Task.CompletedTask;
    }

    private static void Baselines(TokenFile train, TokenFile test, int vocabulary, long bytes, With with, StepContext context)
    {
        Report("unigram", "test.", UnigramBaseline.Of(train, test, vocabulary, bytes), context);
        if (with.NgramOrder == 0) return;
        try
        {
            Report("ngram", "test.", new KneserNey(train, vocabulary, with.NgramOrder).Measure(test, bytes), context);
        }
        catch (ArgumentException e)
        {
            throw new StepFailedException($"ngram_order: {e.Message}");
        }
    }

    private static bool HasSource(LanguageModel model) => model.Config.Reads.HasFlag(BatchParts.Source);

    private static void Measure(LanguageModel model, TokenizerModel tokenizer, TokenFile test, long bytes, Given inputs, With with, SortedDictionary<string, double> figures)
    {
        if (!model.Config.Causal)
        {
            var masked = MaskedQuality.Of(model, test, TokenizerSpecials.Of(tokenizer), with.Batch);
            figures["test.masked_loss"] = masked.Loss;
            figures["test.masked_accuracy"] = masked.Accuracy;
            return;
        }

        var quality = LanguageModelQuality.Of(model, test, bytes, with.Batch);
        figures["test.loss"] = quality.Loss;
        figures["test.perplexity"] = quality.Perplexity;
        figures["test.bits_per_byte"] = quality.BitsPerByte;
        if (HasSource(model)) return;
        if (inputs.Conversations is { } conversations)
        {
            var (examples, _) = EncodedConversations.Read(conversations, "held-out", tokenizer, model.Config.Context);
            using var objective = new NextToken(model);
            var totals = Totals.Of(objective, new Training.Batches.Conversations(EncodedConversations.Spread(examples, with.Examples), model.Config.Vocabulary, model.Config.Context).ByLength(), with.Batch);
            figures["answer.loss"] = totals.Sums[0] / totals.Weight;
            figures["answer.perplexity"] = Math.Exp(totals.Sums[0] / totals.Weight);
        }

        if (inputs.Preferences is { } preferences)
        {
            var (pairs, _) = EncodedConversations.Read(preferences, "held-out", tokenizer, model.Config.Context);
            var preferred = PreferenceQuality.Of(model, EncodedConversations.Spread(pairs, with.Examples), with.Batch);
            figures["preference.accuracy"] = preferred.Accuracy;
            figures["preference.accuracy_per_token"] = preferred.NormalisedAccuracy;
            figures["preference.margin"] = preferred.Margin;
        }
    }

    private static void Report(string name, string part, LanguageModelQuality quality, StepContext context)
    {
        context.Metric($"{name}.{part}loss", quality.Loss);
        context.Metric($"{name}.{part}perplexity", quality.Perplexity);
        context.Metric($"{name}.{part}bits_per_byte", quality.BitsPerByte);
    }

    /// <summary>Of the predicted text: all but the first token, end-of-text counting as nothing.</summary>
    private static long Utf8BytesOf(TokenShard shard, TokenizerModel tokenizer)
    {
        var text = new TextTokenizer(tokenizer);
        var bytes = 0L;
        for (var i = 0L; i < shard.Header.SequenceCount; i++) bytes += System.Text.Encoding.UTF8.GetByteCount(text.DecodeWhole(shard.ReadSequence(i)));
        return bytes;
    }

    private static string Answer(LanguageModel model, TokenizerModel tokenizer, string prompt, SampleParams with)
    {
        var text = new TextTokenizer(tokenizer);
        var ids = new ConversationEncoder(text).EncodePrompt([new Turn(Roles.User, prompt)]);
        var stops = new[] { Data.Tokenizers.SpecialTokens.End, Data.Tokenizers.SpecialTokens.EndOfText }.Select(tokenizer.SpecialId).ToList();
        return text.Decode(Generator.Continue(model, ids, new() { MaxTokens = with.MaxTokens, Temperature = with.Temperature, Seed = with.Seed, StopTokens = stops }));
    }

    private static string Summarise(List<string> names, IReadOnlyDictionary<string, double> metrics)
    {
        var parts = new List<string> { $"perplexity {Number("unigram.test.perplexity")} unigram -> {(metrics.ContainsKey("ngram.test.perplexity") ? $"{Number("ngram.test.perplexity")} n-gram -> " : "")}{string.Join(" -> ", names.Where(n => metrics.ContainsKey($"{n}.test.perplexity")).Select(n => Number($"{n}.test.perplexity")).DefaultIfEmpty("none"))}" };
        if (names.Where(n => metrics.ContainsKey($"{n}.test.masked_loss")).ToList() is [_, ..] masked) parts.Add($"masked loss {string.Join(" -> ", masked.Select(n => metrics[$"{n}.test.masked_loss"].ToString("0.###", CultureInfo.InvariantCulture)))}");
        if (metrics.ContainsKey("preference.accuracy")) parts.Add($"preference accuracy {string.Join(" -> ", names.Select(n => Percent($"{n}.preference.accuracy")))}, names alone {(metrics.ContainsKey("floor.preference.accuracy") ? Percent("floor.preference.accuracy") : "not asked for")}");
        return string.Join(" · ", parts);

        string Number(string name) => metrics.TryGetValue(name, out var value) ? value.ToString("0.#", CultureInfo.InvariantCulture) : "none";
        string Percent(string name) => metrics.TryGetValue(name, out var value) ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "none";
    }

    private sealed record Sample(string Prompt, string Expected, SortedDictionary<string, string> Answers);
}
