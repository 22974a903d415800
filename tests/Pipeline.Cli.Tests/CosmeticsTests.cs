namespace Pipeline.Cli.Tests;

/// <summary>What a person changes for the eye runs nothing again; what changes the result does, also where it stands in another file.</summary>
public sealed class CosmeticsTests
{
    private const string Written = """
        name: p
        steps:
          text: { uses: files.merge, with: { add: { "a.txt": "one" } } }
          count: { uses: shell, inputs: { t: text }, with: { run: 'wc -c < "$IN_T" > "$OUT/n"' } }
        """;

    [Theory]
    [InlineData("""
        # Another hand wrote this.
        name: "p"

        steps:
          count:
            with:
              run: >-
                wc -c < "$IN_T"
                > "$OUT/n"
            inputs: {t: text.files}
            uses: 'shell'
          text:
            with:
              add:
                'a.txt': one   # as before
            uses: files.merge
        """)]
    [InlineData("""
        name: p
        params: { content: one }
        steps:
          text: { uses: files.merge, with: { take: ["**"], add: { a.txt: "${{ params.content }}" } } }
          count: { uses: shell, inputs: { t: text }, resources: { cpus: 1 }, timeout: 1h, retry: { attempts: 2 }, with: { run: "wc -c < \"$IN_T\" > \"$OUT/n\"" } }
        """)]
    public async Task The_same_pipeline_in_another_layout_runs_nothing_again(string anew)
    {
        using var project = new Project(Written);
        (await project.Run()).Expect(ExitCode.Success);
        project.Write("p.yaml", anew);
        var again = (await project.Run()).Expect(ExitCode.Success);
        Assert.All(again.Steps.Values, s => Assert.Equal("reused", (string?)s["decision"]));
    }

    [Fact]
    public async Task Logs_are_those_of_the_pipeline_that_is_asked_about()
    {
        using var project = new Project("name: p\nsteps: { one: { uses: shell, with: { run: 'echo first' } } }");
        project.Write("q.yaml", "name: q\nsteps: { one: { uses: shell, with: { run: 'echo second' } } }");
        (await project.Run()).Expect(ExitCode.Success);
        Assert.Contains("'one' has logged nothing", (await project.Pipeline("logs", "q.yaml", "one")).Expect(ExitCode.WrongInput).Error, StringComparison.Ordinal);
        (await project.Pipeline("run", "q.yaml")).Expect(ExitCode.Success);
        Assert.Equal("first\n", (await project.Pipeline("logs", "p.yaml", "one")).Expect(ExitCode.Success).Output);
        Assert.Equal("second\n", (await project.Pipeline("logs", "q.yaml", "one")).Expect(ExitCode.Success).Output);
    }

    [Fact]
    public async Task A_changed_script_runs_the_command_again_that_names_it()
    {
        using var project = new Project("""
            name: p
            steps:
              tool: { uses: shell, with: { run: 'sh "$HERE/tools/count.sh" > "$OUT/n"' }, env: { HERE: "FOLDER", TOOLS: "${{ hashFiles('tools/**') }}" } }
            """);
        project.Write("p.yaml", project.Read("p.yaml").Replace("FOLDER", project.Path, StringComparison.Ordinal));
        project.Write("tools/count.sh", "echo 1\n");
        (await project.Run()).Expect(ExitCode.Success);
        Assert.Equal("tool:reused", (await project.Run()).Expect(ExitCode.Success).Decisions);
        project.Write("tools/count.sh", "echo 2\n");
        Assert.Equal("tool:ran", (await project.Run()).Expect(ExitCode.Success).Decisions);
    }
}
