using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Pipeline.Engine.Storage;

namespace Pipeline.Cli.Tests;

/// <summary>
/// Faults at single system calls, made by strace in the real program: killed at any of them, EIO, a disk that is full from then on, two engines of which one is killed.
/// Whatever happens, the next plain run succeeds, its digests are those of a run without faults, what was said to be finished is not done again, and no blob is torn.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int Scenarios = 200;
    private static readonly string[] Changing = ["rename", "fsync", "pwrite64", "mkdir", "unlink", "flock", "ftruncate"];
    private static readonly string[] Failing = ["rename", "fsync", "pwrite64", "mkdir"];

    private sealed record Scenario(int Seed, string Fault, bool TwoEngines);

    [Fact]
    public async Task No_fault_leaves_a_damaged_store_a_lost_step_a_double_run_or_work_for_a_person()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/strace"), "faults are made by strace (Debian: strace)");
        var first = int.TryParse(Environment.GetEnvironmentVariable("FAULT_SEED"), out var given) ? given : (int)(TimeProvider.System.GetTimestamp() & 0xffffff);
        var wrong = new ConcurrentBag<string>();
        var hit = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(Enumerable.Range(first, Scenarios), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (seed, _) =>
        {
            var scenario = Draw(seed);
            try
            {
                var struck = await Play(scenario);
                hit.AddOrUpdate($"{scenario.Fault.Split('=')[0].Split(':')[1]} {(struck ? "struck" : "came too late")}", 1, (_, n) => n + 1);
            }
            catch (Exception e)
            {
                wrong.Add($"{scenario}: {e.Message}");
            }
        });
        output.WriteLine($"FAULT_SEED={first}, {Scenarios} scenarios: {string.Join(", ", hit.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key} {h.Value}"))}");
        Assert.True(wrong.IsEmpty, $"FAULT_SEED={first}\n{string.Join("\n\n", wrong)}");
        Assert.True(hit.Where(h => h.Key.EndsWith("struck", StringComparison.Ordinal)).Sum(h => h.Value) > Scenarios / 2, "most faults came after the end of the run");
    }

    private static Scenario Draw(int seed)
    {
        var random = new Random(seed);
        string Any(string[] calls) => calls[random.Next(calls.Length)];
        // Counted by thread: the first few of each already lie all over the run.
        var at = random.Next(1, random.Next(2) == 0 ? 4 : 14);
        return random.Next(10) switch
        {
            < 6 => new(seed, $"{Any(Changing)}:signal=KILL:when={at}", random.Next(5) == 0),
            < 8 => new(seed, $"{Any(Failing)}:error=EIO:when={at}", false),
            _ => new(seed, $"{Any(Failing)}:error=ENOSPC:when={at}+", false),
        };
    }

    /// <summary>True where the fault changed how the run ended.</summary>
    private static async Task<bool> Play(Scenario scenario)
    {
        var yaml = Dag(new Random(scenario.Seed));
        using var calm = new Project(yaml);
        var whole = (await calm.Run()).Expect(ExitCode.Success);
        using var project = new Project(yaml);
        var call = scenario.Fault.Split(':')[0];
        using var run = new ProgramRun(project.Path, ["run", "p.yaml", "--json"], new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" }, "/usr/bin/strace", "-f", "-qq", "-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={scenario.Fault}");
        using var other = scenario.TwoEngines ? project.Start("run", "p.yaml", "--json") : null;
        var ended = await run.End();
        if (other is not null) Same(whole, (await other.End()).Expect(ExitCode.Success));
        Sound(project.State);
        var finished = ended.Output.Split('\n').Where(l => l.Contains("\"step.finished\"", StringComparison.Ordinal) && l.EndsWith('}') && l.Contains("\"decision\":\"ran\"", StringComparison.Ordinal)).Select(l => (string)System.Text.Json.Nodes.JsonNode.Parse(l)!["id"]!).ToList();

        var again = (await project.Run()).Expect(ExitCode.Success);
        Same(whole, again);
        var redone = finished.Where(id => again.Decision(id) != "reused").ToList();
        Assert.True(redone.Count == 0, $"done again though finished: {string.Join(", ", redone)}");
        Sound(project.State);
        Assert.Equal(["id", "in-use"], Directory.EnumerateFiles(project.State).Select(f => Path.GetFileName(f)!).Except([".gitignore", "files.tsv"]).Union(["id", "in-use"]).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(project.State, "attempts")));
        return ended.ExitCode != ExitCode.Success;
    }

    private static string Dag(Random random)
    {
        var text = new StringBuilder("name: p\nsteps:\n");
        var count = random.Next(4, 9);
        for (var i = 0; i < count; i++)
        {
            var inputs = Enumerable.Range(0, i).Where(_ => random.Next(2) == 0).Select(j => $"s{j}").ToList();
            text.Append(CultureInfo.InvariantCulture, $"  s{i}: {{ uses: files.merge{(inputs.Count > 0 ? $", inputs: {{ files: [{string.Join(", ", inputs)}] }}" : "")}, with: {{ add: {{ \"f{i}.txt\": \"{random.Next(1000)}\" }} }} }}\n");
        }

        return text.ToString();
    }

    private static void Same(Ended whole, Ended other)
    {
        foreach (var (id, step) in whole.Steps) Assert.Equal(step["outputs"]!.ToJsonString(), other.Steps[id]["outputs"]!.ToJsonString());
    }

    /// <summary>A blob is there wholly or not at all.</summary>
    private static void Sound(string state)
    {
        var blobs = Path.Combine(state, "store", "blobs");
        if (!Directory.Exists(blobs)) return;
        foreach (var file in Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal)))
            Assert.Equal(Path.GetFileName(file), Sha256.OfFile(file));
    }
}
