using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Tests.Planning;

/// <summary>Estimates go down the graph before anything runs.</summary>
public sealed class EstimateTests
{
    private sealed record Letters(int Count) : Forecast;

    /// <summary>Needs ten bytes for each letter that it adds to those that its inputs will have.</summary>
    private sealed class Foretelling : Step<Foretelling.With, Foretelling.Given, Foretelling.Made>
    {
        public sealed record With
        {
            public int Adds { get; init; }
        }

        public sealed record Given
        {
            public ArtifactList<Files> Texts { get; init; } = new([]);
        }

        public sealed record Made
        {
            public required Output<Files> Text { get; init; }
        }

        public override string Name => "test.foretelling";
        public override int Version => 1;
        public override string Description => "Foretells.";

        protected override StepEstimate? Estimate(With with, Foreseen given)
        {
            var known = given.Inputs.Select(i => i.Locate("text.txt") is { } path ? new Letters(File.ReadAllText(path).Length) : i.Forecast as Letters).ToList();
            if (known.Contains(null)) return null;
            var letters = with.Adds + known.Sum(k => k!.Count);
            return new() { Lines = [$"{letters} letters"], Figures = [("letters", letters)], LeastMemoryBytes = 10 * letters * given.Ranks, Remedies = [new("adds: 1", 200), new("adds: 2", 90)], Outputs = new Dictionary<string, Forecast> { ["text"] = new Letters(letters) } };
        }

        protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context) => Task.CompletedTask;
    }

    private sealed class Passing : Step<Foretelling.With, Foretelling.Given, Foretelling.Made>
    {
        public override string Name => "test.passing";
        public override int Version => 1;
        public override string Description => "Passes on.";
        public override string? PassesOn => "texts";

        protected override Task RunAsync(Foretelling.With with, Foretelling.Given inputs, Foretelling.Made outputs, StepContext context) => Task.CompletedTask;
    }

    private static readonly MachineResources Machine = new(4, 1000, 0);

    private static StepDefinition Step(string id, StepType type, int adds, string[] after, long memory = 0, int ranks = 1, string? when = null) => new()
    {
        Id = id,
        Type = type,
        With = new JsonObject { ["adds"] = adds },
        Inputs = [.. after.Select(a => new InputReference("texts", a, a, "text", typeof(Files)))],
        Needs = [],
        Resources = new(1, memory, 0, ranks),
        Outputs = [.. type.Outputs],
        When = when is null ? null : Condition.OverNumbers(when),
        Location = new("bench.yaml", 7, 3),
    };

    private static Plan PlanOf(params StepDefinition[] steps) =>
        new Planner(new(new("bench", "bench.yaml", ".", steps)), new(_ => null, _ => null, _ => null, _ => []), new HashSet<string>()).Plan();

    private static IReadOnlyDictionary<string, StepEstimate> Of(Plan plan) => Estimates.Of(plan, _ => [], _ => null);

    [Fact]
    public void What_a_step_will_give_is_known_to_those_below_it()
    {
        var type = new Foretelling();
        var plan = PlanOf(Step("a", type, 5, []), Step("b", type, 7, ["a"]), Step("c", type, 1, ["a", "b"]));
        var estimates = Of(plan);
        Assert.Equal(["5 letters", "12 letters", "18 letters"], estimates.Values.SelectMany(e => e.Lines));
        Assert.Contains("  run    c  never ran\n            18 letters\n", PlanPrinter.Print(plan, estimates), StringComparison.Ordinal);
        Assert.Equal("""{"letters":18}""", RunEventJson.Of(plan.Decisions[2], estimates["c"])["estimate"]!.ToJsonString());
        Assert.Null(RunEventJson.Of(plan.Decisions[2])["estimate"]);
    }

    [Fact]
    public void What_is_passed_on_is_known_only_where_all_candidates_are_alike()
    {
        var (type, passing) = (new Foretelling(), new Passing());
        var alike = Of(PlanOf(Step("a", type, 5, []), Step("b", type, 5, []), Step("best", passing, 0, ["a", "b"]), Step("c", type, 1, ["best"])));
        Assert.Equal("6 letters", Assert.Single(alike["c"].Lines));
        var other = Of(PlanOf(Step("a", type, 5, []), Step("b", type, 6, []), Step("best", passing, 0, ["a", "b"]), Step("c", type, 1, ["best"])));
        Assert.False(other.ContainsKey("c"));
    }

    [Fact]
    public async Task What_is_made_already_is_read_and_what_is_reused_is_not_asked()
    {
        using var bench = new Bench().Step("a", "four");
        await bench.RunAsync();
        var state = bench.State;
        var definition = bench.Definition with { Steps = [.. bench.Definition.Steps, Step("b", new Foretelling(), 1, ["a"])] };
        var plan = state.PlannerFor(new(definition), state.HistoryOf(definition), new HashSet<string>(), out var sources).Plan();
        var (id, estimate) = Assert.Single(state.EstimatesOf(plan, sources));
        Assert.Equal(("b", "5 letters"), (id, estimate.Lines[0]));
        // A blob that went to a shared store and is not here.
        Assert.Empty(Estimates.Of(plan, sources, _ => null));
    }

    [Fact]
    public void What_a_step_asks_of_a_machine_that_has_less_is_refused_before_anything_runs()
    {
        var plan = PlanOf(Step("a", new Foretelling(), 1, [], memory: 5000) with { Resources = new(1, 5 << 20, 2, 1) });
        Assert.Equal("bench.yaml:7:3 step 'a' cannot run on this machine: it asks for 2 gpus and this machine has 0", Assert.Single(Feasibility.Refusals(plan, Of(plan), Machine)));
        Assert.Equal("bench.yaml:7:3 step 'a' cannot run on this machine: it asks for 5 MiB of memory and this machine has 0 MiB", Assert.Single(Feasibility.Refusals(plan, Of(plan), Machine with { Gpus = 2 })));
    }

    [Theory]
    [InlineData(0, 1, null, "1.5 kB of memory, and this machine has 1.0 kB. Each of these may be enough: adds: 1: at least 200 B; adds: 2: at least 90 B.")]
    [InlineData(80, 1, null, "1.5 kB of memory, and its resources.memory is 80 B. None of these is enough: adds: 1: at least 200 B; adds: 2: at least 90 B. It takes something smaller to work on, or more memory.")]
    [InlineData(100, 1, null, "1.5 kB of memory, and its resources.memory is 100 B. Each of these may be enough: adds: 2: at least 90 B.")]
    [InlineData(2000, 1, null, null)]
    [InlineData(2000, 2, null, "3.0 kB of memory, and its resources.memory is 2.0 kB. Each of these may be enough: adds: 1: at least 200 B; adds: 2: at least 90 B.")]
    [InlineData(0, 1, "1 > 2", null)]
    public void A_step_that_cannot_fit_is_refused_with_its_place_and_what_to_change(long memory, int ranks, string? when, string? expected)
    {
        var plan = PlanOf(Step("a", new Foretelling(), 150, [], memory, ranks, when));
        var refusals = Feasibility.Refusals(plan, Of(plan), Machine with { MemoryBytes = Math.Max(Machine.MemoryBytes, memory) });
        if (expected is null) Assert.Empty(refusals);
        else Assert.Equal($"bench.yaml:7:3 step 'a' cannot fit: it needs at least {expected}", Assert.Single(refusals));
    }
}
