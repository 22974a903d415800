namespace Pipeline.Cli.Tests;

/// <summary>What a training takes is told, and refused where it cannot be, before anything runs.</summary>
public sealed class EstimateTests
{
    private const string Short = "steps: 5, batch: { sequences: 8 }, validation: { every: 0 }, threads: 1";

    [Fact]
    public async Task A_plan_tells_what_a_training_takes_first_with_a_bound_then_with_the_vocabulary_itself()
    {
        using var project = TinyTraining.Project(Short);
        var before = (await project.Pipeline("plan", "p.yaml")).Expect(ExitCode.Success).Output;
        // 300 + 32 rows and two blocks of 12·32² + 13·32, and the last norm, of 32 each.
        Assert.Contains("36.1k parameters, vocabulary at most 300 · ", before, StringComparison.Ordinal);
        Assert.Matches(@"FLOP a token, [0-9.]+ MFLOP a step, [0-9.]+ MFLOP in all\n +memory [0-9.]+ MB: weights [0-9.]+ kB, gradients [0-9.]+ kB, adamw [0-9.]+ kB, activations [0-9.]+ MB, program [0-9]+ MB\n", before);
        Assert.False(Directory.Exists(project.State), "planning wrote something");

        (await project.Run()).Expect(ExitCode.Success);
        Assert.DoesNotContain("parameters", (await project.Pipeline("plan", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        var planned = (await project.Plan("--set", "steps.pretrain.with.seed=2")).Expect(ExitCode.Success).Steps["pretrain"]["estimate"]!;
        Assert.Equal((300, 0), ((int)planned["vocabulary"]!, (int)planned["vocabulary_is_bound"]!));
        Assert.Equal((300 + 32) * 32 + 2 * (12 * 32 * 32 + 13 * 32) + 64, (long)planned["parameters"]!);
        Assert.Equal(8 * 32 * 5, (long)planned["tokens"]!);
    }

    [Fact]
    public async Task A_training_that_cannot_fit_is_refused_by_plan_and_run_before_anything_runs()
    {
        using var project = TinyTraining.Project("steps: 5, batch: { sequences: 4096 }", "resources: { memory: 128MiB }");
        foreach (var verb in new[] { "plan", "run" })
        {
            var refused = (await project.Pipeline(verb, "p.yaml")).Expect(ExitCode.WrongInput);
            Assert.Matches(@"p\.yaml:7:3 step 'pretrain' cannot fit: it needs at least [0-9.]+ [GM]B of memory, and its resources\.memory is 134 MB\. Each of these may be enough: batch\.micro: 1 \(the same gradient, accumulated\): at least [0-9.]+ MB; all of these: at least [0-9.]+ MB\.", refused.Error);
        }

        Assert.False(Directory.Exists(project.State), "something ran");
        (await project.Pipeline("plan", "p.yaml", "--set", "steps.pretrain.with.batch.micro=4")).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task What_a_step_cannot_do_with_what_it_will_be_given_is_refused_before_anything_runs()
    {
        using var project = TinyTraining.Project(Short, more: """
              export: { uses: export.huggingface, inputs: { model: pretrain } }
              look: { uses: report.attention, inputs: { model: pretrain }, with: { texts: [a], layers: [3] } }
              prune: { uses: train.prune, inputs: { model: pretrain }, with: { sparsity: 0.5, exclude: ["*.nothing"] } }
            """);
        foreach (var verb in new[] { "plan", "run" })
        {
            var error = (await project.Pipeline(verb, "p.yaml")).Expect(ExitCode.WrongInput).Error;
            Assert.Contains("step 'look' cannot do its work: there is no layer 3; the model has 2.", error, StringComparison.Ordinal);
            Assert.Contains("step 'prune' cannot do its work: ", error, StringComparison.Ordinal);
            Assert.DoesNotContain("export", error, StringComparison.Ordinal);
            error = (await project.Pipeline(verb, "p.yaml", "--set", "steps.pretrain.with.model={ architecture: lstm, width: 32, layers: 2, context: 32 }")).Expect(ExitCode.WrongInput).Error;
            Assert.Contains("step 'export' cannot do its work: Hugging Face's libraries have no layout for this model: ", error, StringComparison.Ordinal);
            Assert.Contains("step 'look' cannot do its work: a model of the lstm family has no attention.", error, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(project.State), "something ran");
    }

    [Fact]
    public async Task A_training_on_a_GPU_sets_one_aside_and_is_refused_where_there_is_none()
    {
        using var project = TinyTraining.Project(Short + ", device: cuda");
        Assert.SkipWhen(File.Exists("/dev/nvidia0"), "this machine has a GPU");
        foreach (var verb in new[] { "plan", "run" })
            Assert.Contains("p.yaml:7:3 step 'pretrain' cannot run on this machine: it asks for 1 gpu and this machine has 0", (await project.Pipeline(verb, "p.yaml")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.State), "something ran");

        foreach (var (resources, message) in new[] { ("{ ranks: 2 }", "train.pretrain with device: cuda runs as one process, not as 2 ranks"), ("{ gpus: 0 }", "train.pretrain with device: cuda needs 1 gpu, not 0") })
        {
            using var wrong = TinyTraining.Project(Short + ", device: cuda", "resources: " + resources);
            Assert.Contains(message, (await wrong.Pipeline("validate", "p.yaml")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        }
    }
}
