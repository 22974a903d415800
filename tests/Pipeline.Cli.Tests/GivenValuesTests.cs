namespace Pipeline.Cli.Tests;

/// <summary>Verbs that look at results show those of the values that they are given, and not what happened to run last.</summary>
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

        Assert.Equal("two", await Exported());
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
}
