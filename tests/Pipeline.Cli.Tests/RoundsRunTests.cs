namespace Pipeline.Cli.Tests;

/// <summary>Rounds through the real program.</summary>
public sealed class RoundsRunTests : IDisposable
{
    private readonly Project project = new("""
        name: p
        params: { rounds: 4, enough: 99 }
        steps:
          start: { uses: shell, with: { run: 'printf x > "$OUT/text"' } }
          refine:
            repeat:
              rounds: "${{ params.rounds }}"
              until: "judge.length >= params.enough"
              feed: { text: { first: start, then: grow } }
              steps:
                grow: { uses: shell, inputs: { text: feed.text }, with: { run: 'printf "%sy" "$(cat "$IN_TEXT")" > "$OUT/text"' } }
                judge: { uses: shell, inputs: { text: grow }, with: { run: 'printf ''{"length": %d}'' "$(wc -c < "$IN_TEXT")" > "$PIPELINE_METRICS"; echo seen >> "$HOME/judged"' }, env: { HOME: HERE } }
          after: { uses: shell, inputs: { text: grow }, with: { run: 'cp "$IN_TEXT" "$OUT/text"' } }
        """);

    public RoundsRunTests() => project.Write("p.yaml", project.Read("p.yaml").Replace("HERE", project.Path, StringComparison.Ordinal));

    private async Task<string> Result()
    {
        (await project.Pipeline("artifacts", "export", "p.yaml", "after", "out")).Expect(ExitCode.Success);
        return project.Read("out/text");
    }

    private int Judged => File.ReadAllLines(project["judged"]).Length;

    [Fact]
    public async Task Each_round_goes_on_from_the_one_before_and_the_last_goes_on()
    {
        var first = (await project.Run("--param", "rounds=2")).Expect(ExitCode.Success);
        Assert.Equal("start:ran grow--round-1:ran judge--round-1:ran grow--round-2:ran judge--round-2:ran grow:ran judge:ran after:ran", first.Decisions);
        Assert.Equal("xyy", await Result());
        Assert.Equal(first.Digest("grow--round-2", "out"), first.Digest("grow", "out"));
        (await project.Pipeline("plan", "p.yaml", "--check", "--param", "rounds=2")).Expect(ExitCode.Success);
        Assert.Contains("2 of refine", (await project.Pipeline("explain", "p.yaml", "grow--round-2", "--param", "rounds=2")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_rounds_reuse_those_that_there_are_and_fewer_are_all_reused()
    {
        (await project.Run("--param", "rounds=2")).Expect(ExitCode.Success);
        var more = (await project.Run("--param", "rounds=3")).Expect(ExitCode.Success);
        Assert.Equal(["reused", "reused", "ran", "ran"], new[] { "grow--round-1", "judge--round-2", "grow--round-3", "judge--round-3" }.Select(more.Decision));
        Assert.Equal(("xyyy", 3), (await Result(), Judged));
        Assert.Equal("start:reused grow--round-1:reused judge--round-1:reused grow--round-2:reused judge--round-2:reused grow:reused judge:reused after:reused", (await project.Run("--param", "rounds=2")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task The_rounds_end_where_the_condition_holds_and_say_so()
    {
        var first = (await project.Run("--param", "enough=3")).Expect(ExitCode.Success);
        Assert.Equal("start:ran grow--round-1:ran judge--round-1:ran grow--round-2:ran judge--round-2:ran grow--round-3:skipped judge--round-3:skipped grow--round-4:skipped judge--round-4:skipped grow:ran judge:ran after:ran", first.Decisions);
        Assert.All(new[] { "grow--round-3", "judge--round-3", "grow--round-4", "judge--round-4" }, id => Assert.Equal("round 2 of refine was the last: judge--round-2.length >= params.enough holds (3 against 3)", first.Reason(id)));
        Assert.Equal("xyy", await Result());
        var plan = (await project.Plan("--param", "enough=3", "--check")).Expect(ExitCode.Success);
        Assert.Equal(("reuse", "skip", "skip", "reuse"), (plan.Decision("grow--round-2"), plan.Decision("grow--round-3"), plan.Decision("judge--round-4"), plan.Decision("after")));
        Assert.StartsWith("round 2 of refine was the last", plan.Reason("judge--round-4"), StringComparison.Ordinal);
        (await project.Run("--param", "enough=3", "--locked")).Expect(ExitCode.Success);
        Assert.Contains("grow--round-3", (await project.Run("--locked", "--param", "enough=4")).Expect(ExitCode.Stale).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_round_that_fails_is_gone_on_from()
    {
        project.Write("p.yaml", project.Read("p.yaml").Replace("run: 'printf \"%sy\"", "run: 'test ! -e \"$STOP\" || test \"$(cat \"$IN_TEXT\")\" != xyy || exit 3; printf \"%sy\"", StringComparison.Ordinal).Replace("> \"$OUT/text\"' } }\n        judge", "> \"$OUT/text\"' }, env: { STOP: \"" + project["stop"] + "\" } }\n        judge", StringComparison.Ordinal));
        project.Write("stop", "");
        var failed = (await project.Run()).Expect(ExitCode.StepFailed);
        Assert.Equal(("ran", "failed", "skipped", "skipped"), (failed.Decision("judge--round-2"), failed.Decision("grow--round-3"), failed.Decision("grow--round-4"), failed.Decision("grow")));
        File.Delete(project["stop"]);
        var again = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal(("reused", "ran", "xyyyy"), (again.Decision("judge--round-2"), again.Decision("grow--round-3"), await Result()));
    }

    public void Dispose() => project.Dispose();
}
