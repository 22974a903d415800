using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pipeline.Cli.Tests;

/// <summary>Duplicates and splits through the program: leaks that are planted fail the run, and what a killed run did is found again.</summary>
public sealed class DuplicatesRunTests
{
    private const string Story = "The old keeper of the lighthouse climbed the narrow stairs every evening to light the lamp and to write down what ships he saw upon the sea";

    private const string Leaks = """
        name: leaks
        steps:
          train: { uses: collect.files, with: { paths: [train.jsonl], columns: { metadata: [author] } } }
          clean: { uses: collect.files, with: { paths: [clean.jsonl], columns: { metadata: [author] } } }
          exact: { uses: collect.files, with: { paths: [exact.jsonl], columns: { metadata: [author] } } }
          near: { uses: collect.files, with: { paths: [near.jsonl], columns: { metadata: [author] } } }
          ngram: { uses: collect.files, with: { paths: [ngram.jsonl], columns: { metadata: [author] } } }
          group: { uses: collect.files, with: { paths: [group.jsonl], columns: { metadata: [author] } } }
          of-clean: { uses: partition.certify, inputs: { train: train, validation: clean, test: clean }, with: { group_by: author } }
          of-test: { uses: partition.certify, inputs: { train: train, test: clean }, with: { group_by: author } }
          of-exact: { uses: partition.certify, inputs: { train: train, test: exact } }
          of-near: { uses: partition.certify, inputs: { train: train, test: near } }
          of-ngram: { uses: partition.certify, inputs: { train: train, validation: ngram } }
          of-group: { uses: partition.certify, inputs: { train: train, test: group }, with: { group_by: author } }
        """;

    [Fact]
    public async Task A_planted_leak_of_each_kind_is_found_and_fails_the_run()
    {
        using var project = new Project(Leaks);
        var words = Story.Split(' ');
        Write("train", (Story, "Ann"), ("Nothing of this is anywhere else, said the other one.", "Ben"));
        Write("clean", ("A third text that has no words in common with those.", "Cid"));
        Write("exact", ("A third text.", "Cid"), (Story.Replace(" ", "  ", StringComparison.Ordinal), "Dan"));
        Write("near", ("A third text.", "Cid"), (Story.ToUpperInvariant() + "!", "Dan"));
        Write("ngram", ("A third text.", "Cid"), (string.Join(' ', words[6..19]) + " and from here on it is about something else, which nobody has ever told before this day", "Dan"));
        Write("group", ("A third text.", "Cid"), ("Something that Ann wrote later in her life.", "Ann"));
        var ended = (await project.Run("--keep-going")).Expect(ExitCode.StepFailed);
        Assert.Equal("ran", ended.Decision("of-test"));
        Finds("of-clean", "1 of test overlap validation (exact)");
        Finds("of-exact", "1 of test overlap train (exact)");
        Finds("of-near", "1 of test overlap train (near)");
        Finds("of-ngram", "1 of validation overlap train (ngram)");
        Finds("of-group", "1 groups of author are in more than one part, such as Ann");

        void Finds(string step, string expected) => Assert.Contains(expected, (string)ended.Steps[step]["failure"]!["message"]!, StringComparison.Ordinal);

        void Write(string name, params (string Text, string Author)[] rows) =>
            project.Write(name + ".jsonl", string.Concat(rows.Select(r => JsonSerializer.Serialize(new { text = r.Text, author = r.Author }) + "\n")));
    }

    private const string Unique = """
        name: unique
        steps:
          files: { uses: collect.files, with: { paths: ["*.jsonl"] } }
          unique: { uses: clean.deduplicate, inputs: { documents: files }, with: { lines: { enabled: true }, substrings: { enabled: true }, memory: 16MiB }, resources: { cpus: 1 } }
        """;

    private const string Split = Unique + """

          split: { uses: partition.split, inputs: { documents: unique }, with: { max_cluster_share: 0.001, memory: 16MiB } }
          certify: { uses: partition.certify, inputs: { train: split.train, validation: split.validation, test: split.test } }
        """;

