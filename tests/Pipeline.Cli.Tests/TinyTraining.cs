using System.Text;
using System.Text.Json;

namespace Pipeline.Cli.Tests;

/// <summary>A whole training on made-up sentences, in seconds.</summary>
internal static class TinyTraining
{
    public const int Steps = 5;

    private static readonly string[] Words = "river stone cloud paper light engine garden window silver copper winter summer market letter signal station bridge forest captain doctor".Split(' ');

    private const string Data = """
        name: tiny
        steps:
          files: { uses: collect.files, with: { paths: [corpus.jsonl] } }
          split: { uses: partition.split, inputs: { documents: files } }
          tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: split.train }, with: { vocab_size: 300 } }
          tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: tokenizer } }
        """;

    /// <summary>Trains long enough to be hit, with checkpoints as often as twenty times a second.</summary>
    public static Project Project(string pretrain = "steps: 900, batch: { sequences: 8 }, validation: { every: 300, sequences: 16 }, threads: 1, checkpoint_seconds: 0.05", string resources = "", string more = "")
    {
        var project = new Project($$"""
            {{Data}}
              pretrain:
                uses: train.pretrain
                inputs: { tokens: tokens, tokenizer: tokenizer }
                with: { model: { layers: 2, heads: 2, width: 32, context: 32, dropout: 0.1 }, {{pretrain}} }
                {{resources}}
            {{more}}
            """);
        project.Write("corpus.jsonl", Corpus(400));
        return project;
    }

    /// <summary>A document a line, each another one, the same ones every time.</summary>
    public static string Corpus(int documents)
    {
        var text = new StringBuilder();
        var random = new Random(7);
        for (var i = 0; i < documents; i++)
        {
            var sentence = string.Join(' ', Enumerable.Range(0, 12).Select(_ => Words[random.Next(Words.Length)]));
            text.Append(JsonSerializer.Serialize(new { text = $"Number {i}: the {sentence}." })).Append('\n');
        }

        return text.ToString();
    }
}
