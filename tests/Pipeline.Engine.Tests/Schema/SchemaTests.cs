using NJsonSchema;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Schema;
using Pipeline.Engine.Tests.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Schema;

public class SchemaTests
{
    private static readonly Task<JsonSchema> Loaded = JsonSchema.FromJsonAsync(SchemaWriter.Write(SampleSteps.Catalog));

    private const string Corpus = """
        steps:
          docs: { uses: collect.files, with: { paths: [x] } }
          split: { uses: partition.split, inputs: { documents: docs } }
          words: { uses: tokenizer.train-bpe, inputs: { documents: split.train } }
          tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: words } }

        """;

    private static async Task<bool> Accepts(string yaml) => (await Loaded).Validate(YamlAsJson.Convert(yaml)).Count == 0;

    private static readonly ReadOptions Home = new() { Environment = name => name == "HOME" ? "/home/me" : null };

    [Fact]
    public void The_schema_is_the_same_text_each_time() =>
        Assert.Equal(SchemaWriter.Write(SampleSteps.Catalog), SchemaWriter.Write(SampleSteps.Catalog));

    [Fact]
    public void The_schema_of_the_samples_is_as_reviewed() => Golden.Matches("schema/samples.json", SchemaWriter.Write(SampleSteps.Catalog));

    [Fact]
    public void The_pages_of_the_samples_are_as_reviewed() =>
        Golden.Matches("schema/samples.md", string.Join("\n", StepDocs.Pages(SampleSteps.Catalog).Select(p => $"<!-- {p.Key} -->\n{p.Value}")));

    [Fact]
    public async Task A_whole_pipeline_is_accepted() => Assert.True(await Accepts(FuzzTests.Valid));

