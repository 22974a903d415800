using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;
using Pipeline.TestKit;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Steps.Tests.Digests;

/// <summary>A tiny pipeline in which every built-in step type occurs once, run once for all tests of it.</summary>
public sealed class GoldenPipeline : IAsyncLifetime
{
    private const string Yaml = """
        name: golden
        steps:
          pages: { uses: collect.files, with: { paths: [page.html, note.txt] } }
          members: { uses: collect.dotnet-docs, with: { paths: [docs.xml] } }
          clean: { uses: clean.text, inputs: { documents: members } }
          addresses: { uses: clean.urls, inputs: { documents: pages }, with: { domains: [bad.org] } }
          language: { uses: clean.language, inputs: { documents: pages } }
          quality: { uses: clean.quality, inputs: { documents: pages }, with: { gopher_quality: { minimum_words: 10 }, c4: { sentences: 1 }, fineweb: { terminal_lines: 0 } } }
          pii: { uses: clean.pii, inputs: { documents: pages } }
          chunks: { uses: clean.chunk, inputs: { documents: pages }, with: { chunk_size: 20, chunk_overlap: 4 } }
          vocabulary: { uses: clean.vocabulary, inputs: { documents: pages } }
          words: { uses: clean.words, inputs: { documents: pages, vocabulary: vocabulary }, with: { spelling: { enabled: true, known_count: 1 }, abbreviations: { definitions: true }, stemming: english } }
          decontaminate: { uses: clean.decontaminate, inputs: { documents: members, benchmarks: [pages] } }
          mix: { uses: mix, inputs: { pages: pages, members: members }, with: { temperature: 2, budget: 3000 } }
          unique: { uses: clean.deduplicate, inputs: { documents: clean } }
          split: { uses: partition.split, inputs: { documents: unique }, with: { group_by: declaring_type, train: 0.6, validation: 0.2, test: 0.2 } }
          certify: { uses: partition.certify, inputs: { train: split.train, test: split.test }, with: { group_by: declaring_type } }
          contiguous: { uses: partition.contiguous, inputs: { documents: pages } }
          tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: split.train }, with: { vocab_size: 300 } }
          wordpiece: { uses: tokenizer.train-wordpiece, inputs: { documents: split.train }, with: { vocab_size: 120 } }
          unigram: { uses: tokenizer.train-unigram, inputs: { documents: split.train }, with: { vocab_size: 340 } }
          wordlevel: { uses: tokenizer.train-words, inputs: { documents: split.train }, with: { vocab_size: 60 } }
          characters: { uses: tokenizer.train-characters, inputs: { documents: split.train }, with: { vocab_size: 60 } }
          compared: { uses: tokenizer.report, inputs: { documents: split.test, tokenizers: [tokenizer, wordpiece, unigram, wordlevel, characters] } }
          layout: { uses: export.tokens, inputs: { tokens: tokens }, with: { layout: megatron } }
          tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: tokenizer } }
          questions: { uses: instruct.from-documents, inputs: { split: split }, with: { prompt: "What does {member} do?", answer: "{text}" } }
          preferences: { uses: prefer.siblings, inputs: { conversations: questions } }
          pretrain:
            uses: train.pretrain
            inputs: { tokens: tokens, tokenizer: tokenizer }
            with: { model: { layers: 1, heads: 2, width: 16, context: 96, dropout: 0.1 }, steps: 6, batch: { sequences: 4, micro: 2 }, validation: { every: 3 }, threads: 1 }
          finetune: { uses: train.instruct, inputs: { model: pretrain, conversations: questions }, with: { steps: 4, batch: { sequences: 4 }, validation: { every: 2 }, threads: 1 } }
          align: { uses: train.dpo, inputs: { model: finetune, preferences: preferences }, with: { steps: 3, batch: { sequences: 2 }, validation: { every: 3 }, threads: 1 } }
          attention: { uses: report.attention, inputs: { model: align }, with: { texts: ["What does it do?"] } }
          prune: { uses: train.prune, inputs: { model: align }, with: { sparsity: 0.5 } }
          verify:
            uses: train.verify
            inputs: { tokens: tokens, tokenizer: tokenizer, conversations: questions }
            with: { model: { layers: 1, heads: 2, width: 16, context: 96, dropout: 0.1 }, steps: 6, batch: { sequences: 4, micro: 2 }, validation: { every: 3 }, threads: 1 }
          evaluate:
            uses: evaluate.language-model
            inputs: { models: [pretrain, align], tokens: tokens, conversations: questions.test, preferences: preferences.test }
            with: { threads: 1, samples: { prompts: 1, max_tokens: 8 } }
          best: { uses: select, inputs: { candidates: [clean, unique] }, with: { metric: documents.out, goal: max } }
          ranked: { uses: halve, inputs: { trials: [clean, unique] }, with: { metric: documents.out, goal: max, keep: 1 } }
          gate: { uses: gate, inputs: { metrics: clean }, with: { require: ["documents.out >= 1"] } }
          export: { uses: export.huggingface, inputs: { model: align } }
          import: { uses: train.import, with: { folder: published, resize: { rows: noise } } }
          merge: { uses: files.merge, with: { add: { a.txt: "one two\n" } } }
          shell: { uses: shell, inputs: { text: merge }, with: { run: 'tr a-z A-Z < "$IN_TEXT" > "$OUT/upper.txt"' } }
          corpus: { uses: report.corpus, inputs: { documents: split.train, all: [members, clean, unique, split] } }
          report: { uses: report.html, inputs: { all: [members, clean, unique, split, tokenizer, tokens, pretrain, align, evaluate] } }
        """;

