using System.Globalization;
using System.Text;
using Pipeline.TestKit;

[assembly: AssemblyFixture(typeof(Pipeline.Cli.Tests.SharedServer))]

namespace Pipeline.Cli.Tests;

/// <summary>One Azurite for all tests, started by the first that asks.</summary>
public sealed class SharedServer : IDisposable
{
    private readonly Lazy<StorageServer> azurite = new(StorageServer.Azurite);

    public StorageServer Azurite
    {
        get
        {
            Assert.SkipWhen(StorageServer.Unavailable is not null, StorageServer.Unavailable ?? "");
            return azurite.Value;
        }
    }

    public void Dispose()
    {
        if (azurite.IsValueCreated) azurite.Value.Dispose();
    }
}

public sealed class SharingTests(SharedServer server, ITestOutputHelper output)
{
    private const string Small = """
        name: p
        steps:
          text: { uses: shell, with: { run: "printf hello > $OUT/t" } }
          big: { uses: shell, inputs: { t: text }, with: { run: "head -c 300000 /dev/zero | cat - $IN_T > $OUT/b" } }
          last: { uses: shell, inputs: { b: big }, with: { run: "wc -c < $IN_B > $OUT/n" } }
        """;

    private Dictionary<string, string?> Variables(string store, double lease = 60) => new(server.Azurite.Variables)
    {
        ["PIPELINE_STORE"] = server.Azurite.Uri(store),
        ["PIPELINE_LEASE_SECONDS"] = lease.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Thirty steps in six layers; each leaves a mark in a folder that both machines see.</summary>
    private static string Thirty(string marks)
    {
        var text = new StringBuilder("name: p\nsteps:\n");
        for (var i = 0; i < 30; i++)
        {
            var inputs = i < 5 ? "" : $", inputs: {{ a: s{i - 5}, b: s{(((i / 5) - 1) * 5) + (i * 3 % 5)} }}";
            text.Append(CultureInfo.InvariantCulture, $"  s{i}: {{ uses: shell{inputs}, with: {{ run: 'echo begun >> {marks}/s{i}; sleep 0.1; cat $IN_A $IN_B /dev/null 2>/dev/null | sha256sum > $OUT/t; echo {i} >> $OUT/t; echo ended >> {marks}/s{i}' }} }}\n");
        }

        return text.ToString();
    }

    [Fact]
    public async Task Two_machines_on_one_store_do_every_step_once_and_end_with_the_same_digests()
    {
        using var marks = new TemporaryFolder();
        using var one = new Project(Thirty(marks.Path));
        using var other = new Project(Thirty(marks.Path));
        var variables = Variables("thirty");
        var ended = await Task.WhenAll(one.Pipeline(variables, "run", "p.yaml", "--json"), other.Pipeline(variables, "run", "p.yaml", "--json"));
        var digests = ended.Select(e => string.Join(',', e.Expect(ExitCode.Success).Steps.Values.Select(s => s["outputs"]!.ToJsonString()))).ToList();
        Assert.Equal(digests[0], digests[1]);
        var begun = Enumerable.Range(0, 30).Select(i => File.ReadAllLines(marks[$"s{i}"]).Count(l => l == "begun")).ToList();
        Assert.All(begun, b => Assert.Equal(1, b));
        var ran = ended.Select(e => e.Steps.Values.Count(s => (string?)s["decision"] == "ran")).ToList();
        Assert.Equal(30, ran.Sum());
        output.WriteLine($"ran {ran[0]} here and {ran[1]} there");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Two_machines_of_which_one_or_the_other_is_killed_again_and_again_end_as_if_nothing_had_been(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var marks = new TemporaryFolder();
        using var one = new Project(Thirty(marks.Path));
        using var other = new Project(Thirty(marks.Path));
        var variables = Variables($"killed{seed}", lease: 1.5);
        var machines = new[] { one, other };
        var running = machines.Select(m => new ProgramRun(m.Path, ["run", "p.yaml", "--json"], variables)).ToArray();
        for (var kills = 0; kills < 4; kills++)
        {
            await Task.Delay(random.Next(400, 1500));
            var victim = random.Next(2);
            running[victim].Signal(ProgramRun.Kill);
            await running[victim].End();
            running[victim].Dispose();
            running[victim] = new ProgramRun(machines[victim].Path, ["run", "p.yaml", "--json"], variables);
        }

        var ended = new List<Ended>();
        foreach (var run in running) ended.Add((await run.End()).Expect(ExitCode.Success));
        foreach (var run in running) run.Dispose();
        var digests = ended.Select(e => string.Join(',', e.Steps.Values.Select(s => s["outputs"]!.ToJsonString()))).ToList();
        Assert.Equal(digests[0], digests[1]);
        // A killed attempt begins and does not end; what ended once is never done again.
        var endings = Enumerable.Range(0, 30).Select(i => File.ReadAllLines(marks[$"s{i}"]).Count(l => l == "ended")).ToList();
        output.WriteLine($"begun {Enumerable.Range(0, 30).Sum(i => File.ReadAllLines(marks[$"s{i}"]).Count(l => l == "begun"))}, ended {endings.Sum()}");
        // Between a command's last word and its stored result a kill still costs that step.
        Assert.InRange(endings.Sum(), 30, 30 + (4 * Environment.ProcessorCount));
    }

    [Fact]
    public async Task What_is_made_offline_is_pushed_pulled_and_checked_out_elsewhere()
    {
        using var maker = new Project(Small);
        var variables = Variables("pushed");
        (await maker.Pipeline(variables, "run", "p.yaml", "--cache", "off")).Expect(ExitCode.Success);
        Assert.Contains("3 of 3 steps", (await maker.Pipeline(variables, "push", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("(0 B sent)", (await maker.Pipeline(variables, "push", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);

        using var other = new Project(Small);
        Assert.Equal("text:reuse big:reuse last:reuse", (await other.Pipeline(variables, "plan", "p.yaml", "--json")).Expect(ExitCode.Success).Decisions);
        Assert.False(Directory.Exists(other.State));
        Assert.Contains("2 files fetched", (await other.Pipeline(variables, "pull", "p.yaml", "last")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(other.State, "*", SearchOption.AllDirectories), f => new FileInfo(f).Length >= 300_000);

        using var third = new Project(Small);
        third.Write("p.lock.json", maker.Read("p.lock.json"));
        Assert.Contains("3 locked results are here", (await third.Pipeline(variables, "checkout", "p.yaml")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        (await third.Pipeline(["run", "p.yaml", "--locked"])).Expect(ExitCode.Success);
        (await third.Pipeline("artifacts", "export", "p.yaml", "last", "out")).Expect(ExitCode.Success);
        Assert.Equal("300005", third.Read("out/n").Trim());

        using var nowhere = new Project(Small);
        nowhere.Write("p.lock.json", maker.Read("p.lock.json"));
        Assert.Contains("Neither here nor in a shared store (none is set)", (await nowhere.Pipeline("checkout", "p.yaml")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_may_only_read_reuses_and_writes_nothing()
    {
        using var maker = new Project(Small);
        (await maker.Pipeline("run", "p.yaml", "--store", $"file:{maker["store"]}")).Expect(ExitCode.Success);
        var before = Directory.EnumerateFiles(maker["store"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        using var guest = new Project(Small + "\n  more: { uses: shell, inputs: { b: big }, with: { run: 'cp $IN_B $OUT/b' } }\n");
        var run = (await guest.Run("--store", $"file:{maker["store"]}", "--cache", "read-only")).Expect(ExitCode.Success);
        Assert.Equal("text:reused big:reused last:reused more:ran", run.Decisions);
        Assert.Equal(before, Directory.EnumerateFiles(maker["store"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.Contains("is only read", (await guest.Pipeline("push", "p.yaml", "--store", $"file:{maker["store"]}", "--cache", "read-only")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_away_costs_a_notice_and_not_the_run()
    {
        using var project = new Project(Small);
        var run = (await project.Pipeline(new Dictionary<string, string?> { ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9", ["AWS_ACCESS_KEY_ID"] = "x", ["AWS_SECRET_ACCESS_KEY"] = "hunter2", ["AWS_REGION"] = "us-east-1" }, "run", "p.yaml", "--json", "--store", "s3://away/x")).Expect(ExitCode.Success);
        Assert.Contains("s3://away/x cannot be reached", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error + run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--store", "ftp://x/y", "is no store; write file:FOLDER")]
    [InlineData("--cache", "sometimes", "--cache takes read-write, read-only or off, not 'sometimes'")]
    public async Task A_wrong_store_or_mode_is_refused(string option, string value, string says)
    {
        using var project = new Project(Small);
        Assert.Contains(says, (await project.Pipeline("plan", "p.yaml", option, value)).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collecting_garbage_in_a_store_keeps_what_lock_files_of_any_branch_name()
    {
        using var project = new Project(Small);
        var store = $"file:{project["store"]}";
        (await project.Pipeline("run", "p.yaml", "--store", store)).Expect(ExitCode.Success);
        foreach (var arguments in new[] { "init -q -b main", "add p.yaml p.lock.json", "-c user.name=n -c user.email=e@x commit -qm first", "branch kept" })
            using (var git = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("git", arguments.Split(' ')) { WorkingDirectory = project.Path })!) git.WaitForExit();
        project.Write("p.yaml", Small.Replace("hello", "other", StringComparison.Ordinal));
        (await project.Pipeline("run", "p.yaml", "--store", store)).Expect(ExitCode.Success);
        project.Write("p.yaml", Small.Replace("hello", "third", StringComparison.Ordinal));
        (await project.Pipeline("run", "p.yaml", "--store", store)).Expect(ExitCode.Success);
        foreach (var file in Directory.EnumerateFiles(project["store"], "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        var dry = (await project.Pipeline("gc", "--store", store, "--older-than", "1", "--dry-run")).Expect(ExitCode.Success).Output;
        Assert.Contains("would remove 3 results", dry, StringComparison.Ordinal);
        Assert.Contains("removed 3 results", (await project.Pipeline("gc", "--store", store, "--older-than", "1")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        using var elsewhere = new Project(Small);
        Assert.Equal("text:reuse big:reuse last:reuse", (await elsewhere.Plan("--store", store)).Expect(ExitCode.Success).Decisions);
        (await elsewhere.Pipeline("pull", "p.yaml", "--store", store)).Expect(ExitCode.Success);
        elsewhere.Write("p.yaml", Small.Replace("hello", "other", StringComparison.Ordinal));
        Assert.Equal("text:run big:maybe last:maybe", (await elsewhere.Plan("--store", store)).Expect(ExitCode.Success).Decisions);
    }
}
