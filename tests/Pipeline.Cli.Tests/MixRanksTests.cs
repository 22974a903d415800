using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pipeline.Cli.Tests;

/// <summary>A mixture that two processes make: the bytes of one process, also after one of them was killed in the middle.</summary>
public sealed class MixRanksTests
{
    private const string Mixture = """
        name: mixture
        steps:
          prose: { uses: collect.files, with: { paths: ["prose-*.jsonl"] } }
          code: { uses: collect.files, with: { paths: ["code-*.jsonl"] } }
          mix: { uses: mix, inputs: { prose: prose, code: code }, with: { weights: { prose: 1, code: 1 }, maximum_epochs: 8 }, resources: { cpus: 1 } }
        """;

    [Fact]
    public async Task Two_processes_mix_the_bytes_of_one_and_a_killed_one_costs_what_it_was_making()
    {
        Assert.SkipWhen(Steps.Running.Ranks.Launcher.Unavailable() is not null, "no MPI launcher here");
        using var calm = Texts();
        var alone = (await calm.Run()).Expect(ExitCode.Success);
        for (var attempt = 1; ; attempt++)
        {
            using var project = Texts();
            int before;
            using (var run = project.Start([.. Ranked, "--json"]))
            {
                Assert.True(await run.Says("\"step.started\",\"id\":\"mix\""), run.Output);
                before = Pieces(project);
                while (Pieces(project) < before + 6 && !run.HasEnded) await Task.Delay(2, TestContext.Current.CancellationToken);
                var ranks = Processes.Workers(project.Path).Where(p => !Processes.CommandLine(p).Contains("mpirun", StringComparison.Ordinal)).ToList();
                foreach (var rank in ranks.TakeLast(1)) Processes.Signal(rank, ProgramRun.Kill);
                // It may have come to its end before the blow fell.
                if ((await run.End()).ExitCode == (int)ExitCode.Success && attempt < 5) continue;
                await Processes.Gone(ranks, limit: 2);
            }

            var kept = Pieces(project);
            var resumed = (await project.Pipeline([.. Ranked, "--json"])).Expect(ExitCode.Success);
            Assert.Null(resumed.Steps["mix"]["notice"]);
            Assert.True(kept > before && Pieces(project) > kept, $"{before}, {kept} and {Pieces(project)} pieces");
            Assert.Equal(alone.Digest("mix", "documents"), resumed.Digest("mix", "documents"));
            Assert.Equal(alone.Digest("mix", "mixture"), resumed.Digest("mix", "mixture"));
            return;
        }
    }

    private static readonly string[] Ranked = ["run", "p.yaml", "--set", "steps.mix.resources.ranks=2"];

    private static int Pieces(Project project) => Directory.Exists(project[".pipeline/pieces"]) ? Directory.EnumerateFiles(project[".pipeline/pieces"], "*", SearchOption.AllDirectories).Count() : 0;

    private static Project Texts()
    {
        var project = new Project(Mixture);
        var random = new Random(3);
        foreach (var file in (string[])["prose-1", "prose-2", "code-1"])
        {
            var lines = new StringBuilder();
            for (var i = 0; i < 400; i++) lines.Append(JsonSerializer.Serialize(new { text = string.Join(' ', Enumerable.Range(0, 60).Select(_ => random.Next(100_000).ToString("x", CultureInfo.InvariantCulture))) })).Append('\n');
            project.Write($"{file}.jsonl", lines.ToString());
        }

        return project;
    }
}
