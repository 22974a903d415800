using System.Collections.Concurrent;
using System.Globalization;
using Pipeline.TestKit;

[assembly: AssemblyFixture(typeof(Pipeline.Cli.Tests.Faults.FaultCount))]

namespace Pipeline.Cli.Tests.Faults;

/// <summary>
/// Randomised faults, made in the real program on a real disk and real servers. Whatever happens, the store stays sound, the next plain run succeeds without help and with the digests of a run
/// without faults, and what was said to be finished is not done again. Each scenario follows from its seed; one that fails says how to repeat it.
/// </summary>
public sealed class FaultTests(SharedServer server, FaultCount count, ITestOutputHelper output)
{
    private const string SeedVariable = "FAULT_SEED";
    private const string CountVariable = "FAULT_SCENARIOS";

    [Theory]
    [InlineData("killed at a system call", 48)]
    [InlineData("ended at a transition", 40)]
    [InlineData("a call fails (EIO)", 20)]
    [InlineData("no space from a call on", 20)]
    [InlineData("a small disk", 16)]
    [InlineData("torn files", 34)]
    [InlineData("two machines on a folder", 10)]
    [InlineData("two machines on Azurite", 8)]
    [InlineData("a slow store", 8)]
    public async Task No_fault_leaves_a_damaged_store_a_lost_step_a_double_run_or_work_for_a_person(string kind, int scenarios)
    {
        var (unavailable, play) = Kind(kind);
        Assert.SkipWhen(unavailable is not null, unavailable ?? "");
        var first = Number(SeedVariable) ?? (int)(TimeProvider.System.GetTimestamp() & 0xffffff);
        scenarios = Number(CountVariable) ?? scenarios;
        var wrong = new ConcurrentBag<string>();
        var struck = 0;
        await Parallel.ForEachAsync(Enumerable.Range(first, scenarios), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (seed, _) =>
        {
            try
            {
                if (await play(new Random(seed))) Interlocked.Increment(ref struck);
            }
            catch (Exception e)
            {
                wrong.Add($"{kind}, {SeedVariable}={seed}: {e.Message}\n  again: {SeedVariable}={seed} {CountVariable}=1 dotnet test -c Release --project tests/Pipeline.Cli.Tests -- --filter-class \"*FaultTests\"");
            }
        });
        var line = string.Create(CultureInfo.InvariantCulture, $"{kind}: {scenarios} scenarios from {SeedVariable}={first}, {struck} struck while the run was on");
        output.WriteLine(line);
        count.Add(line, scenarios);
        Assert.True(wrong.IsEmpty, string.Join("\n\n", wrong));
        Assert.True(scenarios < 8 || struck >= scenarios / 3, $"{line}: most came too late to show anything");
    }

    private (string? Unavailable, Func<Random, Task<bool>> Play) Kind(string name) => name switch
    {
        "killed at a system call" => (SystemCalls.Unavailable, SystemCalls.Killed),
        "ended at a transition" => (null, Transitions.Ended),
        "a call fails (EIO)" => (SystemCalls.Unavailable, SystemCalls.Fails),
        "no space from a call on" => (SystemCalls.Unavailable, SystemCalls.DiskFull),
        "a small disk" => (SmallDisk.Unavailable, SmallDisk.Play),
        "torn files" => (null, TornFiles.Play),
        "two machines on a folder" => (null, new TwoMachines(server).OnAFolder),
        "two machines on Azurite" => (StorageServer.Unavailable, new TwoMachines(server).OnAzurite),
        "a slow store" => (null, new TwoMachines(server).WithASlowStore),
        _ => throw new ArgumentException(name, nameof(name)),
    };

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Gathers what was tried and writes it, at the end, to the file that FAULT_REPORT names: test runners keep what a test that passed has printed to themselves.</summary>
public sealed class FaultCount : IDisposable
{
    private readonly ConcurrentQueue<string> lines = new();
    private int scenarios;

    public void Add(string line, int count)
    {
        lines.Enqueue(line);
        Interlocked.Add(ref scenarios, count);
    }

    public void Dispose()
    {
        Subject.RemoveAll();
        if (scenarios > 0 && Environment.GetEnvironmentVariable("FAULT_REPORT") is { Length: > 0 } file) File.WriteAllLines(file, [.. lines, $"{scenarios} fault scenarios"]);
    }
}
