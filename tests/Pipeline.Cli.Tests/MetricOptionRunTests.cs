namespace Pipeline.Cli.Tests;

/// <summary>A metric of one step as an option of another, through the real program.</summary>
public sealed class MetricOptionRunTests : IDisposable
{
    private readonly Project project = new("""
        name: p
        steps:
          files: { uses: collect.files, with: { paths: ["*.txt"] } }
          measure: { uses: shell, with: { run: 'printf ''{"least": %s, "share": 0.5}'' "$LEAST" > "$PIPELINE_METRICS"', env: { LEAST: "2" } } }
          clean: { uses: clean.text, inputs: { documents: files }, with: { minimum_words: "${{ steps.measure.least }}" } }
          say: { uses: shell, with: { run: 'echo "$SHARE of it" > "$OUT/said"', env: { SHARE: "${{ steps.measure.share }}" } } }
        """);

    public MetricOptionRunTests()
    {
        project.Write("a.txt", "one two three");
        project.Write("b.txt", "one");
    }

    private Task<Ended> With(string least, string verb = "run", params string[] more) => project.Pipeline([verb, "p.yaml", "--json", "--set", $"steps.measure.with.env.LEAST={least}", .. more]);

    [Fact]
    public async Task The_value_is_part_of_the_recipe_of_who_takes_it()
    {
        Assert.Equal(("run", "never ran"), (await project.Plan()) is var plan ? (plan.Decision("clean"), plan.Reason("clean")) : default);
        Assert.Equal("files:ran measure:ran clean:ran say:ran", (await project.Run()).Expect(ExitCode.Success).Decisions);
        (await project.Pipeline("artifacts", "export", "p.yaml", "say", "out")).Expect(ExitCode.Success);
        Assert.Equal("0.5 of it\n", project.Read("out/said"));
        (await project.Pipeline("plan", "p.yaml", "--check")).Expect(ExitCode.Success);
        (await project.Run("--locked")).Expect(ExitCode.Success);
        Assert.Equal("waits for measure; reused if measure.least comes out the same", (await With("1", "plan")).Reason("clean"));
        // Another value runs the one that takes it; another way to the same value runs nothing below.
        Assert.Equal("files:reused measure:ran clean:ran say:reused", (await With("1")).Expect(ExitCode.Success).Decisions);
        Assert.Equal("files:reused measure:ran clean:reused say:reused", (await With("'1 '")).Expect(ExitCode.Success).Decisions);
        Assert.Contains("with.minimum_words: 1 -> 2", (await project.Pipeline("explain", "p.yaml", "clean")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.5", "its with.minimum_words takes an integer, and measure.least is 1.5")]
    [InlineData("-1", "its with.minimum_words cannot be -1, which measure.least is (integer, at least 0, default 5)")]
    public async Task A_value_that_cannot_be_fails_the_step(string least, string message)
    {
        var failed = (await With(least, "run", "--keep-going")).Expect(ExitCode.StepFailed);
        Assert.Equal("files:ran measure:ran clean:failed say:ran", failed.Decisions);
        Assert.StartsWith(message[..message.IndexOf(',', StringComparison.Ordinal)], (string)failed.Steps["clean"]["failure"]!["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oops", "is no JSON")]
    [InlineData("'\"text\"'", "has no number for 'least'")]
    [InlineData("1e999", "has no number for 'least'")]
    public async Task Metrics_that_are_none_fail_the_command(string least, string message)
    {
        var failed = (await With(least)).Expect(ExitCode.StepFailed);
        Assert.Contains($"what the command wrote to $PIPELINE_METRICS {message}", (string)failed.Steps["measure"]["failure"]!["message"]!, StringComparison.Ordinal);
    }

    public void Dispose() => project.Dispose();
}
