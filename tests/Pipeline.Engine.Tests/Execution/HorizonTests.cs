using System.ComponentModel;
using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Storage;
using Pipeline.Engine.Tests.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Execution;

/// <summary>Multiplies step by step, remembers where it began, and can go on from where a shorter run ended.</summary>
public sealed class Multiply : Step<Multiply.With, Multiply.Given, Multiply.Made>
{
    public sealed record With
    {
        [Description("How far."), Horizon]
        public long Steps { get; init; } = 10;

        [Description("By what.")]
        public long Factor { get; init; } = 3;

        [Description("Whether the factor falls towards the end.")]
        public bool Falls { get; init; }

        [Description("Where it has fallen; the end where it is null.")]
        public long? FallsUntil { get; init; }
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("One number a line.")]
        public required Output<Files> Numbers { get; init; }
    }

    /// <summary>The step that each run began after.</summary>
    public List<long> Began { get; } = [];

    public override string Name => "test.multiply";
    public override int Version => 1;
    public override string Description => "Multiplies.";

    protected override string? FollowsHorizon(With with) => with is { Falls: true, FallsUntil: null } ? "falls_until" : null;

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var lines = context.Shorter is { } shorter ? File.ReadAllLines(shorter.State.Locate("numbers.txt")).ToList() : [];
        context.WentOnFrom = context.Shorter?.Run;
        lock (Began) Began.Add(lines.Count);
        for (long step = lines.Count; step < with.Steps; step++)
        {
            var factor = with.Falls && step < (with.FallsUntil ?? with.Steps) ? with.Factor * ((with.FallsUntil ?? with.Steps) - step) : with.Factor;
            lines.Add((((lines.Count == 0 ? 1 : long.Parse(lines[^1], CultureInfo.InvariantCulture)) * factor + step) % 1_000_003).ToString(CultureInfo.InvariantCulture));
        }

        File.WriteAllLines(Path.Combine(context.State, "numbers.txt"), lines);
        // What only the last step does.
        File.WriteAllLines(outputs.Numbers["numbers.txt"], [.. lines, "end"]);
        context.Metric("steps", lines.Count);
        return Task.CompletedTask;
    }
}

public sealed class HorizonTests(Stores stores)
{
    private sealed class Machine : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public Multiply Type { get; } = new();
        public IRemoteStore? Remote { get; init; }
        public EngineState State => new(new StateFolder(folder["state"]), TimeProvider.System, Remote, writes: Remote is not null);

        private PipelineDefinition Read(string with)
        {
            var read = DefinitionReader.ReadText($"name: p\nsteps:\n  m: {{ uses: test.multiply, with: {{ {with} }} }}\n", folder["p.yaml"], new StepCatalog([Type]), new ReadOptions());
            return read.Definition ?? throw new InvalidOperationException(ProblemPrinter.Print(read.Problems));
        }

        public Decision Plan(string with, params string[] force)
        {
            var definition = Read(with);
            return State.PlannerFor(new(definition), State.HistoryOf(definition), force.ToHashSet(), out _).Plan().Decisions.Single();
        }

        public async Task<StepOutcome> Run(string with, params string[] force)
        {
            var state = State;
            var executor = new InProcessExecutor(new StepCatalog([Type]), state.Store);
            var scheduler = new Scheduler(state, new(executor, executor, executor, NoRanks), new(4, 1L << 30, 0));
            return (await scheduler.RunAsync(Read(with), new(1, force.ToHashSet(), false), new Quiet(), TestContext.Current.CancellationToken)).Outcomes.Single();
        }

        public async Task<StepVerdict> Verify(string with)
        {
            var state = State;
            var executor = new InProcessExecutor(new StepCatalog([Type]), state.Store);
            var verification = new Verification(state, new(executor, executor, executor, NoRanks), new(4, 1L << 30, 0), (_, _, _) => null);
            return (await verification.RunAsync(Read(with), new HashSet<string>(), _ => { }, new Quiet(), TestContext.Current.CancellationToken)).Single();
        }

        public void Dispose() => folder.Dispose();

