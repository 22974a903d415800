namespace Pipeline.Cli.Tests;

/// <summary>What of the environment may change a model is in its recipe; what may not does not change it.</summary>
public sealed class FacetTests
{
    private const string Training = "steps: 20, batch: { sequences: 4 }, validation: { every: 10 }, threads: 2";

    private static readonly string[] Wide = ["--set", "steps.pretrain.with.model={ layers: 1, heads: 2, width: 128, context: 32 }"];

    private static string Taskset => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "taskset")).FirstOrDefault(File.Exists) ?? "";

    [Fact]
    public async Task Fewer_cores_and_variables_that_would_lower_the_number_of_threads_do_not_change_a_model()
    {
        using var free = TinyTraining.Project(Training);
        var expected = (await free.Run(Wide)).Expect(ExitCode.Success);
        // The comparison can fail: another number of threads, by the recipe, gives other bits.
        using var one = TinyTraining.Project(Training.Replace("threads: 2", "threads: 1", StringComparison.Ordinal));
        Assert.NotEqual(expected.Digest("pretrain", "model"), (await one.Run(Wide)).Expect(ExitCode.Success).Digest("pretrain", "model"));

        foreach (var variables in new Dictionary<string, string?>[] { new() { ["OMP_THREAD_LIMIT"] = "1" }, new() { ["OMP_NUM_THREADS"] = "1", ["MKL_NUM_THREADS"] = "1", ["OMP_DYNAMIC"] = "TRUE", ["MKL_DYNAMIC"] = "TRUE" } })
        {
            using var limited = TinyTraining.Project(Training);
            var ended = (await limited.Pipeline(variables, ["run", "p.yaml", "--json", .. Wide])).Expect(ExitCode.Success);
            Assert.Equal((string?)expected.Steps["pretrain"]["key"], (string?)ended.Steps["pretrain"]["key"]);
            Assert.Equal(expected.Digest("pretrain", "model"), ended.Digest("pretrain", "model"));
        }

        Assert.SkipWhen(Taskset.Length == 0, "taskset is not on this machine");
        using var bound = TinyTraining.Project(Training);
        using var run = new ProgramRun(bound.Path, ["run", "p.yaml", "--json", .. Wide], null, Taskset, "-c", "0");
        Assert.Equal(expected.Digest("pretrain", "model"), (await run.End()).Expect(ExitCode.Success).Digest("pretrain", "model"));
    }

    [Fact]
    public async Task A_variable_that_has_libtorch_choose_other_kernels_is_part_of_the_recipe()
    {
        using var project = TinyTraining.Project("steps: 3, batch: { sequences: 4 }, validation: { every: 0 }, threads: 1");
        (await project.Run()).Expect(ExitCode.Success);
        var plan = (await project.Pipeline(new Dictionary<string, string?> { ["ATEN_CPU_CAPABILITY"] = "default" }, "plan", "p.yaml", "--json")).Expect(ExitCode.Success);
        Assert.Equal("""environment.variables: added "ATEN_CPU_CAPABILITY=default" """.TrimEnd(), plan.Reason("pretrain"));
        Assert.Equal("reuse", plan.Decision("tokens"));
    }
}
