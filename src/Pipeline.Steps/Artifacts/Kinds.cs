using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Artifacts;

/// <summary>Parquet shards of documents with source, licence and metadata.</summary>
public sealed class Documents : Files;

/// <summary>Sources, licences, counts and damage of what was collected: <c>datasheet.json</c> and, to read, <c>datasheet.md</c>.</summary>
[Companion]
public sealed class Datasheet : Files;

/// <summary>What a finished corpus is made of and what became of it on the way: <c>corpus.json</c> and, to read, <c>corpus.md</c>.</summary>
[Deliverable]
public sealed class CorpusSheet : Files;

/// <summary>Which rule dropped or changed how many documents, with samples: <c>funnel.json</c>.</summary>
[Companion]
public sealed class Funnel : Files;

/// <summary>The words of a corpus with their counts, a line each: <c>words.tsv</c>.</summary>
public sealed class Vocabulary : Files;

/// <summary>The shares that domains were to have in a mixture and have: <c>mixture.json</c>.</summary>
[Companion]
public sealed class Mixture : Files;

/// <summary>The proof that a split does not overlap: <c>certificate.json</c>.</summary>
[Companion]
public sealed class Certificate : Files;

/// <summary>A tokenizer in the Hugging Face layout: <c>tokenizer.json</c>.</summary>
public sealed class Tokenizer : Files;

/// <summary>Token ids of one split, memory-mappable: <c>tokens.bin</c>.</summary>
public sealed class TokenShards : Files;

/// <summary>Turns of user and assistant, one conversation a line: <c>conversations.jsonl</c>.</summary>
public sealed class Conversations : Files;

/// <summary>A prompt with a chosen and a rejected answer, one a line: <c>preferences.jsonl</c>.</summary>
public sealed class Preferences : Files;

/// <summary>Weights, configuration and tokenizer, in Hugging Face's layout where the family has one: <c>model.safetensors</c>, <c>config.json</c>, <c>generation_config.json</c>, <c>tokenizer.json</c>.</summary>
public sealed class Model : Files;

/// <summary>Which weights of a model were pruned: <c>mask.safetensors</c>, true where one was removed.</summary>
public sealed class Mask : Files;

/// <summary>What a training step saw, one line a step: <c>log.jsonl</c> (step, loss, learning rate, gradient norm, validation loss).</summary>
[Companion]
public sealed class TrainingLog : Files;

/// <summary>The invariants of a training, whether each holds and by what figures: <c>findings.json</c>.</summary>
public sealed class Findings : Files;

/// <summary>Prompts and what each model wrote: <c>samples.json</c>.</summary>
public sealed class Samples : Files;

/// <summary>A model in the layout that Hugging Face libraries load.</summary>
[Deliverable]
public sealed class Export : Files;

/// <summary>One HTML file that needs nothing beside it: <c>report.html</c>.</summary>
[Deliverable]
public sealed class Report : Files;
