using System.Diagnostics;

namespace Pipeline.Cli.Tests;

/// <summary>Gates through the real program, against numbers and against the lock file of other commits.</summary>
public sealed class GateRunTests : IDisposable
{
    private readonly Project project = new("""
        name: p
        params: { least: 2 }
        gates:
          as-good: { require: "files.documents >= lock('main').files.documents", otherwise: OTHERWISE, before: publish }
        steps:
          files: { uses: collect.files, with: { paths: ["*.txt"] } }
          clean: { uses: clean.text, inputs: { documents: files }, with: { minimum_words: 0 }, gates: { require: "clean.documents.out >= params.least", otherwise: OTHERWISE } }
          publish: { uses: shell, inputs: { text: clean.documents }, with: { run: 'cp "$IN_TEXT" "$OUT/text"' } }
          tell: { uses: shell, needs: publish, with: { run: 'echo told > "$OUT/told"' } }
        """);

    private const string Choice = ", before: publish }";

    public GateRunTests()
    {
        project.Write("a.txt", "one two");
        project.Write("b.txt", "three four");
    }

    private void Otherwise(string word, string choice = "") => project.Write("p.yaml", project.Read("p.yaml").Replace("OTHERWISE", word, StringComparison.Ordinal).Replace(Choice, choice + Choice, StringComparison.Ordinal));

    private void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", project.Path, "-c", "user.name=me", "-c", "user.email=me@example.org", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, git.StandardError.ReadToEnd());
    }

    private void Commit()
    {
        if (!Directory.Exists(project[".git"])) Git("init", "-q", "-b", "main");
        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", "x");
    }

    [Fact]
    public async Task A_gate_that_fails_ends_with_4_and_one_that_stops_succeeds_without_what_waits_for_it()
    {
        Otherwise("fail", ", no_baseline: pass");
        var failed = (await project.Run("--param", "least=3")).Expect(ExitCode.GateFailed);
        Assert.Equal("files:ran clean:ran clean--gate:failed publish:skipped tell:skipped as-good:ran", string.Join(' ', failed.Decisions.Split(' ').OrderBy(d => Array.IndexOf(["files", "clean", "clean--gate", "publish", "tell", "as-good"], d.Split(':')[0]))));
        project.Write("p.yaml", project.Read("p.yaml").Replace("otherwise: fail", "otherwise: stop", StringComparison.Ordinal));
        var stopped = (await project.Run("--param", "least=3")).Expect(ExitCode.Success);
        Assert.Equal(("ran", "skipped", "skipped"), (stopped.Decision("clean--gate"), stopped.Decision("publish"), stopped.Decision("tell")));
        Assert.All(new[] { "publish", "tell" }, id => Assert.Equal("clean--gate stopped here: 1 of 1 conditions did not hold: clean.documents.out >= 3  (2 against 3)", stopped.Reason(id)));
        var plan = (await project.Plan("--param", "least=3", "--check")).Expect(ExitCode.Success);
        Assert.Equal(("reuse", "skip", "skip"), (plan.Decision("clean--gate"), plan.Decision("publish"), plan.Decision("tell")));
        (await project.Run("--param", "least=3", "--locked")).Expect(ExitCode.Success);
        Assert.Equal(("ran", "ran", "ran"), (await project.Run("--param", "least=1")).Expect(ExitCode.Success) is var open ? (open.Decision("clean--gate"), open.Decision("publish"), open.Decision("tell")) : default);
    }

    [Fact]
    public async Task A_moved_baseline_decides_the_gate_anew_and_is_named()
    {
        Otherwise("fail", ", no_baseline: fail");
        Commit();
        var none = (await project.Run()).Expect(ExitCode.GateFailed);
        Assert.Contains("there is no lock('main').files.documents", (string)none.Steps["as-good"]["failure"]!["message"]!, StringComparison.Ordinal);
        project.Write("p.yaml", project.Read("p.yaml").Replace("no_baseline: fail", "no_baseline: pass", StringComparison.Ordinal));
        var passed = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("0 conditions hold, 1 without a baseline", (string)passed.Steps["as-good"]["summary"]!);
        Commit();
        var known = (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal(("ran", "1 condition holds"), (known.Decision("as-good"), (string)known.Steps["as-good"]["summary"]!));
        Assert.Equal("reused", (await project.Run()).Expect(ExitCode.Success).Decision("as-good"));
        project.Write("c.txt", "five six");
        (await project.Run()).Expect(ExitCode.Success);
        Commit();
        Assert.Contains("with.baselines.lock('main').files.documents: 2 -> 3", (await project.Plan()).Expect(ExitCode.Success).Reason("as-good"), StringComparison.Ordinal);
        File.Delete(project["c.txt"]);
        var worse = (await project.Run()).Expect(ExitCode.GateFailed);
        Assert.Contains("files.documents >= lock('main').files.documents  (2 against 3)", (string)worse.Steps["as-good"]["failure"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_baseline_that_is_not_there_is_an_error_where_nothing_is_said_of_it()
    {
        Otherwise("fail");
        Commit();
        var refused = (await project.Run()).Expect(ExitCode.WrongInput);
        Assert.Contains("PIPE051 there is no p.lock.json at 'main'", refused.Error, StringComparison.Ordinal);
        Assert.Contains("no_baseline: pass or no_baseline: fail", refused.Error, StringComparison.Ordinal);
        project.Write("p.lock.json", "{ torn");
        Commit();
        Assert.Contains("p.lock.json at 'main' is no lock file", (await project.Run()).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
    }

    public void Dispose() => project.Dispose();
}
