namespace Pipeline.Cli.Tests;

public sealed class ExplainTests
{
    [Fact]
    public async Task A_stored_result_is_explained_with_the_run_and_the_machine_that_made_it()
    {
        using var project = new Project("name: p\nsteps:\n  a: { uses: shell, with: { run: 'echo 1 > $OUT/x' } }\n");
        Assert.DoesNotContain("made by run", (await project.Pipeline("explain", "p.yaml", "a")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        var run = (await project.Run()).Expect(ExitCode.Success);
        var said = (await project.Pipeline("explain", "p.yaml", "a")).Expect(ExitCode.Success).Output;
        Assert.Contains($"made by run {(string?)run.Last["run"]}", said, StringComparison.Ordinal);
        Assert.Contains("dotnet        .NET 10", said, StringComparison.Ordinal);
        Assert.Contains("engine        0.", said, StringComparison.Ordinal);
    }
}
