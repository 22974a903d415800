namespace Pipeline.Cli.Tests;

/// <summary>Secrets and variables through the real program: what reaches a command, and what stays behind of it.</summary>
public sealed class SecretRunTests : IDisposable
{
    private const string Value = "hf_0123456789";

    private static readonly Dictionary<string, string?> Environment = new() { ["HF_TOKEN"] = Value };

    private readonly Project project = new("""
        name: p
        secrets: { hub: { env: HF_TOKEN } }
        env: { COLOUR: blue }
        steps:
          own:
            uses: shell
            with: { run: 'echo "the token is $TOKEN and $COLOUR"; test "$TOKEN" = "$AGAIN" || exit 9; printf %s "$TOKEN" | wc -c > "$OUT/length"; echo "$COLOUR" > "$OUT/colour"', env: { TOKEN: "${{ secrets.hub }}" } }
            env: { AGAIN: "${{ secrets.hub }}" }
        """);

    private Task<Ended> Run(params string[] more) => project.Pipeline(Environment, ["run", "p.yaml", "--json", .. more]);

    private void NothingHoldsTheValue() => Assert.All(Directory.EnumerateFiles(project.Path, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(Value, File.ReadAllText(file), StringComparison.Ordinal));

    [Fact]
    public async Task A_command_gets_the_value_and_nothing_that_is_kept_or_shown_has_it()
    {
        var ended = (await Run()).Expect(ExitCode.Success);
        Assert.Contains("the token is *** and blue", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, ended.Output + ended.Error, StringComparison.Ordinal);
        NothingHoldsTheValue();
        // Another value is the same recipe; a value that is not there is asked for only when the step has to run.
        Assert.Equal("own:reused", (await project.Pipeline(new Dictionary<string, string?> { ["HF_TOKEN"] = "another" }, "run", "p.yaml", "--json")).Expect(ExitCode.Success).Decisions);
        Assert.Equal("own:reused", (await project.Pipeline(new Dictionary<string, string?> { ["HF_TOKEN"] = null }, "run", "p.yaml", "--json")).Expect(ExitCode.Success).Decisions);
        Assert.Equal("own:ran", (await Run("--set", "env.COLOUR=red")).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task A_failure_does_not_tell_it_either()
    {
        var ended = (await Run("--set", "steps.own.with.run='touch \"$OUT/$TOKEN\"'")).Expect(ExitCode.StepFailed);
        Assert.Contains("a file whose name holds a secret: ***", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, ended.Output + ended.Error, StringComparison.Ordinal);
        NothingHoldsTheValue();
    }

    [Fact]
    public async Task A_secret_that_is_not_set_fails_its_step_with_the_name_of_the_variable()
    {
        var ended = (await project.Pipeline(new Dictionary<string, string?> { ["HF_TOKEN"] = null }, "run", "p.yaml", "--json")).Expect(ExitCode.StepFailed);
        Assert.Contains("the environment variable HF_TOKEN is not set", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_gets_the_variables_of_the_pipeline()
    {
        using var training = TinyTraining.Project("steps: 2, batch: { sequences: 8 }, validation: { every: 0 }, threads: 1");
        training.Write("p.yaml", training.Read("p.yaml").Replace("steps:\n", "secrets: { hub: { env: HF_TOKEN } }\nenv: { COLOUR: blue }\nsteps:\n", StringComparison.Ordinal));
        var run = (await training.Pipeline(Environment, "run", "p.yaml", "--json")).Expect(ExitCode.Success);
        Assert.Contains("\"COLOUR\": \"blue\"", (await training.Pipeline("explain", "p.yaml", "pretrain")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("COLOUR", (await training.Pipeline("explain", "p.yaml", run.Steps.Keys.First())).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    public void Dispose() => project.Dispose();
}
