using Pipeline.TestKit;

namespace Pipeline.Cli.Tests;

/// <summary>Help and messages are part of the product: a change of them is a change that a reviewer sees.</summary>
public sealed class WordingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("run")]
    [InlineData("plan")]
    [InlineData("artifacts")]
    [InlineData("artifacts cat")]
    [InlineData("metrics")]
    [InlineData("metrics diff")]
    [InlineData("gc")]
    [InlineData("lineage")]
    [InlineData("watch")]
    [InlineData("init")]
    [InlineData("schema")]
    [InlineData("steps")]
    public async Task Help_reads_as_it_did(string verb)
    {
        using var project = new Project();
        var ended = (await project.Pipeline([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Expect(ExitCode.Success);
        // The default is the number of this machine's CPUs.
        Golden.Matches($"cli/help{(verb.Length == 0 ? "" : "-" + verb.Replace(' ', '-'))}.txt", ended.Output.Replace($"[default: {Environment.ProcessorCount}]", "[default: CPUS]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mistakes_on_the_command_line_read_as_they_did()
    {
        using var project = new Project("name: p\nsteps:\n  a: { uses: shell, with: { run: 'true' } }\n");
        var said = "";
        foreach (var line in new[] { "", "fly", "run", "run absent", "run p.yaml --jobs none", "run p.yaml --jobs 0", "run p.yaml --quick", "run p.yaml --force b", "run p.yaml --param seed", "run p.yaml --param seed=1 --param seed=2", "run p.yaml --set steps.b.with.x=1", "run p.yaml --profile fast", "artifacts cat p.yaml a", "artifacts cat p.yaml b", "logs p.yaml a", "worker absent.json", "gc --older-than -1" })
        {
            var ended = await project.Pipeline(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            said += $"$ pipeline {line}\n{ended.Error.Replace(project.Path, "FOLDER", StringComparison.Ordinal).TrimEnd()}\n[{ended.ExitCode}]\n\n";
        }

        Golden.Matches("cli/mistakes.txt", said);
    }
}
