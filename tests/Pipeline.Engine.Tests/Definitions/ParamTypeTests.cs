using Pipeline.Engine.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Definitions;

public class ParamTypeTests
{
    private static string File(string param) => $"params:\n  x: {param}\n  other: 4\nsteps:\n  own: {{ uses: shell, with: {{ run: \"echo ${{{{ params.other }}}}\" }} }}\n";

    private static ReadOptions Param(string value) => new() { Params = new Dictionary<string, string> { ["x"] = value } };

    private static string Run(string param, ReadOptions? options = null) => (string)Reading.Good(File(param).Replace("echo ${{ params.other", "echo ${{ params.x", StringComparison.Ordinal), options).Step("own").With["run"]!;

    [Theory]
    [InlineData("{ type: integer, default: 100, minimum: 1, maximum: 200, description: Steps. }", null, "echo 100")]
    [InlineData("{ type: integer, default: 100 }", "7", "echo 7")]
    [InlineData("{ type: number, default: 0.5 }", "1e-3", "echo 1e-3")]
    [InlineData("{ type: boolean, default: false }", "true", "echo true")]
    [InlineData("{ type: text }", "123", "echo 123")]
    [InlineData("{ type: text, choices: [small, large], default: small }", "large", "echo large")]
    [InlineData("{ type: integer, default: \"${{ params.other }}\" }", null, "echo 4")]
    public void A_typed_param_takes_what_it_is_declared_as(string param, string? given, string expected) => Assert.Equal(expected, Run(param, given is null ? null : Param(given)));

    [Theory]
    [InlineData("{ type: integer, default: 100, minimum: 1 }", "0", ProblemCodes.OutOfRange)]
    [InlineData("{ type: integer, default: 100 }", "many", ProblemCodes.WrongType)]
    [InlineData("{ type: integer, default: 1.5 }", null, ProblemCodes.WrongType)]
    [InlineData("{ type: boolean, default: yes }", null, ProblemCodes.WrongType)]
    [InlineData("{ type: text, choices: [small, large], default: small }", "tiny", ProblemCodes.NotAChoice)]
    [InlineData("{ type: list, default: [a] }", "b", ProblemCodes.WrongType)]
    [InlineData("{ type: text, default: [a] }", null, ProblemCodes.WrongType)]
    [InlineData("{ type: integer }", null, ProblemCodes.MissingParam)]
    [InlineData("{ default: 3 }", null, ProblemCodes.MissingOption)]
    [InlineData("{ type: date, default: 3 }", null, ProblemCodes.NotAChoice)]
    [InlineData("{ type: integer, defualt: 3, default: 3 }", null, ProblemCodes.UnknownOption)]
    [InlineData("{ type: text, minimum: 3, default: a }", null, ProblemCodes.OptionsDisagree)]
    [InlineData("{ type: integer, choices: [a], default: 1 }", null, ProblemCodes.OptionsDisagree)]
    [InlineData("{ type: integer, minimum: 3, maximum: 2, default: 3 }", null, ProblemCodes.OptionsDisagree)]
    [InlineData("{ type: list, default: [[a]] }", null, ProblemCodes.WrongShape)]
    [InlineData("{ type: text, default: { a: b } }", null, ProblemCodes.WrongShape)]
    public void What_it_is_not_is_refused_where_it_was_given(string param, string? given, string code)
    {
        var problems = Reading.Read(File(param), given is null ? null : Param(given)).Problems;
        Assert.Equal(code, problems[0].Code);
        Assert.Equal(given is null ? 2 : 0, problems[0].At.Line);
    }

    [Fact]
    public void The_environment_sets_a_param_and_the_command_line_wins_over_it()
    {
        Func<string, string?> environment = name => name == "PIPELINE_PARAM_X" ? "8" : null;
        Assert.Equal("echo 8", Run("{ type: integer, default: 1 }", new() { Environment = environment }));
        Assert.Equal("echo 8", Run("1", new() { Environment = environment }));
        Assert.Equal("echo 9", Run("1", Param("9") with { Environment = environment }));
        var wrong = Reading.Read(File("{ type: boolean, default: true }"), new() { Environment = environment }).Problems[0];
        Assert.Equal((ProblemCodes.WrongType, "PIPELINE_PARAM_X=8"), (wrong.Code, wrong.At.File));
        Assert.Equal("PIPELINE_PARAM_VOCAB_SIZE", Params.VariableOf("vocab-size"));
    }

    [Fact]
    public void The_hash_of_files_changes_with_their_content_and_names_alone()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        folder.Write("data/a.txt", "a");
        folder.Write("data/b.txt", "b");
        string Hash(string where) => (string)DefinitionReader.ReadText("steps: { own: { uses: shell, with: { run: \"${{ hashFiles('data/*.txt', 'data/a.*') }}\" } } }", Path.Combine(where, "p.yaml"), SampleSteps.Catalog, new()).Definition!.Step("own").With["run"]!;
        var first = Hash(folder.Path);
        Assert.Equal(64, first.Length);
        other.Write("data/a.txt", "a");
        other.Write("data/b.txt", "b");
        Assert.Equal(first, Hash(other.Path));
        folder.Write("data/b.txt", "c");
        Assert.NotEqual(first, Hash(folder.Path));
    }

    [Theory]
    [InlineData("hashFiles('nowhere/*')", "matches no file")]
    [InlineData("hashFiles()", "is not an expression")]
    [InlineData("hashFiles('a'", "is not an expression")]
    [InlineData("steps.a.metrics.loss", "is known only while the pipeline runs")]
    [InlineData("matrix.size", "has a value only in a step with a matrix")]
    public void An_expression_that_has_no_value_here_says_why(string expression, string message)
    {
        var problem = Reading.Only(File("1").Replace("params.other", expression, StringComparison.Ordinal));
        Assert.Equal(ProblemCodes.BadExpression, problem.Code);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }
}