    private const string Page = "<html><head><title>Tides</title></head><body><nav><a href='/'>Home</a></nav><article><h1>Tides</h1><p>The sea rises and falls twice a day, because the moon pulls at it, and the shape of a bay makes the tide high or low.</p><p>Fishermen knew this before anybody could say why, and kept tables of it.</p></article></body></html>";

    private readonly TemporaryFolder folder = new();

    /// <summary>Step types to what a run of each gave.</summary>
    public IReadOnlyDictionary<string, GoldenEntry> Entries { get; private set; } = new Dictionary<string, GoldenEntry>();

    public async ValueTask InitializeAsync()
    {
        var file = folder.Write("golden.yaml", Yaml);
        folder.Write("page.html", Page);
        folder.Write("note.txt", "A note of two lines.\nThe second line is short.\n");
        folder.Write("docs.xml", Documentation());
        Publish(Directory.CreateDirectory(folder["published"]).FullName);
        var catalog = BuiltInSteps.Catalog();
        var read = DefinitionReader.Read(file, catalog, new ReadOptions());
        if (read.Definition is not { } definition) throw new InvalidOperationException(ProblemPrinter.Print(read.Problems));
        var state = new EngineState(new StateFolder(folder["state"]), TimeProvider.System);
        var inProcess = new InProcessExecutor(catalog, state.Store);
        var scheduler = new Scheduler(state, new(inProcess, inProcess, inProcess, new(() => "no ranks here", (_, _) => throw new InvalidOperationException())), new(4, 1L << 34, 0));
        var summary = await scheduler.RunAsync(definition, new(1, new HashSet<string>(), true), new Quiet(), CancellationToken.None);
        if (summary.Outcomes.FirstOrDefault(o => o.Failure is not null) is { } failed) throw new InvalidOperationException($"{failed.Step.Id}: {failed.Failure!.Message}");
        var graph = new StepGraph(definition);
        Entries = summary.Outcomes.ToDictionary(
            o => o.Step.Type.Name,
            o => new GoldenEntry($"{o.Step.Type.Name}@{o.Step.Type.Version}", Facets(graph, o.Step), o.Result!.Key, o.Result.Outputs.ToDictionary(p => p.Key, p => p.Value.Digest)),
            StringComparer.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The environment that the bytes of a step depend on, through what it reads, too.</summary>
    private static string Facets(StepGraph graph, StepDefinition step)
    {
        var facets = graph.AncestryOf(step.Id).Select(a => graph[a.Id]).Append(step).SelectMany(s => s.Type.Facets).Select(f => $"{f.Key}={f.Value}").Distinct().Order(StringComparer.Ordinal).ToList();
        return facets.Count == 0 ? "any machine" : string.Join(' ', facets);
    }

    /// <summary>A Llama with ten tokens fewer than its tokenizer.</summary>
    private static void Publish(string published)
    {
        var tokenizer = BpeTrainer.Train(["to be or not to be, that is the question"], new BpeTraining { VocabularySize = 270 }, 1, CancellationToken.None).Model;
        TokenizerFile.Write(Path.Combine(published, "tokenizer.json"), tokenizer);
        using var model = LanguageModel.Initialise(new LlamaConfig(tokenizer.VocabularySize - 10, Context: 16, Layers: 1, Heads: 2, Width: 16), seed: 3);
        ModelFolder.Write(published, model, new(0, 0, null));
    }

    private static string Documentation()
    {
        string[] verbs = ["Opens", "Closes", "Reads", "Writes", "Copies", "Removes", "Counts", "Sorts"];
        string[] things = ["a file", "the stream", "every line", "an entry of the archive", "the buffer", "a record", "its header", "the index"];
        var xml = new StringBuilder("<?xml version=\"1.0\"?><doc><assembly><name>Tiny</name></assembly><members>");
        for (var type = 0; type < 10; type++)
        {
            for (var member = 0; member < 5; member++)
                xml.Append(CultureInfo.InvariantCulture, $"<member name=\"M:Tiny.Kind{type}.{verbs[(type + member) % 8]}{member}\"><summary>{verbs[(type + member) % 8]} {things[((type * 3) + member) % 8]} and tells {things[(type + (member * 5)) % 8]} number {(type * 7) + member}.</summary></member>");
        }

        return xml.Append("</members></doc>").ToString();
    }

    private sealed class Quiet : IRunObserver
    {
        public void On(RunEvent happened)
        {
        }
    }
}

/// <summary>What a step type gave. <paramref name="Recipe"/> is its cache key: other params or inputs make another recipe.</summary>
public sealed record GoldenEntry(string TypeAndVersion, string Facets, string Recipe, IReadOnlyDictionary<string, string> Outputs)
{
    public JsonObject Json => new()
    {
        ["recipe"] = Recipe,
        ["outputs"] = new JsonObject(Outputs.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => KeyValuePair.Create(o.Key, (JsonNode?)o.Value))),
    };
}

/// <summary>Training seeds a generator that the whole process shares: nothing else may train meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class GoldenCollection : ICollectionFixture<GoldenPipeline>
{
    public const string Name = "golden";
}