    /// <summary>One step each; the editor and the engine must say the same.</summary>
    [Theory]
    [InlineData(true, "{ uses: clean.text, inputs: { documents: docs } }")]
    [InlineData(true, "{ uses: clean.text, inputs: { documents: split.train }, with: { minimum_words: 0x10, normalize: none, strip_markup: false } }")]
    [InlineData(true, "{ uses: clean.text, inputs: { documents: docs }, with: { minimum_words: \"${{ env.HOME }}\" } }", ProblemCodes.WrongType)]
    [InlineData(true, "{ uses: clean.text, inputs: { documents: docs }, with: }")]
    [InlineData(true, "{ uses: collect.files, with: { paths: [1, true], label: null, metadata: { a: 1 } } }")]
    [InlineData(true, "{ uses: collect.files, with: { paths: [x], label: 2024 }, resources: { cpus: 2, memory: 8GiB }, needs: docs }")]
    [InlineData(true, "{ uses: train.pretrain, inputs: { tokens: tokens }, with: { model: { heads: 1, width: 8 }, early_stopping: null, optimizer: { betas: [0.5] } } }")]
    [InlineData(true, "{ uses: report.html, inputs: { all: [docs, split.train] } }")]
    [InlineData(true, "{ uses: report.html, inputs: { all: docs } }")]
    [InlineData(true, "{ uses: report.html }")]
    [InlineData(true, "{ uses: shell, with: { run: ls }, inputs: { any_name: docs } }")]
    [InlineData(false, "{ uses: clean.txt, inputs: { documents: docs } }")]
    [InlineData(false, "{ inputs: { documents: docs } }")]
    [InlineData(false, "{ uses: clean.text }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs, more: docs } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: [docs] } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, with: { minimum_words: -1 } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, with: { minimum_words: 1.5 } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, with: { minimum_words: '7' } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, with: { minimum_words: null } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, with: { normalize: nfd } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, with: { strip_markup: yes } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, with: { minimumWords: 1 } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, priority: 2 }")]
    [InlineData(false, "{ uses: report.html, timeout: 90 }")]
    [InlineData(false, "{ uses: report.html, timeout: soon }")]
    [InlineData(false, "{ uses: report.html, retry: 3 }")]
    [InlineData(false, "{ uses: report.html, retry: { attempts: 0 } }")]
    [InlineData(false, "{ uses: report.html, retry: { on: [gate] } }")]
    [InlineData(true, "{ uses: clean.text, inputs: { documents: docs }, matrix: { with.minimum_words: [1, 2] }, select: { metric: count, goal: min } }")]
    [InlineData(true, "{ uses: clean.text, inputs: { documents: docs }, with: { minimum_words: \"${{ matrix.least }}\" }, matrix: { least: [1, 2, 3], random: { count: 2 }, include: [{ least: 9 }], exclude: [{ least: 1 }] } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, matrix: { with.minimum_words: 3 } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, matrix: { with.minimum_words: [] } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, matrix: { uses.x: [1] } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, matrix: [1] }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, matrix: { with.minimum_words: [1], random: 3 } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, matrix: { with.minimum_words: [1, 2] }, select: { goal: min } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: docs }, matrix: { with.minimum_words: [1, 2] }, select: { metric: count, goal: best } }")]
    [InlineData(true, "{ uses: shell, with: { run: ls }, env: { A: 1, B: x } }")]
    [InlineData(false, "{ uses: shell, with: { run: ls }, env: { IN_A: 1 } }")]
    [InlineData(false, "{ uses: shell, with: { run: ls }, env: { A: [1] } }")]
    [InlineData(true, "{ uses: clean.text, inputs: { documents: feed.text }, repeat: { rounds: 3, until: \"last.count > 3\", feed: { text: { first: docs, then: last } } } }")]
    [InlineData(true, "{ repeat: { rounds: 2, feed: { text: { first: docs, then: inner.documents } }, steps: { inner: { uses: clean.text, inputs: { documents: feed.text } } } } }")]
    [InlineData(false, "{ repeat: { rounds: 2 } }")]
    [InlineData(false, "{ repeat: { rounds: 101, steps: { inner: { uses: shell, with: { run: \"${{ round }}\" } } } } }")]
    [InlineData(false, "{ repeat: { rounds: 2, steps: {} } }")]
    [InlineData(false, "{ needs: docs, repeat: { rounds: 2, steps: { inner: { uses: shell, with: { run: \"${{ round }}\" } } } } }")]
    [InlineData(false, "{ uses: clean.text, inputs: { documents: feed.text }, repeat: { rounds: 3, feed: { text: { first: docs } } } }")]
    [InlineData(true, "{ uses: report.html, gates: \"docs.count > 3\" }")]
    [InlineData(true, "{ uses: report.html, gates: [\"docs.count > 3\", \"last.size < 9\"] }")]
    [InlineData(true, "{ uses: report.html, gates: { require: \"docs.count > 3\", otherwise: stop, no_baseline: pass } }")]
    [InlineData(true, "{ uses: report.html, gates: null, approve: null }")]
    [InlineData(false, "{ uses: report.html, gates: [] }")]
    [InlineData(false, "{ uses: report.html, gates: { otherwise: stop } }")]
    [InlineData(false, "{ uses: report.html, gates: { require: \"docs.count > 3\", otherwise: skip } }")]
    [InlineData(false, "{ uses: report.html, gates: { require: \"docs.count > 3\", before: docs } }")]
    [InlineData(true, "{ uses: report.html, approve: true }")]
    [InlineData(true, "{ uses: report.html, approve: Publish it? }")]
    [InlineData(false, "{ uses: report.html, approve: [ann] }")]
    [InlineData(false, "{ uses: report.html, approve: 1 }")]
    [InlineData(true, "{ uses: report.html, when: false }")]
    [InlineData(true, "{ uses: report.html, when: \"docs.count > 3 and not env.HOME == 'x'\" }")]
    [InlineData(false, "{ uses: report.html, when: [a] }")]
    [InlineData(true, "{ uses: report.html, timeout: 1h30m, retry: { attempts: 3, on: [crash, out_of_memory], delay: 10s } }")]
    [InlineData(true, "{ uses: report.html, timeout: null, retry: null }")]
    [InlineData(false, "{ uses: collect.files }")]
    [InlineData(false, "{ uses: collect.files, with: { paths: x } }")]
    [InlineData(false, "{ uses: collect.files, with: { paths: [[x]] } }")]
    [InlineData(false, "{ uses: collect.files, with: { paths: [x] }, resources: { gpu: 1 } }")]
    [InlineData(false, "{ uses: collect.files, with: { paths: [x] }, resources: { cpus: 0 } }")]
    [InlineData(false, "{ uses: train.pretrain, inputs: { tokens: tokens }, with: { model: { heads: 1 } } }")]
    [InlineData(false, "{ uses: train.pretrain, inputs: { tokens: tokens }, with: { model: { heads: 1, width: 8, depth: 1 } } }")]
    [InlineData(false, "{ uses: train.pretrain, inputs: { tokens: tokens }, with: { model: { heads: 1, width: 8 }, optimizer: { betas: [2] } } }")]
    [InlineData(false, "{ uses: train.pretrain, inputs: { tokens: tokens }, with: { model: { heads: 1, width: 8, architecture: rnn } } }")]
    [InlineData(false, "{ uses: shell, with: { run: ls }, inputs: { Any-Name: docs } }")]
    [InlineData(false, "{ uses: shell, with: { run: ls }, inputs: { inputs: docs } }")]
    [InlineData(false, "[]")]
    public async Task The_editor_and_the_engine_agree(bool right, string step, string? onlyTheEngineSees = null)
    {
        var yaml = $"{Corpus}  last: {step}\n";
        var errors = (await Loaded).Validate(YamlAsJson.Convert(yaml));
        Assert.True(right == (errors.Count == 0), string.Join("\n", errors));
        var codes = Reading.Codes(yaml, Home);
        if (onlyTheEngineSees is not null) Assert.Equal([onlyTheEngineSees], codes);
        else Assert.Equal(right, codes.Count == 0);
    }

