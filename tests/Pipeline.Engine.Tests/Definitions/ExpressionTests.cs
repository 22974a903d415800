using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class ExpressionTests
{
    private static readonly ReadOptions Home = new() { Environment = name => name switch { "HOME" => "/home/me", "EMPTY" => "", "N" => "7", _ => null } };

    private static string File(string parameters, string with) => $"params: {parameters}\nsteps:\n  a:\n    uses: collect.files\n    with: {with}\n  b: {{ uses: partition.split, inputs: {{ documents: a }}, with: {{ seed: \"${{{{ params.seed }}}}\" }} }}\n";

    private static string Label(string parameters, string label, ReadOptions? options = null) =>
        (string)Reading.Good(File($"{{ seed: 1, {parameters} }}", $"{{ paths: [x], label: {label} }}"), options ?? Home).Steps[0].With["label"]!;

    [Fact]
    public void A_whole_value_keeps_its_type() =>
        Assert.Equal(42, (long)Reading.Good(File("{ seed: 42 }", "{ paths: [x] }")).Steps[1].With["seed"]!);

    [Theory]
    [InlineData("tag: v1", "\"a-${{ params.tag }}-${{params.tag}}\"", "a-v1-v1")]
    [InlineData("tag: 1.50", "\"a ${{ params.tag }}\"", "a 1.50")]
    [InlineData("tag: \"${{ env.HOME }}/x\"", "\"${{ params.tag }}/y\"", "/home/me/x/y")]
    [InlineData("", "\"${{ env.EMPTY }}\"", "")]
    [InlineData("", "\"${{ '${{' }} stays\"", "${{ stays")]
    [InlineData("", "\"$ {{ params.x }}\"", "$ {{ params.x }}")]
    public void Inside_a_longer_text_it_is_text(string parameters, string label, string expected) => Assert.Equal(expected, Label(parameters, label));

    [Fact]
    public void A_list_may_be_a_param() =>
        Assert.Equal("""["a","/home/me/b"]""", Reading.Good(File("{ seed: 1, docs: [a, \"${{ env.HOME }}/b\"] }", "{ paths: \"${{ params.docs }}\" }"), Home).Steps[0].With["paths"]!.ToJsonString());

    [Fact]
    public void Variables_become_what_the_option_takes() =>
        Assert.Equal(7, (long)Reading.Good(File("{ seed: \"${{ env.N }}\" }", "{ paths: [x] }"), Home).Steps[1].With["seed"]!);

    [Theory]
    [InlineData("\"${{ params.lable }}\"", ProblemCodes.UnknownParam, 33)]
    [InlineData("\"x ${{ env.NOPE }}\"", ProblemCodes.UnsetVariable, 35)]
    [InlineData("\"x ${{ params }}\"", ProblemCodes.BadExpression, 35)]
    [InlineData("\"x ${{ params.label + 1 }}\"", ProblemCodes.BadExpression, 35)]
    [InlineData("\"x ${{ steps.a.b }}\"", ProblemCodes.BadExpression, 35)]
    [InlineData("\"x ${{ params.label\"", ProblemCodes.BadExpression, 35)]
    [InlineData("\"x ${{}}\"", ProblemCodes.BadExpression, 35)]
    [InlineData("\"x ${{ params.list }}\"", ProblemCodes.MisplacedExpression, 35)]
    [InlineData("\"${{ params.list }}\"", ProblemCodes.WrongType, 32)]
    public void A_wrong_expression_is_refused_where_it_stands(string label, string code, int column)
    {
        var problem = Reading.Only(File("{ seed: 1, label: a, list: [a, b] }", "{ paths: [x], label: " + label + " }"), Home);
        Assert.Equal((code, 5, column), (problem.Code, problem.At.Line, problem.At.Column));
    }

    [Fact]
    public void In_a_block_of_text_the_line_of_the_expression_is_given()
    {
        var problem = Reading.Only("steps:\n  a:\n    uses: shell\n    with:\n      run: |\n        echo a\n        echo ${{ params.b }}\n");
        Assert.Equal((7, 14), (problem.At.Line, problem.At.Column));
    }

    [Fact]
    public void Params_that_refer_to_each_other_in_a_circle_are_refused()
    {
        var problems = Reading.Read(File("{ seed: 1, a: \"${{ params.b }}\", b: \"${{ params.a }}\" }", "{ paths: [x] }")).Problems;
        Assert.Equal("params refer to each other in a circle: a -> b -> a", Assert.Single(problems).Message);
    }

    [Fact]
    public void A_param_without_a_value_asks_for_one()
    {
        var text = File("\n  seed: 1\n  text:", "{ paths: [\"${{ params.text }}\"] }");
        Assert.Equal(ProblemCodes.MissingParam, Reading.Only(text).Code);
        Assert.Equal("""["a.txt"]""", Reading.Good(text, new() { Params = new Dictionary<string, string> { ["text"] = "a.txt" } }).Steps[0].With["paths"]!.ToJsonString());
    }

    [Theory]
    [InlineData("What: this? [no] {list}", "What: this? [no] {list}")]
    [InlineData("\"[quoted]\"", "[quoted]")]
    [InlineData("*not-an-alias", "*not-an-alias")]
    [InlineData("${{ env.HOME }}", "/home/me")]
    public void What_follows_param_on_the_command_line_is_text(string given, string expected) =>
        Assert.Equal(expected, Label("tag: x", "\"${{ params.tag }}\"", Home with { Params = new Dictionary<string, string> { ["tag"] = given } }));

    [Fact]
    public void A_param_may_be_set_to_a_list_on_the_command_line() =>
        Assert.Equal("""["p","q"]""", Reading.Good(File("{ seed: 1, docs: [a] }", "{ paths: \"${{ params.docs }}\" }"), new() { Params = new Dictionary<string, string> { ["docs"] = "[p, q]" } }).Steps[0].With["paths"]!.ToJsonString());

    [Theory]
    [InlineData("{ a: [[1]] }")]
    [InlineData("[a]")]
    public void Params_are_plain_values_and_lists_of_them(string parameters) =>
        Assert.Contains(ProblemCodes.WrongShape, Reading.Codes($"params: {parameters}\nsteps: {{ a: {{ uses: shell, with: {{ run: x }} }} }}"));

    [Fact]
    public void Uses_and_needs_take_no_expressions() =>
        Assert.Equal(
            [ProblemCodes.MisplacedExpression, ProblemCodes.MisplacedExpression],
            Reading.Codes("steps:\n  a: { uses: \"${{ params.x }}\", needs: [\"${{ params.x }}\"] }"));
}
