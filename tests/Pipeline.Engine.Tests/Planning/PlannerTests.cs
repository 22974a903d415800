using Pipeline.Engine.Execution;
using Pipeline.Engine.Planning;
using Pipeline.Engine.Storage;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Planning;

public sealed class PlannerTests
{
    private static string Words(Plan plan) => string.Join(" ", plan.Decisions.Select(d => $"{d.Step.Id}:{d.Word}"));

    [Fact]
    public void Before_the_first_run_all_steps_are_to_run_because_they_never_ran()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]).Step("c", "c", ["a", "b"]);
        var plan = bench.Plan();
        Assert.Equal("a:run b:run c:run", Words(plan));
        Assert.All(plan.Decisions, d => Assert.Equal("never ran", d.Reason));
        Assert.StartsWith("bench  3 steps: 0 reused, 3 to run\n", PlanPrinter.Print(plan), StringComparison.Ordinal);
        Assert.Equal([true, false, false], plan.Decisions.Select(d => d.Key is not null));
        Assert.False(Directory.Exists(bench.Folder["state"]), "planning wrote something");
    }

    [Fact]
    public async Task A_step_below_one_that_runs_is_to_run_where_no_stored_result_can_be_its_own()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"]).Step("c", "c", ["b"]);
        await bench.RunAsync();
        // Its own option changed too: whatever a gives, there is no result.
        bench.Step("a", "other").Step("b", "changed", ["a"]);
        Assert.Equal(["""with.text: "a" -> "other" """.Trim(), """with.text: "b" -> "changed" """.Trim(), "waits for b; reused if its texts come out the same"], bench.Plan().Decisions.Select(d => d.Reason));
        Assert.Equal("a:run b:run c:maybe", Words(bench.Plan()));
        // An input more is another recipe, as is another version.
        Assert.Equal("inputs.texts: changed (a, b)", bench.Step("b", "b", ["a"]).Step("c", "c", ["a", "b"]).Plan().Decisions[2].Reason);
        bench.Write.VersionNow = 2;
        Assert.Equal("a:run b:run c:run", Words(bench.Step("c", "c", ["b"]).Plan()));
        Assert.Equal("step version 1 -> 2", bench.Plan().Decisions[2].Reason);
    }

    [Fact]
    public async Task A_step_with_a_known_input_that_changed_is_to_run_whatever_the_others_give()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b").Step("c", "c", ["a", "b"]);
        await bench.RunAsync();
        await bench.Step("b", "new").RunAsync();
        await bench.Step("b", "newer").Step("c", "c", ["a"]).RunAsync();
        // b's newer text was never given to c; a's is the one it had.
        bench.Step("a", "other").Step("c", "c", ["a", "b"]);
        Assert.Equal("a:run b:reuse c:run", Words(bench.Plan()));
        // The text before it was.
        Assert.Equal("a:run b:reuse c:maybe", Words(bench.Step("b", "new").Plan()));
        Assert.Equal("waits for a; reused if its texts come out the same", bench.Plan().Decisions[2].Reason);
    }

    [Fact]
    public async Task A_result_of_an_earlier_run_or_under_another_name_can_spare_a_step_that_waits()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "one", ["a"]);
        await bench.RunAsync();
        await bench.Step("b", "two", ["a"]).RunAsync();
        // Upper case of what is in upper case already: early cutoff.
        bench.Step("a", "a", milliseconds: 1).Step("b", "one", ["a"]).Step("named", "two", ["a"]);
        var plan = bench.Plan();
        Assert.Equal("a:run b:maybe named:maybe", Words(plan));
        Assert.Equal("waits for a; reused if its texts come out as in an earlier run", plan.Decisions[2].Reason);
        var summary = await bench.RunAsync();
        Assert.Equal([StepState.Ran, StepState.Reused, StepState.Reused], summary.Outcomes.Select(o => o.State));
        // Without its files a result spares nothing.
        bench.Step("a", "a", milliseconds: 2);
        bench.State.Store.Delete(summary.Outcomes[2].Result!.Outputs["text"].Files[0].Sha256);
        Assert.Equal("a:run b:maybe named:run", Words(bench.Plan()));
        Assert.Equal("result lost from store", bench.Plan().Decisions[2].Reason);
    }

    [Fact]
    public async Task Files_that_a_waiting_step_reads_are_not_looked_for_before_it_is_ready()
    {
        using var bench = new Bench().Step("a", "a").Step("b", "b", ["a"], paths: ["made/*.txt"]);
        Assert.Equal("a:run b:run", Words(bench.Plan()));
        bench.Folder.Write("made/x.txt", "x");
        await bench.RunAsync();
        Directory.Delete(bench.Folder["made"], recursive: true);
        Assert.Equal("a:run b:maybe", Words(bench.Step("a", "other").Plan()));
    }

    [Fact]
    public void With_a_shared_store_it_is_not_known_what_others_have_made()
    {
        using var shared = new TemporaryFolder();
        using var bench = new Bench { Remote = new FolderStore("file:shared", shared.Path) }.Step("a", "a").Step("b", "b", ["a"]);
        var plan = bench.Plan();
        Assert.Equal("a:run b:maybe", Words(plan));
        Assert.Equal("never ran; waits for a; reused if the store has it all the same", plan.Decisions[1].Reason);
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
        Assert.Equal("a:run b:run", Words(bench.Plan("a", "b")));
        Assert.Equal("forced", bench.Plan("a", "b").Decisions[1].Reason);
    }

    [Fact]
    public async Task The_printed_plan_reads_well()
    {
        using var bench = new Bench().Step("corpus", "a").Step("clean", "b", ["corpus"]).Step("train", "c", ["clean"]);
        await bench.RunAsync();
        bench.Step("clean", "new", ["corpus"]);
        var text = System.Text.RegularExpressions.Regex.Replace(PlanPrinter.Print(bench.Plan()), @"~[0-9.]+ m?s", "~TIME");
        Golden.Matches("plan.txt", text);
    }
}
