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
            Assert.Matches(@"p\.yaml:7:3 step 'pretrain' cannot fit: it needs at least [0-9.]+ [GM]B of memory, and its resources\.memory is 134 MB\. It would need less with batch\.micro: 2048 \(the same gradient, accumulated\): [0-9.]+ [GM]B; batch\.micro: 1 ", refused.Error);
        }

        Assert.False(Directory.Exists(project.State), "something ran");
        (await project.Pipeline("plan", "p.yaml", "--set", "steps.pretrain.with.batch.micro=4")).Expect(ExitCode.Success);
    }
}
