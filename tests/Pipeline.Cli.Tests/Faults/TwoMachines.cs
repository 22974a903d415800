using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Cli.Tests.Faults;

/// <summary>Two engines with a folder each and one shared store, of which one or the other is killed: both end alike, and no step is finished twice.</summary>
internal sealed class TwoMachines(SharedServer server)
{
    private const int LeaseSeconds = 4;

    private static int stores;

    public Task<bool> OnAFolder(Random random) => Play(random, null, null);

    public Task<bool> OnAzurite(Random random) => Play(random, server.Azurite.Variables, null);

    /// <summary>One of them has a slow disk, which the shared folder lies on, or a slow line that breaks, to Azurite.</summary>
    public async Task<bool> WithASlowStore(Random random)
    {
        if (random.Next(2) == 0 || StorageServer.Unavailable is not null) return await Play(random, null, null, SystemCalls.Unavailable is null ? [.. SystemCalls.Tracer("fsync,rename,unlink:delay_enter=30000")] : []);
        using var line = new FlakyProxy(new Uri($"http://127.0.0.1:{server.Azurite.Port}"), random.Next(), resets: 0.02, TimeSpan.FromMilliseconds(40));
        return await Play(random, server.Azurite.Variables, server.Azurite.VariablesAt(line.Port));
    }

    /// <param name="azurite">What a client of Azurite has in its environment; null for a shared folder.</param>
    /// <param name="firstsAzurite">The same for the first machine, where it is another.</param>
    /// <param name="under">What the first machine's engine runs under.</param>
    private static async Task<bool> Play(Random random, IReadOnlyDictionary<string, string?>? azurite, IReadOnlyDictionary<string, string?>? firstsAzurite, params IReadOnlyList<string> under)
    {
        var subject = await Subject.Any(random);
        using var shared = new TemporaryFolder();
        using var one = subject.NewProject();
        using var other = subject.NewProject();
        Project[] machines = [one, other];
        var uri = azurite is null ? $"file:{shared.Path}" : $"az://devstoreaccount1/faults/{Environment.ProcessId}-{Interlocked.Increment(ref stores)}";
        var running = machines.Select((_, i) => Start(i)).ToArray();
        var finished = new List<string>();
        var kills = 0;
        for (var left = random.Next(1, 3); left > 0; left--)
        {
            var victim = random.Next(2);
            var at = random.Next(1, 2 * subject.Whole.Steps.Count);
            if (!await running[victim].SaysSo(events: at)) continue;
            running[victim].Signal(ProgramRun.Kill);
            var killed = await running[victim].End();
            if (killed.ExitCode == ExitCode.Success) continue;
            finished.AddRange(Invariants.Finished(killed.Output));
            kills++;
            running[victim].Dispose();
            running[victim] = Start(victim);
        }

        foreach (var run in running)
        {
            var ended = (await run.End()).Expect(ExitCode.Success);
            Assert.DoesNotContain("Going on with what is local", ended.Error, StringComparison.Ordinal);
            Invariants.Same(subject.Whole, ended);
            finished.AddRange(Invariants.Finished(ended.Output));
            run.Dispose();
        }

        Assert.Equal([], finished.GroupBy(id => id).Where(g => g.Count() > 1).Select(g => $"{g.Key} was finished {g.Count()} times"));
        using var store = RemoteStores.Open(uri, "/", name => azurite?.GetValueOrDefault(name));
        await Invariants.Sound(store);
        for (var i = 0; i < machines.Length; i++) await Invariants.GoesOn(subject, machines[i], machines[i].State, subject.Whole.Steps.Keys, Variables(i));
        return kills > 0;

        Dictionary<string, string?> Variables(int machine) =>
            new((machine == 0 ? firstsAzurite ?? azurite : azurite) ?? new Dictionary<string, string?>()) { ["PIPELINE_STORE"] = uri, ["PIPELINE_LEASE_SECONDS"] = $"{LeaseSeconds}" };

        ProgramRun Start(int machine) => new(machines[machine].Path, ["run", "p.yaml", "--json"], Variables(machine), machine == 0 ? under : []);
    }
}
