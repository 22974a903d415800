using System.Diagnostics;
using System.Text;
using CsCheck;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>Whatever is done to a valid file, reading it never throws and soon ends.</summary>
public class FuzzTests
{
    internal const string Valid = """
        # yaml-language-server: $schema=../schema.json
        name: whole
        params:
          docs: "${{ env.HOME }}/*.html"
          seed: 1234
          list: [a, "${{ params.docs }}"]
        profiles:
          small: { params: { seed: 1 }, steps: { clean: { with: { minimum_words: 2 } } } }
        gates:
          good: { require: ["score.net.loss < 9 * params.seed", "net.loss > 0"], otherwise: stop, before: [own] }
        steps:
          again:
            repeat:
              rounds: 3
              until: "vocabulary.size > 3"
              feed: { text: { first: clean, then: cleaner } }
              steps:
                cleaner: { uses: clean.text, inputs: { documents: feed.text }, with: { minimum_words: "${{ round }}" } }
                vocabulary: { uses: tokenizer.train-bpe, inputs: { documents: cleaner }, gates: "vocabulary.size < 1e6" }
          raw:
            uses: collect.files
            with: { paths: "${{ params.list }}", metadata: &m { a: b, c: 'd' } }
          clean:
            uses: clean.text
            inputs: { documents: raw }
            with: { normalize: nfc, strip_markup: true, minimum_words: 4 }
          split:
            uses: partition.split
            inputs: { documents: clean }
            with: { train: 0.8, validation: 0.1, test: 0.1, seed: "${{ params.seed }}" }
          words:
            uses: tokenizer.train-bpe
            inputs: { documents: split.train }
            with: { vocab_size: 4096 }
          tokens:
            uses: tokenizer.encode
            inputs: { split: split, tokenizer: words }
          net:
            uses: train.pretrain
            inputs: { tokens: tokens }
            with:
              model: { architecture: gpt, layers: 4, heads: 4, width: 128 }
              optimizer: { learning_rate: 1e-3, betas: [0.9, 0.95] }
              early_stopping: { patience: 3 }
            resources: { ranks: 2, memory: 8GiB, cpus: 2 }
          score:
            uses: evaluate.language-model
            inputs: { models: [net], tokens: tokens.test }
          gate:
            uses: gate
            inputs: { metrics: score }
            with: { require: ["net.loss < 4"] }
          page:
            uses: report.html
            inputs: { all: [net, split] }
            needs: [gate, again]
            approve: Is it good?
          own:
            uses: shell
            inputs: { it: page }
            with:
              outputs: [out]
              run: |
                echo ${{ params.seed }}
                cp $IN_IT $OUT/out
        """;

    private static readonly ReadOptions Options = new() { Environment = name => name == "HOME" ? "/home/me" : null };

    private static readonly string[] Paths = ["steps.net.with.model.width", "steps.raw", "params.list.1", "params.seed", "steps", "profiles", "steps.clean.inputs.documents", "..", "steps.own.with.run"];

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ": ", ",", "- ", "? ", "&m ", "*m", "<<: *m", "|", ">", "'", "\"", "#", "!!int ", "%YAML 1.2\n", "---\n", "...\n", "\t", "\n", "\r", " ", "\0", "\u2028", "\ud83d", "\udc00",
        "${{", "}}", "${{ params.list }}", "${{ params.seed }}", "${{ env.X }}", "${{ '", "null", "~", "true", "-1", "1e999", "0x", ".nan", "steps:", "repeat:", "feed.text", "gates:", "lock('main').net.loss", "${{ round }}", "split", "split.train", "net.metrics", "metrics", "uses: shell", "with:", "raw", "\\x00", "\\ud800", "é", "\u001b[0m", "@", "`", "=",
    ];

    private static readonly Gen<Func<string, string>> Mutation = Gen.OneOf(
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, Pieces.Length - 1], (at, piece) => (Func<string, string>)(s => s.Insert(at % (s.Length + 1), Pieces[piece]))),
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[1, 40], (at, length) => (Func<string, string>)(s => s.Length == 0 ? s : s.Remove(at % s.Length, Math.Min(length, s.Length - (at % s.Length))))),
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, 10_000], Gen.Int[1, 80], (from, to, length) => (Func<string, string>)(s => s.Length == 0 ? s : s.Insert(to % s.Length, s.Substring(from % s.Length, Math.Min(length, s.Length - (from % s.Length)))))),
        Gen.Select(Gen.Int[0, 200], Gen.Int[0, 200], (a, b) => (Func<string, string>)(s => SwapLines(s, a, b))),
        Gen.Select(Gen.Int[0, 10_000], Gen.Char, (at, c) => (Func<string, string>)(s => s.Insert(at % (s.Length + 1), c.ToString()))));

    [Fact]
    public void The_file_that_is_mutated_is_valid() => Assert.Equal(10 + 1 + 8 + 3, Reading.Good(Valid, Options).Steps.Count);

    [Fact]
    public void No_mutation_of_a_valid_file_makes_reading_fail() =>
        Mutation.Array[1, 6].Sample(
            mutations =>
            {
                var text = mutations.Aggregate(Valid, (s, mutate) => mutate(s));
                var clock = Stopwatch.StartNew();
                var result = Reading.Read(text, Options);
                Assert.True((result.Definition is null) == (result.Problems.Count > 0));
                Assert.NotEmpty(ProblemPrinter.Print(result.Problems));
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
                foreach (var step in result.Definition?.Steps ?? []) Assert.NotNull(Encoding.UTF8.GetBytes(step.With.ToJsonString()));
            },
            iter: long.Parse(Environment.GetEnvironmentVariable("FUZZ") ?? "4000", System.Globalization.CultureInfo.InvariantCulture),
            print: mutations => mutations.Aggregate(Valid, (s, mutate) => mutate(s)));

    [Fact]
    public void No_override_makes_reading_fail() =>
        Gen.Select(Gen.Int[0, Paths.Length - 1].Select(i => Paths[i]), Gen.OneOf(Gen.String, Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i])), Gen.String[0, 5])
            .Sample((path, value, name) =>
            {
                var options = Options with { Sets = [(path, value)], Params = new Dictionary<string, string> { ["seed"] = value, [name] = value }, Profile = name.Length == 1 ? name : "small" };
                var result = Reading.Read(Valid, options);
                Assert.NotEmpty(ProblemPrinter.Print(result.Problems));
            }, iter: 2000);

    private static string SwapLines(string text, int a, int b)
    {
        var lines = text.Split('\n');
        (lines[a % lines.Length], lines[b % lines.Length]) = (lines[b % lines.Length], lines[a % lines.Length]);
        return string.Join('\n', lines);
    }
}
