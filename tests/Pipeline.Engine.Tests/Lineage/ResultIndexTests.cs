using System.Text.Json.Nodes;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Lineage;
using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Lineage;

public sealed class ResultIndexTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ResultStore results;

    public ResultIndexTests() => results = new(folder["results"], new LocalStore(folder["store"]));

    private static string Digest(string name) => Sha256.Of(System.Text.Encoding.UTF8.GetBytes(name));

    private StepResult Write(string name, int at, string made, string? read = null, string run = "r1", string[]? upstream = null)
    {
        var recipe = new JsonObject { ["step"] = "test.write", ["version"] = 1, ["with"] = new JsonObject(), ["inputs"] = read is null ? new JsonObject() : new JsonObject { ["text"] = Digest(read) } };
        var result = new StepResult
        {
            Key = Digest("key " + name),
            Recipe = recipe,
            Outputs = new Dictionary<string, ResultOutput> { ["text"] = new(Digest(made), []) },
            Metrics = new Dictionary<string, double>(),
            Measurements = new Dictionary<string, double>(),
            Summary = "",
            Seconds = 1,
            Run = run,
            Finished = DateTimeOffset.UnixEpoch.AddHours(at),
            Upstream = upstream ?? [],
        };
        results.Write(result);
        return result;
    }

    private ResultIndex Open() => ResultIndex.Open(results, folder["lineage.tsv"]);

    private async Task<LineageGraph> Up(string digest)
    {
        var state = new StateFolder(folder.Path);
        var cache = new SharedCache(new LocalStore(folder["store"]), results, null, false, null, _ => { });
        var walk = new LineageWalk(Open(), cache, new StepNames(state), () => Assert.Fail("there is no store to ask"));
        return await walk.UpAsync([await walk.TargetAsync(Digest(digest), default)], default);
    }

    [Fact]
    public void Only_what_was_written_since_is_read()
    {
        Write("a", 1, "A");
        Write("b", 2, "B", "A");
        Assert.Equal(2, Open().Read);
        Assert.Equal(0, Open().Read);
        Write("c", 3, "B", "A");
        var index = Open();
        Assert.Equal(1, index.Read);
        Assert.Equal([Digest("key c"), Digest("key b")], index.MakersOf(Digest("B")).Select(m => m.Key));
        Assert.Equal([Digest("key b"), Digest("key c")], index.ReadersOf(Digest("A")).Select(m => m.Key));
        results.Delete(Digest("key c"));
        Assert.Single(Open().MakersOf(Digest("B")));
        Assert.Single(Open().MakersOf(Digest("B")));
    }

    [Fact]
    public void A_damaged_index_and_a_run_that_would_break_a_line_do_no_harm()
    {
        Write("a", 1, "A", run: $"r\n{Digest("key evil")}\t1\t1\tr\t{Digest("A")}\t\t\t");
        Assert.Single(Open().MakersOf(Digest("A")));
        File.AppendAllText(folder["lineage.tsv"], "not a line\n\t\t\t\t\t\t\t\n");
        var index = Open();
        Assert.Single(index.MakersOf(Digest("A")));
        Assert.Equal(1, index.Count);
    }

    [Fact]
    public async Task Of_several_makers_the_recorded_one_counts_else_that_of_the_same_run_else_the_last_before()
    {
        Write("early", 1, "A", run: "r0");
        Write("same", 2, "A", run: "r1");
        Write("late", 3, "A", run: "r2");
        Write("after", 9, "A", run: "r3");
        Write("recorded", 5, "R", "A", upstream: [Digest("key early")]);
        Write("by run", 5, "S", "A", run: "r1");
        Write("by time", 5, "T", "A", run: "r9");
        foreach (var (made, maker) in new[] { ("R", "early"), ("S", "same"), ("T", "late") })
        {
            var input = (await Up(made)).Steps[0].Inputs[0];
            Assert.Equal(Digest("key " + maker), input.MadeBy);
            Assert.Equal(3, input.AlsoMadeBy.Count);
        }
    }

    [Fact]
    public async Task A_step_that_gives_what_it_was_given_is_not_its_own_maker_and_circles_end()
    {
        Write("first", 1, "A");
        Write("same", 2, "A", "A");
        Write("last", 3, "B", "A");
        Assert.Equal([Digest("key last"), Digest("key same"), Digest("key first")], (await Up("B")).Steps.Select(s => s.Result.Key));
        // Clocks that went back: each says that it was made from the other.
        Write("x", 4, "X", "Y", upstream: [Digest("key y")]);
        Write("y", 4, "Y", "X", upstream: [Digest("key x")]);
        Assert.Equal(2, (await Up("X")).Steps.Count);
    }

    [Fact]
    public async Task Names_and_paths_that_others_wrote_lead_nowhere()
    {
        Write("bad", 1, "A", "B", upstream: ["../../secret"]);
        var recipe = results.Read(Digest("key bad"))! with { Recipe = new JsonObject { ["step"] = 7, ["sources"] = "../../x", ["inputs"] = new JsonObject { ["text"] = 5, ["list"] = new JsonArray(1, "x") } } };
        results.Write(recipe);
        var step = Assert.Single((await Up("A")).Steps);
        Assert.Equal("", step.Uses);
        Assert.Null(step.Sources);
        Assert.All(step.Inputs, i => Assert.NotEqual("", i.Lost));
    }

    public void Dispose() => folder.Dispose();
}