    [Theory]
    [InlineData("name: a")]
    [InlineData("steps: {}")]
    [InlineData("steps: { A: { uses: report.html } }")]
    [InlineData("name: ../a\nsteps: { a: { uses: report.html } }")]
    [InlineData("default: {}\nsteps: { a: { uses: report.html } }")]
    [InlineData("gates: [a]\nsteps: { a: { uses: report.html } }")]
    [InlineData("gates: { g: { require: 'a.x > 1', untill: [] } }\nsteps: { a: { uses: report.html } }")]
    [InlineData("params: [a]\nsteps: { a: { uses: report.html } }")]
    [InlineData("secrets: { a: text }\nsteps: { a: { uses: report.html } }")]
    [InlineData("secrets: { a: { keyvault: 'http://x' } }\nsteps: { a: { uses: report.html } }")]
    [InlineData("env: { A-B: text }\nsteps: { a: { uses: report.html } }")]
    [InlineData("params: { a: { type: date } }\nsteps: { a: { uses: report.html } }")]
    [InlineData("include: [/etc/x.yaml]\nsteps: { a: { uses: report.html } }")]
    [InlineData("include: x.yaml.txt\nsteps: { a: { uses: report.html } }")]
    [InlineData("plugins: ./a.dll\nsteps: { a: { uses: report.html } }")]
    [InlineData("plugins: [./a.so]\nsteps: { a: { uses: report.html } }")]
    [InlineData("on: daily\nsteps: { a: { uses: report.html } }")]
    [InlineData("on: { cron: ['0 3 * * *'] }\nsteps: { a: { uses: report.html } }")]
    [InlineData("on: { sources: often }\nsteps: { a: { uses: report.html } }")]
    [InlineData("params: { a: { b: c } }\nsteps: { a: { uses: report.html } }")]
    [InlineData("profiles: { p: { stepz: {} } }\nsteps: { a: { uses: report.html } }")]
    public async Task A_file_of_the_wrong_shape_is_refused_by_both(string yaml)
    {
        Assert.False(await Accepts(yaml));
        Assert.NotEmpty(Reading.Codes(yaml));
    }

    [Fact]
    public void The_example_of_every_page_is_right_but_for_the_steps_it_names()
    {
        foreach (var type in SampleSteps.Catalog.All)
        {
            var example = string.Concat(StepExample.Of(type).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"  {line}\n"));
            Assert.All(Reading.Codes("steps:\n" + example), code => Assert.Equal(ProblemCodes.UnknownStep, code));
        }
    }
}
