using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class FileTests
{
    [Theory]
    [InlineData("", ProblemCodes.WrongShape)]
    [InlineData("# nothing\n", ProblemCodes.WrongShape)]
    [InlineData("---\n", ProblemCodes.WrongShape)]
    [InlineData("- a", ProblemCodes.WrongShape)]
    [InlineData("text", ProblemCodes.WrongShape)]
    [InlineData("name: a", ProblemCodes.MissingKey)]
    [InlineData("name: a\nsteps:\n", ProblemCodes.MissingKey)]
    [InlineData("name: a\nsteps: [a]", ProblemCodes.WrongShape)]
    [InlineData("name: a\nsteps: { a: shell }", ProblemCodes.WrongShape)]
    [InlineData("name: a\nsteps: { a: { uses: [shell] } }", ProblemCodes.WrongShape)]
    [InlineData("name: a\nsteps: { a: {} }", ProblemCodes.MissingKey)]
    [InlineData("name: ../up\nsteps: { a: { uses: shell, with: { run: ls } } }", ProblemCodes.BadName)]
    [InlineData("name: a\nsteps: { A b: { uses: shell, with: { run: ls } } }", ProblemCodes.BadName)]
    [InlineData("name: a\nsteps: { ../a: { uses: shell, with: { run: ls } } }", ProblemCodes.BadName)]
    [InlineData("name: a\nsteps: { a: { uses: shell, with: { run: ls }, inputs: [a] } }", ProblemCodes.WrongShape)]
    [InlineData("name: a\nsteps: { a: { uses: shell, with: { run: ls }, needs: { a: b } } }", ProblemCodes.WrongShape)]
    [InlineData("name: a\nsteps: { a: { uses: shell, with: [ls] } }", ProblemCodes.WrongType)]
    [InlineData("name: a\nname: b\nsteps: { a: { uses: shell, with: { run: ls } } }", ProblemCodes.DuplicateKey)]
    [InlineData("name: a\nsteps: { a: { uses: shell, with: { run: ls } }, a: { uses: shell, with: { run: ls } } }", ProblemCodes.DuplicateKey)]
    [InlineData("name: a\ndefault: {}\nsteps: { a: { uses: shell, with: { run: ls } } }", ProblemCodes.UnknownKey)]
    [InlineData("name: a\nsteps: { a: { uses: shell, with: { run: ls }, priority: {} } }", ProblemCodes.UnknownKey)]
    [InlineData("name: 'a\nsteps: b", ProblemCodes.Syntax)]
    [InlineData("name: a\nsteps:\n\t- b", ProblemCodes.Syntax)]
    [InlineData("name: a\nsteps: { a: { uses: shell, with: { run: ${{ params.x }} } } }", null)]
    public void A_file_of_the_wrong_shape_is_refused(string text, string? code)
    {
        var problems = Reading.Read(text).Problems;
        Assert.NotEmpty(problems);
        if (code is not null) Assert.Equal(code, Assert.Single(problems).Code);
        else Assert.Contains(problems, p => p.Remedy!.Contains("quote", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("name: x\nsteps:\n\tdocs: { uses: collect.files }\n", 3, 1)]
    [InlineData("name: x\nsteps:\n  docs:\n    uses: collect.files\n  \twith: { paths: [x] }\n", 5, 3)]
    public void A_tab_is_shown_where_it_stands(string text, int line, int column)
    {
        var problem = Reading.Only(text);
        Assert.Equal((line, column), (problem.At.Line, problem.At.Column));
        Assert.Contains("indent with spaces", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_name_is_called_as_its_file()
    {
        var definition = Reading.Good("steps: { a: { uses: shell, with: { run: ls } } }");
        Assert.Equal("sample", definition.Name);
        Assert.Equal(Path.GetFullPath("pipelines/sample.yaml"), definition.File);
        Assert.Equal(Path.GetFullPath("pipelines"), definition.Folder);
    }

    [Fact]
    public void Steps_keep_the_order_and_place_of_the_file()
    {
        var steps = Reading.Good("steps:\n  b: { uses: shell, with: { run: ls } }\n  a: { uses: shell, with: { run: ls } }").Steps;
        Assert.Equal([("b", 2, 3), ("a", 3, 3)], steps.Select(s => (s.Id, s.Location.Line, s.Location.Column)));
        Assert.Equal("pipelines/sample.yaml", steps[0].Location.File);
    }

    [Theory]
    [InlineData("vocabsize", "vocab_size")]
    [InlineData("vocab-size", "vocab_size")]
    [InlineData("VocabSize", "vocab_size")]
    [InlineData("vocba_size", "vocab_size")]
    [InlineData("widht", "width")]
    [InlineData("vocab", "vocab_size")]
    [InlineData("wid", null)]
    [InlineData("entirely_else", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string wrong, string? right) =>
        Assert.Equal(right, Nearest.Of(wrong, ["heads", "width", "vocab_size", "vocab_seed"]));
}
