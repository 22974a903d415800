using System.Text.Json.Nodes;

namespace Pipeline.Cli.Tests;

/// <summary>A step that asks a person, and the answer from another process.</summary>
public sealed class ApproveTests : IDisposable
{
    private readonly Project project = new("""
        name: p
        params: { text: one }
        steps:
          make: { uses: shell, with: { run: 'echo "$TEXT" > "$OUT/text"', env: { TEXT: "${{ params.text }}" } } }
          ship: { uses: shell, approve: "Ship ${{ params.text }}?", inputs: { text: make }, with: { run: 'cp "$IN_TEXT" "$OUT/text"' } }
          tell: { uses: shell, needs: ship, with: { run: 'echo told > "$OUT/told"' } }
          other: { uses: shell, with: { run: 'echo other > "$OUT/other"' } }
        """);

    private const string All = "make:ran ship:ran tell:ran other:ran";

    private Task<Ended> Approve(params string[] arguments) => project.Pipeline(["approve", .. arguments]);

    private static string RunOf(ProgramRun run) => (string)run.Events.First(e => (string?)e["event"] == "run.started")["run"]!;

    private static string RunOf(Ended ended) => (string)ended.Last["run"]!;

    [Fact]
    public async Task A_run_waits_for_the_answer_and_goes_on_with_it()
    {
        using var run = project.Start("run", "p.yaml", "--json");
        Assert.True(await run.Says("step.asks"));
        var asks = run.Events.First(e => (string?)e["event"] == "step.asks");
        Assert.Equal(("ship", "Ship one?", true), ((string?)asks["id"], (string?)asks["message"], (bool?)asks["waits"]));
        Assert.Contains($"ship: Ship one?   pipeline approve {RunOf(run)} ship", (await Approve()).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("ship of p: approved by ", (await Approve(RunOf(run), "ship", "--comment", "fine with me")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        var ended = (await run.End()).Expect(ExitCode.Success);
        Assert.Equal(All, ended.Decisions);
        Assert.Equal("fine with me", (string?)ended.Rows.First(e => (string?)e["event"] == "step.approved")["comment"]);
        Assert.Contains("nothing waits", (await Approve()).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_content_is_not_asked_about_twice_and_other_content_is()
    {
        var first = (await project.Run("--no-wait")).Expect(ExitCode.WaitsForApproval);
        Assert.Equal("make:ran ship:skipped tell:skipped other:ran", first.Decisions);
        Assert.Equal(("waits for approval: Ship one?", "ship waits for approval", "waiting"), (first.Reason("ship"), first.Reason("tell"), (string?)first.Last["status"]));
        Assert.False(File.Exists(project["p.lock.json"]));
        Assert.Equal("Ship one?", (string?)(await project.Plan()).Expect(ExitCode.Success).Steps["ship"]["asks"]);
        (await Approve(RunOf(first), "ship")).Expect(ExitCode.Success);
        Assert.Null((await project.Plan()).Expect(ExitCode.Success).Steps["ship"]["asks"]);
        Assert.Equal("make:reused ship:ran tell:ran other:reused", (await project.Run("--no-wait")).Expect(ExitCode.Success).Decisions);
        Assert.Equal("make:reused ship:ran tell:reused other:reused", (await project.Run("--no-wait", "--force", "ship")).Expect(ExitCode.Success).Decisions);
        Assert.Equal("skipped", (await project.Run("--no-wait", "--param", "text=two")).Expect(ExitCode.WaitsForApproval).Decision("ship"));
        Assert.Equal("make:reused ship:reused tell:reused other:reused", (await project.Run("--no-wait")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task What_an_unasked_step_made_of_the_same_inputs_does_not_stand_for_an_approval()
    {
        project.Write("p.yaml", (await File.ReadAllTextAsync(project["p.yaml"], TestContext.Current.CancellationToken)).Replace("approve: \"Ship ${{ params.text }}?\", ", "", StringComparison.Ordinal));
        Assert.Equal(All, (await project.Run()).Expect(ExitCode.Success).Decisions);
        project.Write("p.yaml", (await File.ReadAllTextAsync(project["p.yaml"], TestContext.Current.CancellationToken)).Replace("ship: { uses: shell, ", "ship: { uses: shell, approve: true, ", StringComparison.Ordinal));
        Assert.Equal("make:reused ship:skipped tell:skipped other:reused", (await project.Run("--no-wait")).Expect(ExitCode.WaitsForApproval).Decisions);
    }

    [Fact]
    public async Task A_no_fails_the_step_until_somebody_approves_after_all()
    {
        var first = (await project.Run("--no-wait")).Expect(ExitCode.WaitsForApproval);
        (await Approve(RunOf(first), "ship", "--reject", "--comment", "not on a Friday")).Expect(ExitCode.Success);
        var rejected = (await project.Run()).Expect(ExitCode.GateFailed);
        Assert.Equal("make:reused ship:failed tell:skipped other:reused", rejected.Decisions);
        var message = (string)rejected.Steps["ship"]["failure"]!["message"]!;
        Assert.True(message.StartsWith("rejected by ", StringComparison.Ordinal) && message.EndsWith(": not on a Friday", StringComparison.Ordinal), message);
        Assert.Contains("was rejected by ", (await Approve(RunOf(first), "ship")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Equal("make:reused ship:ran tell:ran other:reused", (await project.Run()).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task A_no_reaches_a_run_that_waits()
    {
        using var run = project.Start("run", "p.yaml", "--json");
        Assert.True(await run.Says("step.asks"));
        (await Approve(RunOf(run), "ship", "--reject")).Expect(ExitCode.Success);
        Assert.Equal("make:ran ship:failed tell:skipped other:ran", (await run.End()).Expect(ExitCode.GateFailed).Decisions);
    }

    [Fact]
    public async Task A_run_that_was_killed_while_it_waited_loses_nothing()
    {
        using var run = project.Start("run", "p.yaml", "--json");
        Assert.True(await run.Says("step.asks"));
        var id = RunOf(run);
        run.Signal(ProgramRun.Kill);
        await run.End();
        (await Approve(id, "ship")).Expect(ExitCode.Success);
        var again = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal(("reused", "ran", "ran"), (again.Decision("make"), again.Decision("ship"), again.Decision("tell")));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_waiting()
    {
        Assert.SkipWhen(Processes.IgnoresInterrupt(), "this process was started with SIGINT ignored, and so are its children");
        using var run = project.Start("run", "p.yaml", "--json");
        Assert.True(await run.Says("step.asks"));
        run.Signal(ProgramRun.Interrupt);
        var ended = (await run.End()).Expect(ExitCode.Cancelled);
        Assert.Equal(("skipped", "cancelled"), (ended.Decision("ship"), ended.Reason("ship")));
    }

    [Fact]
    public async Task A_failure_elsewhere_ends_the_waiting()
    {
        project.Write("p.yaml", project.Read("p.yaml").Replace("echo other > \"$OUT/other\"", "sleep 2; exit 3", StringComparison.Ordinal));
        var ended = (await project.Run()).Expect(ExitCode.StepFailed);
        Assert.Equal(("skipped", "another step failed"), (ended.Decision("ship"), ended.Reason("ship")));
    }

    [Fact]
    public async Task The_screen_says_what_to_type()
    {
        var ended = (await project.Pipeline("run", "p.yaml", "--no-wait", "--state", "elsewhere")).Expect(ExitCode.WaitsForApproval);
        var line = ended.Output.Split('\n').First(l => l.StartsWith("approve  ship: Ship one?", StringComparison.Ordinal));
        var command = line[line.IndexOf("pipeline approve", StringComparison.Ordinal)..line.IndexOf("   (or --reject)", StringComparison.Ordinal)].Split(' ');
        Assert.Equal(["--state", "elsewhere"], command[^2..]);
        (await project.Pipeline(command[1..])).Expect(ExitCode.Success);
        (await project.Pipeline("run", "p.yaml", "--no-wait", "--state", "elsewhere")).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task An_answer_to_what_was_not_asked_is_refused()
    {
        Assert.Contains("No step of a run '../../x' has asked", (await Approve("../../x", "ship")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        var run = RunOf((await project.Run("--no-wait")).Expect(ExitCode.WaitsForApproval));
        Assert.Contains("asked have: ship", (await Approve(run, "../ship")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("Name the step", (await Approve(run)).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.Contains("--comment takes one line", (await Approve(run, "ship", "--comment", "a\nb")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(System.IO.Path.Combine(project.State, "approvals")));
    }

    [Fact]
    public async Task A_file_that_is_no_answer_approves_nothing()
    {
        var first = (await project.Run("--no-wait")).Expect(ExitCode.WaitsForApproval);
        var key = (string)first.Steps["ship"]["key"]!;
        project.Write($".pipeline/approvals/{key}.json", "{ torn");
        (await project.Run("--no-wait")).Expect(ExitCode.WaitsForApproval);
        // Copied from another key.
        (await Approve(RunOf(first), "ship")).Expect(ExitCode.Success);
        var answer = JsonNode.Parse(project.Read($".pipeline/approvals/{key}.json"))!.AsObject();
        answer["key"] = new string('0', 64);
        project.Write($".pipeline/approvals/{key}.json", answer.ToJsonString());
        (await project.Run("--no-wait")).Expect(ExitCode.WaitsForApproval);
    }

    public void Dispose() => project.Dispose();
}
