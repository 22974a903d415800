namespace Pipeline.Cli.Tests;

public sealed class InitTests
{
    [Fact]
    public async Task A_new_project_works_at_once()
    {
        using var project = new Project();
        var made = (await project.Pipeline("init", "new")).Expect(ExitCode.Success);
        Assert.Contains("pipeline run first", made.Output, StringComparison.Ordinal);
        Assert.StartsWith("# yaml-language-server: $schema=../schema.json\n", project.Read("new/pipelines/first.yaml"), StringComparison.Ordinal);
        Assert.True(File.Exists(project["new/schema.json"]));
        Assert.Contains(".pipeline/", project.Read("new/.gitignore"), StringComparison.Ordinal);
        using var run = new ProgramRun(project["new"], ["run", "first", "--json"]);
        Assert.Equal("texts:ran clean:ran tokenizer:ran", (await run.End()).Expect(ExitCode.Success).Decisions);
    }

    [Fact]
    public async Task What_is_there_already_stays_and_nothing_is_half_made()
    {
        using var project = new Project();
        project.Write("pipelines/first.yaml", "mine");
        var refused = (await project.Pipeline("init")).Expect(ExitCode.WrongInput);
        Assert.Contains("first.yaml is there already", refused.Error, StringComparison.Ordinal);
        Assert.Equal("mine", project.Read("pipelines/first.yaml"));
        Assert.False(File.Exists(project["schema.json"]));
        Assert.False(Directory.Exists(project["data"]));
        (await project.Pipeline("init", "p.yaml")).Expect(ExitCode.WrongInput);
    }

    [Theory]
    [InlineData("my-steps")]
    [InlineData("../Steps")]
    [InlineData("Steps/Of")]
    [InlineData("1Steps")]
    [InlineData("Steps.")]
    [InlineData("")]
    [InlineData("Steps\nInjected")]
    public async Task A_plugin_has_the_name_of_a_namespace(string name)
    {
        using var project = new Project();
        (await project.Pipeline("init", "--plugin", name)).Expect(ExitCode.WrongInput);
        Assert.Equal(["p.yaml"], Directory.GetFileSystemEntries(project.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_plugin_gets_a_folder_of_its_name()
    {
        using var project = new Project();
        (await project.Pipeline("init", "--plugin", "Acme.Words")).Expect(ExitCode.Success);
        Assert.Equal([".gitignore", "Acme.Words.csproj", "CountWords.cs", "README.md", "check.yaml"], Directory.GetFiles(project["Acme.Words"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("NAME", project.Read("Acme.Words/CountWords.cs"), StringComparison.Ordinal);
        Assert.Contains("acme-words.count-words", project.Read("Acme.Words/check.yaml"), StringComparison.Ordinal);
    }
}
