using System.Text.RegularExpressions;
using Pipeline.TestKit;

namespace Pipeline.Cli.Tests;

/// <summary>What the program says when something goes wrong after the file was found right: exit codes 1, 3 and 4, whole.</summary>
public sealed partial class FailureTests
{
    private const string Head = "name: p\nsteps:\n";

    private static readonly (string Name, string Steps, string[][] Commands)[] Cases =
    [
        ("a command that fails", "  bad: { uses: shell, with: { run: 'echo first; echo the cause >&2; exit 3' } }\n  after: { uses: shell, inputs: { x: bad }, with: { run: 'true' } }\n", [["run", "p.yaml"], ["logs", "p.yaml", "bad"]]),
        ("a command that takes too long", "  slow: { uses: shell, timeout: 300ms, with: { run: 'sleep 30' } }\n", [["run", "p.yaml"]]),
        ("a step that is tried again", "  bad: { uses: shell, retry: { attempts: 2, delay: 10ms }, with: { run: 'exit 7' } }\n", [["run", "p.yaml"]]),
        ("no document is left", "  texts: { uses: collect.files, with: { paths: [a.txt] } }\n  clean: { uses: clean.text, inputs: { documents: texts }, with: { minimum_words: 1000 } }\n  tokenizer: { uses: tokenizer.train-bpe, inputs: { documents: clean }, with: { vocab_size: 300 } }\n", [["run", "p.yaml"]]),
        ("a metric that is not there", "  texts: { uses: collect.files, with: { paths: [a.txt] } }\n  gate: { uses: gate, inputs: { metrics: texts }, with: { require: [\"documnts >= 1\"] } }\n", [["run", "p.yaml"]]),
        ("a gate that does not hold", "  texts: { uses: collect.files, with: { paths: [a.txt] } }\n  gate: { uses: gate, inputs: { metrics: texts }, with: { require: [\"documents >= 2\", \"documents < 2\"] } }\n  ship: { uses: shell, needs: [gate], with: { run: 'true' } }\n", [["run", "p.yaml"]]),
        ("a secret that is not there", "  use: { uses: shell, env: { TOKEN: \"${{ secrets.hub }}\" }, with: { run: 'true' } }\nsecrets: { hub: { env: A_VARIABLE_THAT_IS_NOT_SET } }\n", [["run", "p.yaml"]]),
        ("stale", "  texts: { uses: collect.files, with: { paths: [a.txt] } }\n", [["plan", "p.yaml", "--check"], ["verify", "p.yaml"]]),
        ("not what the lock says", "  texts: { uses: collect.files, with: { paths: [a.txt] } }\n  clean: { uses: clean.text, inputs: { documents: texts } }\n", [["run", "p.yaml"], ["run", "p.yaml", "--locked", "--set", "steps.clean.with.minimum_words=1"], ["plan", "p.yaml", "--locked", "--set", "steps.clean.with.minimum_words=1"]]),
        ("bytes that differ", "  random: { uses: shell, with: { run: 'head -c 16 /dev/urandom | od -An -tx1 > $OUT/x' } }\n", [["run", "p.yaml"], ["verify", "p.yaml"]]),
    ];

    [Fact]
    public async Task A_failed_run_reads_as_it_did()
    {
        var said = "";
        foreach (var (name, steps, commands) in Cases)
        {
            using var project = new Project(Head + steps);
            project.Write("a.txt", "A small document of some eight words here.");
            foreach (var command in commands)
            {
                var ended = await project.Pipeline(command);
                said += $"# {name}\n$ pipeline {string.Join(' ', command)}\n{Stable(ended.Output + ended.Error, project.Path).TrimEnd()}\n[{ended.ExitCode}]\n\n";
                Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
            }
        }

        foreach (var code in new[] { ExitCode.StepFailed, ExitCode.Stale, ExitCode.GateFailed }) Assert.Contains($"[{code}]", said, StringComparison.Ordinal);
        Golden.Matches("cli/failures.txt", said);
    }

    private static string Stable(string text, string folder)
    {
        text = Run().Replace(Time().Replace(text.Replace(folder, "FOLDER", StringComparison.Ordinal), "TIME"), "RUN");
        text = Digest().Replace(text, "DIGEST");
        // Some shells say that they were ended, some do not.
        text = text.Replace("    | Terminated\n", "", StringComparison.Ordinal);
        text = Difference().Replace(text, "from byte N: WHAT");
        return Spaces().Replace(text, "  TIME");
    }

    [GeneratedRegex(@"\b\d+(\.\d+)? (ms|s)\b|\b\d+:\d\d min\b")]
    private static partial Regex Time();

    [GeneratedRegex(@" {2,}TIME")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\b\d{8}-\d{6}-[0-9a-f]+\b")]
    private static partial Regex Run();

    [GeneratedRegex(@"\b[0-9a-f]{12,64}\b")]
    private static partial Regex Digest();

    [GeneratedRegex(@"from byte \d+: .*")]
    private static partial Regex Difference();
}
