using System.Diagnostics;

namespace Pipeline.Cli.Tests;

/// <summary>resources.memory is a limit: who holds more ends as out of memory, soon, and nobody else does.</summary>
public sealed class MemoryTests
{
    private const double Soon = 60;

    private static string Shell(string command, string memory = "200MiB", string more = "") => $$"""
        name: p
        steps:
          hungry:
            uses: shell
            with: { run: '{{command}}' }
            resources: { memory: {{memory}} }
            {{more}}
          sibling: { uses: shell, with: { run: 'sleep 3; echo fine > $OUT/x' } }
        """;

    private static async Task<string> OutOfMemory(Project project, string step, params string[] more)
    {
        var watch = Stopwatch.StartNew();
        var kills = Kills();
        var ended = (await project.Run(["--keep-going", .. more])).Expect(ExitCode.StepFailed);
        Assert.True(ended.Decision(step) == "failed", ended.Output);
        var failure = ended.Steps[step]["failure"]!;
        Assert.True("out_of_memory" == (string?)failure["cause"], failure.ToJsonString());
        Assert.True(watch.Elapsed.TotalSeconds < Soon, $"it took {watch.Elapsed}");
        Assert.Equal(kills, Kills());
        if (ended.Steps.ContainsKey("sibling")) Assert.Equal("ran", ended.Decision("sibling"));
        Assert.Empty(Processes.Naming(project.Path));
        Assert.Contains("raise resources.memory", (string)failure["message"]!, StringComparison.Ordinal);
        return (string)failure["message"]!;
    }

    /// <summary>Processes that the kernel has killed for want of memory.</summary>
    private static string Kills() => File.ReadLines("/proc/vmstat").FirstOrDefault(l => l.StartsWith("oom_kill ", StringComparison.Ordinal)) ?? "";

    [Fact]
    public async Task A_command_that_holds_more_is_ended_and_the_message_names_the_limit_and_what_it_held()
    {
        using var project = new Project(Shell("head -c 3G /dev/zero | tail > $OUT/x"));
        Assert.Matches(@"^it held [0-9.]+ [MG]iB, more than its limit of 200 MiB \(resources.memory\), and was ended", await OutOfMemory(project, "hungry"));
    }

    [Fact]
    public async Task What_its_processes_hold_counts_together()
    {
        using var project = new Project(Shell("for i in 1 2 3; do (head -c 90M /dev/zero; sleep 30) | tail > $OUT/$i & done; wait"));
        Assert.StartsWith("it held", await OutOfMemory(project, "hungry"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_asks_for_far_too_much_at_once_is_refused_and_says_so()
    {
        using var project = new Project(Shell("dd if=/dev/zero of=/dev/null bs=4G count=1"));
        Assert.StartsWith("it was refused memory under its limit of 200 MiB (resources.memory)", await OutOfMemory(project, "hungry"), StringComparison.Ordinal);
    }

    /// <summary>A model too large for the limits here, of which the plan does not know the vocabulary: else it would be refused before it runs.</summary>
    private static readonly string[] Unforeseen = ["--set", "steps.pretrain.with.model={ layers: 4, heads: 4, width: 1024, context: 32 }", "--set", "steps.tokenizer.with.vocab_size=\"${{ steps.files.documents }}\""];

    [Fact]
    public async Task A_training_that_holds_more_in_native_code_is_ended()
    {
        using var project = TinyTraining.Project("steps: 5, batch: { sequences: 4 }, validation: { every: 0 }, threads: 1", "resources: { memory: 500MiB }");
        Assert.Contains("limit of 500 MiB", await OutOfMemory(project, "pretrain", Unforeseen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ranks_are_held_to_one_limit_together()
    {
        Assert.SkipUnless(Processes.HasMpi, "mpirun is not on this machine");
        const string Training = "steps: 5, batch: { sequences: 4, micro: 2 }, validation: { every: 0 }, threads: 1";
        using var alone = TinyTraining.Project(Training);
        using var fits = TinyTraining.Project(Training, "resources: { ranks: 2, memory: 900MiB }");
        Assert.Equal((await alone.Run()).Expect(ExitCode.Success).Digest("pretrain", "model"), (await fits.Run()).Expect(ExitCode.Success).Digest("pretrain", "model"));

        using var together = TinyTraining.Project(Training, "resources: { ranks: 2, memory: 900MiB }");
        Assert.StartsWith("it held", await OutOfMemory(together, "pretrain", Unforeseen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_holds_more_in_managed_memory_is_ended()
    {
        using var project = new Project("name: p\nsteps:\n  hungry: { uses: collect.files, with: { paths: [big.txt] }, resources: { memory: 300MiB } }\n  sibling: { uses: shell, with: { run: 'echo fine > $OUT/x' } }\n");
        using (var file = new StreamWriter(project["big.txt"]))
        {
            for (var line = 0; line < 4_000_000; line++) file.Write("The quick brown fox jumps over the lazy dog.\n");
        }

        Assert.Contains("limit of 300 MiB", await OutOfMemory(project, "hungry"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kill_from_outside_is_a_crash_and_so_is_a_crash()
    {
        using var killed = new Project(Shell("echo begun; sleep 60"));
        using var run = killed.Start("run", "p.yaml", "--json");
        Assert.True(await run.Says("begun"));
        foreach (var worker in Processes.Workers(killed.Path)) Processes.Signal(worker, ProgramRun.Kill);
        Assert.Equal("crash", (string?)(await run.End()).Expect(ExitCode.StepFailed).Steps["hungry"]["failure"]!["cause"]);

        using var failed = new Project(Shell("exit 7"));
        Assert.Equal("step", (string?)(await failed.Run()).Expect(ExitCode.StepFailed).Steps["hungry"]["failure"]!["cause"]);
    }

    [Fact]
    public async Task Want_of_memory_may_be_tried_again_and_what_fits_is_not_disturbed()
    {
        using var project = new Project(Shell("if [ -e ../../../again ]; then echo fits > $OUT/x; else touch ../../../again; head -c 3G /dev/zero | tail > $OUT/x; fi", more: "retry: { attempts: 2, on: [out_of_memory], delay: 0s }"));
        Assert.Equal(2, (int?)(await project.Run()).Expect(ExitCode.Success).Steps["hungry"]["attempts"]);

        using var free = TinyTraining.Project("steps: 5, batch: { sequences: 4 }, validation: { every: 0 }, threads: 2");
        using var limited = TinyTraining.Project("steps: 5, batch: { sequences: 4 }, validation: { every: 0 }, threads: 2", "resources: { memory: 600MiB }");
        Assert.Equal((await free.Run()).Expect(ExitCode.Success).Digest("pretrain", "model"), (await limited.Run()).Expect(ExitCode.Success).Digest("pretrain", "model"));
    }
}