        private static RankLauncher NoRanks => new(() => "none", (_, _) => throw new InvalidOperationException());
    }

    private sealed class Quiet : IRunObserver, IStepListener
    {
        public void On(RunEvent happened)
        {
        }

        public void Logged(string line)
        {
        }

        public void Progressed(StepProgress progress)
        {
        }
    }

    private static async Task<string> Whole(string with)
    {
        using var machine = new Machine();
        return Digest(await machine.Run(with));
    }

    private static string Digest(StepOutcome outcome) => outcome.Result!.Outputs["numbers"].Digest + outcome.Result.Outputs["metrics"].Digest;

    [Fact]
    public async Task A_raised_horizon_goes_on_from_the_finished_run_to_the_bytes_of_one_long_run()
    {
        using var machine = new Machine();
        var first = await machine.Run("steps: 60");
        Assert.Equal($"with.steps: 60 -> 120: goes on from step 60 of run {first.Result!.Run}", machine.Plan("steps: 120").Reason);
        var second = await machine.Run("steps: 120");
        Assert.Equal(await Whole("steps: 120"), Digest(second));
        Assert.Equal([0, 60], machine.Type.Began);
        Assert.Equal(new ShorterRun(first.Key!, 60, first.Result.Run), second.Result!.WentOnFrom);
        Assert.Null(first.Result.WentOnFrom);
        Assert.Equal(60, (long?)RunEventJson.Of(second)["went_on_from"]!["horizon"]);
        Assert.Equal(second.Result.WentOnFrom, machine.State.Results.Read(second.Key!)!.WentOnFrom);
    }

    [Fact]
    public async Task There_and_back_and_there_again_runs_each_once_and_of_several_the_longest_that_is_not_too_long_is_taken()
    {
        using var machine = new Machine();
        foreach (var steps in new[] { 60, 120, 60, 120 }) await machine.Run($"steps: {steps}");
        Assert.Equal([0, 60], machine.Type.Began);
        var between = await machine.Run("steps: 100");
        Assert.Equal([0, 60, 60], machine.Type.Began);
        Assert.Equal(await Whole("steps: 100"), Digest(between));
        Assert.Contains("goes on from step 120", machine.Plan("steps: 500").Reason, StringComparison.Ordinal);
        Assert.Equal("with.steps: 100 -> 50", machine.Plan("steps: 50").Reason);
        Assert.Equal("with.factor: 3 -> 4 · with.steps: 100 -> 200", machine.Plan("steps: 200, factor: 4").Reason);
    }

    [Fact]
    public async Task Forced_and_verified_it_begins_at_the_beginning_and_gives_the_same_bytes()
    {
        using var machine = new Machine();
        await machine.Run("steps: 60");
        var extended = await machine.Run("steps: 120");
        Assert.Equal(Verdict.Same, (await machine.Verify("steps: 120")).Verdict);
        Assert.Null(((Decision.Run)machine.Plan("steps: 120", "m")).From);
        var forced = await machine.Run("steps: 120", "m");
        Assert.Equal([0, 60, 0, 0], machine.Type.Began);
        Assert.Equal(Digest(extended), Digest(forced));
        Assert.Null(forced.Result!.WentOnFrom);
    }

    [Fact]
    public async Task What_follows_the_horizon_keeps_it_from_going_on_and_the_plan_says_what_to_set()
    {
        using var machine = new Machine();
        var first = await machine.Run("steps: 60, falls: true");
        Assert.Equal("with.steps: 60 -> 120: from the beginning, because falls_until is not set and so follows steps; with falls_until: 60 it would go on from step 60", machine.Plan("steps: 120, falls: true").Reason);
        Assert.EndsWith($": goes on from step 60 of run {first.Result!.Run}", machine.Plan("steps: 120, falls: true, falls_until: 60").Reason, StringComparison.Ordinal);
        var followed = await machine.Run("steps: 120, falls: true, falls_until: 60");
        Assert.Equal(await Whole("steps: 120, falls: true, falls_until: 60"), Digest(followed));
        var anew = await machine.Run("steps: 120, falls: true");
        Assert.Equal([0, 60, 0], machine.Type.Began);
        Assert.Equal(await Whole("steps: 120, falls: true"), Digest(anew));
        Assert.Contains("goes on from step 120", machine.Plan("steps: 130, falls: true, falls_until: 120").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_state_means_from_the_beginning_with_that_reason_and_loses_no_result()
    {
        using var machine = new Machine();
        var first = await machine.Run("steps: 60");
        machine.State.Store.Delete(first.Result!.State!.Files.Single().Sha256);
        Assert.IsType<Decision.Reuse>(machine.Plan("steps: 60"));
        Assert.Equal($"with.steps: 60 -> 120: from the beginning, because the state that run {first.Result.Run} kept is lost from the store", machine.Plan("steps: 120").Reason);
        Assert.Equal(await Whole("steps: 120"), Digest(await machine.Run("steps: 120")));
        Assert.Equal([0, 0], machine.Type.Began);
    }

    [Fact]
    public async Task A_damaged_state_is_found_when_it_is_read_and_the_step_begins_at_the_beginning_in_the_same_run()
    {
        using var machine = new Machine();
        var first = await machine.Run("steps: 60");
        var blob = Path.Combine(machine.State.Store.Root, "blobs", first.Result!.State!.Files.Single().Sha256[..2], first.Result.State.Files.Single().Sha256);
        var bytes = File.ReadAllBytes(blob);
        bytes[0] ^= 1;
        File.WriteAllBytes(blob, bytes);
        Assert.Equal(await Whole("steps: 120"), Digest(await machine.Run("steps: 120")));
        Assert.Equal([0, 0], machine.Type.Began);
    }

    [Fact]
    public async Task A_collection_keeps_the_state_of_what_it_keeps_and_forgets_the_rest()
    {
        using var machine = new Machine();
        await machine.Run("steps: 60");
        await machine.Run("steps: 120");
        GarbageCollection.Collect(machine.State, [], TimeSpan.Zero, dryRun: false);
        Assert.Contains("goes on from step 120", machine.Plan("steps: 500").Reason, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(machine.State.Folder.Horizons, "*", SearchOption.AllDirectories));
        Assert.Equal("with.steps: 120 -> 100", machine.Plan("steps: 100").Reason);
    }

    [Fact]
    public async Task An_entry_that_claims_another_recipe_is_not_believed()
    {
        using var machine = new Machine();
        var first = await machine.Run("steps: 60");
        var other = await machine.Run("steps: 70, factor: 5");
        machine.State.Horizons.Add(first.Result!.State! with { Horizon = 70 }, other.Key!);
        machine.State.Horizons.Add(first.Result.State with { Horizon = 80 }, first.Key!);
        Assert.Contains("goes on from step 60 of run", machine.Plan("steps: 120").Reason, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Stores.Kinds), MemberType = typeof(Stores))]
    public async Task Another_machine_goes_on_from_what_is_in_the_shared_store(string kind)
    {
        using var store = stores.Open(kind);
        using var first = new Machine { Remote = store };
        using var second = new Machine { Remote = store };
        var made = await first.Run("steps: 60");
        var longer = await second.Run("steps: 120");
        Assert.Equal([60], second.Type.Began);
        Assert.Equal(new ShorterRun(made.Key!, 60, made.Result!.Run), longer.Result!.WentOnFrom);
        Assert.Equal(await Whole("steps: 120"), Digest(longer));

        await store.DeleteAsync(SharedCache.NameOfBlob(longer.Result.State!.Files.Single().Sha256), TestContext.Current.CancellationToken);
        using var third = new Machine { Remote = store };
        Assert.Equal(await Whole("steps: 150"), Digest(await third.Run("steps: 150")));
        Assert.Equal([0], third.Type.Began);
    }

    [Fact]
    public async Task A_store_that_is_collected_forgets_the_entries_of_what_it_removes()
    {
        using var folder = new TemporaryFolder();
        using var store = RemoteStores.Open($"file:{folder.Path}", "/", _ => null);
        using var machine = new Machine { Remote = store };
        await machine.Run("steps: 60");
        var names = store.ListAsync(HorizonIndex.Shared, TestContext.Current.CancellationToken).ToBlockingEnumerable().ToList();
        Assert.Single(names);
        using var stranger = new Machine();
        // By the store's own clock: no machine's counts.
        foreach (var file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        await RemoteGarbage.CollectAsync(store, stranger.State, [], TimeSpan.Zero, dryRun: false, TestContext.Current.CancellationToken);
        Assert.Empty(store.ListAsync("", TestContext.Current.CancellationToken).ToBlockingEnumerable());
    }
}
