namespace Pipeline.Cli.Tests;

/// <summary>More steps of a real training: it goes on from the finished run, to the bytes of one that was long from the start.</summary>
public sealed class HorizonTests
{
    private const string Every = "validation: { every: 25, sequences: 16 }, threads: 1, schedule: { name: constant }";

    /// <summary>All three kinds of training, with dropout and accumulation; the last validation of the shorter run is none of the longer one's.</summary>
    private static Project Three(string checkpoints = "checkpoint_seconds: 3600")
    {
        var project = new Project($$$"""
            name: three
            params: { steps: 60, decay_until: 90 }
            steps:
              files: { uses: collect.files, with: { paths: [corpus.jsonl], columns: { metadata: [group] } } }
              split: { uses: partition.split, inputs: { documents: files }, with: { group_by: group } }
              tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: split.train }, with: { vocab_size: 300 } }
              tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: tokenizer } }
              questions: { uses: instruct.from-documents, inputs: { split: split }, with: { prompt: "What is {group}?", answer: "{text}" } }
              preferences: { uses: prefer.siblings, inputs: { conversations: questions }, with: { group_by: group, name_key: null } }
              base:
                uses: train.pretrain
                inputs: { tokens: tokens, tokenizer: tokenizer }
                with: { model: { layers: 1, heads: 2, width: 32, context: 96, dropout: 0.2 }, steps: 20, batch: { sequences: 4 }, {{{Every}}} }
              pretrain:
                uses: train.pretrain
                inputs: { tokens: tokens, tokenizer: tokenizer }
                with: { model: { layers: 1, heads: 2, width: 32, context: 32, dropout: 0.2 }, steps: "${{ params.steps }}", batch: { sequences: 8, micro: 2 }, {{{Every}}}, {{{checkpoints}}} }
              finetune:
                uses: train.instruct
                inputs: { model: base, conversations: questions }
                with: { steps: "${{ params.steps }}", batch: { sequences: 4 }, validation: { every: 25, sequences: 16 }, threads: 1, early_stopping: { patience: 9 }, schedule: { decay_until: "${{ params.decay_until }}", final_learning_rate: 1e-4 } }
              align:
                uses: train.dpo
                inputs: { model: base, preferences: preferences }
                with: { steps: "${{ params.steps }}", batch: { sequences: 4, micro: 2 }, {{{Every}}} }
            """);
        project.Write("corpus.jsonl", Corpus());
        return project;
    }

    private static string Corpus() => string.Concat(TinyTraining.Corpus(400).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((line, i) => $$"""{{line[..^1]}}, "group": "g{{i / 4}}"}""" + "\n"));

    private static void Same(Ended whole, Ended other, params string[] steps)
    {
        foreach (var step in steps)
        {
            foreach (var port in new[] { "model", "log", "metrics" }) Assert.Equal((step, port, whole.Digest(step, port)), (step, port, other.Digest(step, port)));
        }
    }

    [Fact]
    public async Task Sixty_steps_and_then_a_hundred_and_twenty_are_a_hundred_and_twenty_for_each_kind_of_training()
    {
        string[] trained = ["pretrain", "finetune", "align"];
        using var calm = Three();
        var whole = (await calm.Run("--param", "steps=120")).Expect(ExitCode.Success);

        using var project = Three();
        var first = (await project.Run()).Expect(ExitCode.Success);
        var run = (string)first.Last["run"]!;
        var plan = (await project.Plan("--param", "steps=120")).Expect(ExitCode.Success);
        foreach (var step in trained)
        {
            Assert.Equal($"with.steps: 60 -> 120: goes on from step 60 of run {run}", plan.Reason(step));
            Assert.Equal(60, (int?)plan.Steps[step]["goes_on_from"]!["horizon"]);
        }

        var second = (await project.Run("--param", "steps=120")).Expect(ExitCode.Success);
        Same(whole, second, trained);
        foreach (var step in trained) Assert.Equal(run, (string?)second.Steps[step]["went_on_from"]!["run"]);
        Assert.Contains($"went on from 60 of run {run}", (await project.Pipeline("explain", "p.yaml", "align", "--param", "steps=120")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("resumed from the checkpoint of step 60", (await project.Pipeline("logs", "p.yaml", "align")).Output, StringComparison.Ordinal);

        // There and back, and again what it was.
        Assert.DoesNotContain("ran", (await project.Run()).Expect(ExitCode.Success).Decisions, StringComparison.Ordinal);
        Assert.DoesNotContain("ran", (await project.Run("--param", "steps=120")).Expect(ExitCode.Success).Decisions, StringComparison.Ordinal);
        Assert.Equal(3, (await project.Pipeline(["verify", "p.yaml", "--param", "steps=120", "--json", .. trained])).Expect(ExitCode.Success).Rows.Count(v => (string?)v["verdict"] == "same"));
        var forced = (await project.Run("--param", "steps=120", "--force", "finetune")).Expect(ExitCode.Success);
        Same(whole, forced, "finetune");
        Assert.Null(forced.Steps["finetune"]["went_on_from"]);
    }

    [Fact]
    public async Task A_schedule_that_follows_the_steps_starts_over_and_the_plan_names_the_option_to_set()
    {
        using var project = TinyTraining.Project("steps: 20, batch: { sequences: 4 }, validation: { every: 0 }, threads: 1");
        (await project.Run()).Expect(ExitCode.Success);
        var plan = (await project.Plan("--set", "steps.pretrain.with.steps=30")).Expect(ExitCode.Success);
        Assert.Equal("with.steps: 20 -> 30: from the beginning, because schedule.decay_until is not set and so follows steps; with schedule.decay_until: 20 it would go on from step 20", plan.Reason("pretrain"));
        var followed = (await project.Plan("--set", "steps.pretrain.with.steps=30", "--set", "steps.pretrain.with.schedule={decay_until: 20}")).Expect(ExitCode.Success);
        Assert.Contains("goes on from step 20 of run", followed.Reason("pretrain"), StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData("resources: { ranks: 2 }")]
    public async Task An_extension_that_is_killed_goes_on_and_ends_with_the_same_bytes(string resources)
    {
        Assert.SkipWhen(resources.Length > 0 && !Processes.HasMpi, "mpirun is not on this machine");
        const string Training = "steps: 40, batch: { sequences: 8, micro: 4 }, validation: { every: 300, sequences: 16 }, threads: 1, checkpoint_seconds: 0.05, schedule: { name: constant }";
        string[] longer = ["--set", "steps.pretrain.with.steps=700"];
        using var calm = TinyTraining.Project(Training);
        var whole = (await calm.Run(longer)).Expect(ExitCode.Success);

        using var project = TinyTraining.Project(Training, resources);
        var first = (await project.Run()).Expect(ExitCode.Success);
        using (var killed = project.Start(["run", "p.yaml", "--json", .. longer]))
        {
            Assert.True(await killed.Says("checkpoint at step"));
            var workers = Processes.Workers(project.Path);
            killed.Signal(ProgramRun.Kill);
            foreach (var worker in workers) Processes.Signal(worker, ProgramRun.Kill);
            await killed.End();
        }

        var second = (await project.Run(longer)).Expect(ExitCode.Success);
        Same(whole, second, "pretrain");
        Assert.Equal((string?)first.Last["run"], (string?)second.Steps["pretrain"]["went_on_from"]!["run"]);
        var log = (await project.Pipeline("logs", "p.yaml", "pretrain")).Output;
        Assert.Matches("resumed from the checkpoint of step ([5-9][0-9]|[4][1-9]|[1-9][0-9]{2})", log);
    }
}
