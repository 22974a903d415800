namespace Pipeline.Cli.Tests;

/// <summary>Verbs that look at results show what the file asks for with the values that they are given, and mark what they show instead.</summary>
public sealed class GivenValuesTests
{
    [Fact]
    public async Task Results_are_those_of_the_values_given_and_missing_where_these_never_ran()
    {
        using var project = new Project("""
            name: p
            params: { word: one }
            profiles: { other: { params: { word: two } } }
            steps:
              a: { uses: shell, with: { run: "echo ${{ params.word }} > $OUT/t" } }
            """);
        (await project.Run()).Expect(ExitCode.Success);
        (await project.Run("--profile", "other")).Expect(ExitCode.Success);

        async Task<string> Exported(params string[] values)
        {
            (await project.Pipeline(["artifacts", "export", "p.yaml", "a.out", "out", .. values])).Expect(ExitCode.Success);
            return project.Read("out/t").Trim();
        }

        // What the file says, though another word ran last.
        Assert.Equal("one", await Exported());
        Assert.Equal("two", await Exported("--profile", "other"));
        Assert.Equal("one", await Exported("--param", "word=one"));
        var absent = (await project.Pipeline("artifacts", "export", "p.yaml", "a.out", "out", "--param", "word=three")).Expect(ExitCode.WrongInput);
        Assert.Equal("'a' has no result with these values; make it: pipeline run p.yaml --param word=three\n", absent.Error);
        Assert.Contains("a.out", (await project.Pipeline("artifacts", "ls", "p.yaml", "--param", "word=one")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        var none = (await project.Pipeline("artifacts", "ls", "p.yaml", "--param", "word=three")).Expect(ExitCode.Success);
        Assert.Equal(("", "No result with these values: a; make them: pipeline run p.yaml --param word=three\n"), (none.Output, none.Error));
        Assert.Contains("current", (await project.Pipeline("status", "p.yaml", "--param", "word=one")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
        Assert.Contains("missing", (await project.Pipeline("status", "p.yaml", "--param", "word=three")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_file_does_not_ask_for_any_more_is_shown_and_marked_by_every_verb()
    {
        const string Yaml = """
            name: p
            steps:
              a: { uses: collect.files, with: { paths: ["*.txt"] } }
              b: { uses: clean.text, inputs: { documents: a } }
            """;
        using var project = new Project(Yaml);
        project.Write("one.txt", "A page.");
        (await project.Run()).Expect(ExitCode.Success);
        project.Write("p.yaml", Yaml.Replace("documents: a }", "documents: a }, with: { casing: lower }", StringComparison.Ordinal));
        const string Told = "Stale: b; shown is what it made last, and the file asks for something else by now: pipeline plan p.yaml\n";

        Assert.Matches("(?m)^  current  a .*\n  stale    b ", (await project.Pipeline("status", "p.yaml")).Expect(ExitCode.Success).Output);
        var metrics = (await project.Pipeline("metrics", "p.yaml")).Expect(ExitCode.Success);
        Assert.Matches("(?ms)^a$.*^b  \\(stale\\)$", metrics.Output);
        Assert.Equal(Told, metrics.Error);
        var list = (await project.Pipeline("artifacts", "ls", "p.yaml")).Expect(ExitCode.Success);
        Assert.Matches("(?ms) a.documents$.* b.documents  \\(stale\\)$", list.Output);
        Assert.Equal(Told, list.Error);
        var rows = (await project.Pipeline("artifacts", "cat", "p.yaml", "b.documents")).Expect(ExitCode.Success);
        Assert.Contains("A page.", rows.Output, StringComparison.Ordinal);
        Assert.Equal(Told, rows.Error);
        Assert.Equal("", (await project.Pipeline("artifacts", "cat", "p.yaml", "a.documents")).Expect(ExitCode.Success).Error);
        // Without its sources nobody knows what is current.
        File.Delete(project["one.txt"]);
        var blind = (await project.Pipeline("metrics", "p.yaml")).Expect(ExitCode.Success);
        Assert.Contains("So it is not known what is current; shown is what each step made last.\n", blind.Error, StringComparison.Ordinal);
        Assert.Matches("(?ms)^a$.*^b$", blind.Output);
    }
}
