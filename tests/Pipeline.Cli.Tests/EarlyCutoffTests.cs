namespace Pipeline.Cli.Tests;

/// <summary>What a change runs again, on real steps.</summary>
public sealed class EarlyCutoffTests
{
    private const string Yaml = """
        name: lifecycle
        steps:
          files: { uses: collect.files, with: { paths: [corpus.jsonl] } }
          clean: { uses: clean.text, inputs: { documents: files } }
          split: { uses: partition.split, inputs: { documents: clean } }
          tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: split.train }, with: { vocab_size: 300 } }
          tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: tokenizer } }
          questions: { uses: instruct.from-documents, inputs: { split: split }, with: { prompt: "Say: {text}", answer: "{text}" } }
          pretrain:
            uses: train.pretrain
            inputs: { tokens: tokens, tokenizer: tokenizer }
            with: { model: { layers: 1, heads: 2, width: 16, context: 256 }, steps: 4, batch: { sequences: 2 }, validation: { every: 0 }, threads: 1 }
          finetune:
            uses: train.instruct
            inputs: { model: pretrain, conversations: questions }
            with: { steps: 3, batch: { sequences: 2 }, validation: { every: 0 }, threads: 1 }
          export: { uses: export.huggingface, inputs: { model: finetune } }
        """;

    [Fact]
    public async Task A_change_runs_what_it_reaches_and_stops_where_the_bytes_come_out_the_same()
    {
        using var project = new Project(Yaml);
        project.Write("corpus.jsonl", TinyTraining.Corpus(200));
        var first = (await project.Run()).Expect(ExitCode.Success);
        Assert.All(first.Steps.Keys, step => Assert.Equal("ran", first.Decision(step)));

        // No document holds a control character: removing none gives the same bytes.
        const string SameBytes = "steps.clean.with.control_characters=false";
        Assert.Equal("files:reuse clean:run split:maybe tokenizer:maybe tokens:maybe questions:maybe pretrain:maybe finetune:maybe export:maybe", InOrder(await project.Plan("--set", SameBytes), first));
        var cutoff = (await project.Run("--set", SameBytes)).Expect(ExitCode.Success);
        Assert.Equal("files:reused clean:ran split:reused tokenizer:reused tokens:reused questions:reused pretrain:reused finetune:reused export:reused", InOrder(cutoff, first));
        Assert.Equal("its inputs came out the same", cutoff.Reason("split"));
        Assert.Equal(first.Digest("clean", "documents"), cutoff.Digest("clean", "documents"));

        const string Rate = "steps.finetune.with.optimizer.learning_rate=3e-4";
        var plan = await project.Plan("--set", Rate);
        Assert.Equal("files:reuse clean:reuse split:reuse tokenizer:reuse tokens:reuse questions:reuse pretrain:reuse finetune:run export:maybe", InOrder(plan, first));
        Assert.Contains("with.optimizer.learning_rate", plan.Reason("finetune"), StringComparison.Ordinal);
        var rate = (await project.Run("--set", Rate)).Expect(ExitCode.Success);
        Assert.Equal("files:reused clean:reused split:reused tokenizer:reused tokens:reused questions:reused pretrain:reused finetune:ran export:ran", InOrder(rate, first));

        // A checkpoint interval changes how fast a step is, never its result.
        Assert.All((await project.Plan("--set", Rate, "--set", "steps.finetune.with.checkpoint_seconds=5")).Steps.Values, s => Assert.Equal("reuse", (string?)s["decision"]));
    }

    private static string InOrder(Ended ended, Ended names)
    {
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(names.Steps.Keys.Order(), ended.Steps.Keys.Order());
        string[] order = ["files", "clean", "split", "tokenizer", "tokens", "questions", "pretrain", "finetune", "export"];
        return string.Join(' ', order.Select(step => $"{step}:{ended.Decision(step)}"));
    }
}