    [Fact]
    public async Task A_deduplication_that_is_killed_goes_on_from_what_it_had_signed_and_sorted_and_gives_the_same_bytes()
    {
        using var calm = Texts(Unique);
        var whole = (await calm.Run()).Expect(ExitCode.Success);
        for (var attempt = 1; ; attempt++)
        {
            using var project = Texts(Unique);
            using (var run = project.Start("run", "p.yaml", "--json"))
            {
                Assert.True(await run.Says("step.started"), run.Output);
                while (Kept(project, "run").Length < 3) await Task.Delay(2, TestContext.Current.CancellationToken);
                run.Signal(ProgramRun.Kill);
                await run.End();
                // It may have come further before the blow fell.
                if ((Kept(project, "run").Length == 0 || Kept(project, "comparison").Length > 0) && attempt < 5) continue;
            }

            var sorted = Kept(project, "run").Length;
            // Two are damaged on disk, as after a power cut, which their checksums tell.
            foreach (var damaged in Kept(project, "run").Take(2))
            {
                var bytes = await File.ReadAllBytesAsync(damaged, TestContext.Current.CancellationToken);
                bytes[bytes.Length / 2] ^= 1;
                await File.WriteAllBytesAsync(damaged, bytes, TestContext.Current.CancellationToken);
            }

            var second = (await project.Run()).Expect(ExitCode.Success);
            Assert.Equal(whole.Digest("unique", "documents"), second.Digest("unique", "documents"));
            Assert.Equal(whole.Digest("unique", "funnel"), second.Digest("unique", "funnel"));
            var log = File.ReadAllText(Directory.EnumerateFiles(project.State, "unique.log", SearchOption.AllDirectories).OrderBy(File.GetLastWriteTimeUtc).Last());
            Assert.Equal(2, Regex.Count(log, @"the run was damaged on disk\. It is made anew\."));
            var pieces = Regex.Matches(log, @"(\d+) of (\d+) (run|signature)s").ToDictionary(m => m.Groups[3].Value, m => (Made: Number(m.Groups[1]), All: Number(m.Groups[2])));
            Assert.Equal(0, pieces["signature"].Made);
            Assert.True(pieces["run"].All - pieces["run"].Made >= sorted - 2, $"{sorted} runs were there, {pieces["run"]}");
            return;
        }
    }

    [Fact]
    public async Task Several_processes_divide_the_work_of_comparing_and_make_the_bytes_of_one()
    {
        const int Processes = 3;
        Assert.SkipWhen(Steps.Running.Ranks.Launcher.Unavailable() is not null, "no MPI launcher here");
        using var project = Texts(Split);
        var alone = (await project.Run("--state", "alone")).Expect(ExitCode.Success);
        var shared = (await project.Run([.. ((string[])["unique", "split", "certify"]).SelectMany(s => (string[])["--set", $"steps.{s}.resources.ranks={Processes}"])])).Expect(ExitCode.Success);
        foreach (var (step, output) in ((string, string)[])[("unique", "documents"), ("unique", "funnel"), ("split", "train"), ("split", "validation"), ("split", "test"), ("split", "certificate"), ("certify", "certificate")])
            Assert.Equal(alone.Digest(step, output), shared.Digest(step, output));
    }

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    private static string[] Kept(Project project, string part) => Directory.Exists(project[".pipeline/workspaces"]) ? [.. Directory.GetFiles(project[".pipeline/workspaces"], part + "-*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).Contains('.', StringComparison.Ordinal)).Order()] : [];

    private static Project Texts(string yaml)
    {
        var project = new Project(yaml);
        var random = new Random(3);
        for (var file = 0; file < 4; file++)
        {
            var lines = new StringBuilder();
            for (var i = 0; i < 600; i++)
            {
                var text = i % 5 == 0 ? Story : string.Join(' ', Enumerable.Range(0, 60).Select(_ => random.Next(100_000).ToString("x", CultureInfo.InvariantCulture)));
                lines.Append(JsonSerializer.Serialize(new { text = $"{text}\n{i % 7} lines of the page footer that everyone has\n{file}" })).Append('\n');
            }

            project.Write($"{file}.jsonl", lines.ToString());
        }

        return project;
    }
}
