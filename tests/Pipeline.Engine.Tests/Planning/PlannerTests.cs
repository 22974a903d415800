using Pipeline.Engine.Planning;

namespace Pipeline.Engine.Tests.Planning;

public sealed class PlannerTests
{
    private static string Words(Plan plan) => string.Join(" ", plan.Decisions.Select(d => $"{d.Step.Id}:{d.Word}"));

    [Fact]
    public async Task Before_the_first_run_the_first_step_never_ran_and_the_others_wait()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]);
        var plan = bench.Plan();
        Assert.Equal("a:run b:maybe", Words(plan));
        Assert.Equal("never ran", plan.Decisions[0].Reason);
        Assert.False(Directory.Exists(bench.Folder["state"]), "planning wrote something");
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_changed_param_reruns_its_step_and_holds_back_what_depends_on_it()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]).Step("c", "c", ["b"]).Step("d", "d", ["a"]);
        await bench.RunAsync();
        bench.Step("b", "changed", ["a"]);
        var plan = bench.Plan();
        Assert.Equal("a:reuse b:run c:maybe d:reuse", Words(plan));
        Assert.Equal("""with.text: "b" -> "changed" """.Trim(), plan.Decisions[1].Reason);
        Assert.StartsWith("waits for b", plan.Decisions[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_param_that_only_affects_speed_reruns_nothing()
    {
        using var bench = new Bench().Step("a", "a");
        await bench.RunAsync();
        bench.Step("a", "a", threads: 8);
        Assert.Equal("a:reuse", Words(bench.Plan()));
    }

    [Fact]
    public async Task Going_back_to_an_earlier_value_reuses_its_result()
    {
        using var bench = new Bench().Step("a", "one");
        await bench.RunAsync();
        await bench.Step("a", "two").RunAsync();
        bench.Step("a", "one");
        Assert.Equal("same recipe as an earlier run", bench.Plan().Decisions[0].Reason);
    }

    [Fact]
    public async Task A_lost_blob_is_the_reason_given()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]);
        var summary = await bench.RunAsync();
        bench.State.Store.Delete(summary.Outcomes[0].Result!.Outputs["text"].Files[0].Sha256);
        Assert.Equal("result lost from store", bench.Plan().Decisions[0].Reason);
        await bench.RunAsync();
        Assert.Equal("a:reuse b:reuse", Words(bench.Plan()));
    }

    [Fact]
    public async Task A_changed_source_file_reruns_the_step_that_reads_it()
    {
        using var bench = new Bench();
        bench.Folder.Write("data/x.txt", "x");
        bench.Step("a", "a", paths: ["data/*.txt"]);
        var first = await bench.RunAsync();
        Assert.Equal("a+x", bench.TextOf(first, "a"));
        Assert.Equal("a:reuse", Words(bench.Plan()));
        bench.Folder.Write("data/y.txt", "y");
        Assert.Equal("sources: changed", bench.Plan().Decisions[0].Reason);
        Assert.Equal("a+x+y", bench.TextOf(await bench.RunAsync(), "a"));
    }

    [Fact]
    public async Task A_forced_step_runs_though_it_is_stored()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]);
        await bench.RunAsync();
        Assert.Equal("a:run b:maybe", Words(bench.Plan("a")));
    }

    [Fact]
    public async Task The_printed_plan_reads_well()
    {
        using var bench = new Bench().Step("corpus", "a").Step("clean", "b", ["corpus"]).Step("train", "c", ["clean"]);
        await bench.RunAsync();
        bench.Step("clean", "new", ["corpus"]);
        var text = System.Text.RegularExpressions.Regex.Replace(PlanPrinter.Print(bench.Plan()), @"~[0-9.]+ m?s", "~TIME");
        TestKit.Golden.Matches("plan.txt", text);
    }
}
