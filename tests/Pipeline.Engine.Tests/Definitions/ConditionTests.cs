using System.Globalization;
using CsCheck;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class ConditionTests
{
    private static readonly Dictionary<string, double> Metrics = new() { ["loss"] = 3, ["a-b"] = 7, ["a"] = 2, ["b"] = 5, ["test.perplexity"] = 20, ["pretrain--lr-1e-3.loss"] = 1, ["nan"] = double.NaN };

    [Theory]
    [InlineData("loss < 4", true)]
    [InlineData("loss<3", false)]
    [InlineData("a-b == 7", true)]
    [InlineData("a - b == -3", true)]
    [InlineData("2 + 3 * 2 == 8", true)]
    [InlineData("(2 + 3) * 2 == 10", true)]
    [InlineData("test.perplexity / 2 >= 1e1", true)]
    [InlineData("loss != 3", false)]
    [InlineData("pretrain--lr-1e-3.loss == 1", true)]
    [InlineData("loss > 1 and loss > 5 or a == 2", true)]
    [InlineData("loss > 1 and (loss > 5 or a == 3)", false)]
    [InlineData("not loss > 5 && !(a > 3)", true)]
    [InlineData("true || loss > 5", true)]
    [InlineData("'x' == 'x'", true)]
    [InlineData("'x' != 'y'", true)]
    [InlineData("nan == nan or nan < 1 or nan > 1", false)]
    [InlineData("${{ loss }} > 2", true)]
    public void A_condition_holds_or_not(string text, bool holds)
    {
        var condition = Condition.Parse(text);
        condition.Check(_ => typeof(double));
        Assert.Equal(holds, condition.Evaluate(Metrics).Holds);
    }

    [Theory]
    [InlineData("", "column 1: expected a metric's name")]
    [InlineData("loss <", "expected a metric's name")]
    [InlineData("loss < 4 5", "expected the end")]
    [InlineData("(loss < 4", "expected ')'")]
    [InlineData("${{ loss > 4", "expected '}}'")]
    [InlineData("'x == 1", "closing '")]
    [InlineData("'${{ params.x }}' == 'x'", "without ${{ }}")]
    [InlineData("1.2.3 < 4", "expected a number")]
    [InlineData("1e999 < 4", "expected a number")]
    [InlineData("loss", "is a number, not true or false")]
    [InlineData("'text'", "is text, not true or false")]
    [InlineData("loss and true", "'and' takes true or false, not loss, which is a number")]
    [InlineData("not 1", "'not' takes true or false, not a number")]
    [InlineData("true < 1", "'<' takes a number, not true or false")]
    [InlineData("loss == 'high'", "'==' after a number takes a number, not text")]
    [InlineData("'a' + 1 == 2", "'+' takes a number, not text")]
    [InlineData("1 < 2 < 3", "expected the end")]
    public void What_is_no_condition_says_what_was_expected(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Condition.OverNumbers(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Hostile_texts_neither_hang_nor_overflow()
    {
        foreach (var text in new[] { new string('(', 100_000), string.Concat(Enumerable.Repeat("not ", 999)) + "true", string.Concat(Enumerable.Repeat("1+", 1990)) + "1 > 0", new string('!', 3999) })
        {
            try
            {
                Condition.OverNumbers(text).Evaluate(Metrics);
            }
            catch (FormatException e)
            {
                Assert.True(e.Message.Length < 500);
            }
        }
    }

    [Fact]
    public void Any_text_is_a_condition_or_a_format_error() =>
        Gen.String[Gen.Char["loss<>=!&|()'${}+-*/. 0123456789eandornt"], 0, 60].Sample(text =>
        {
            try
            {
                Condition.OverNumbers(text).Evaluate(_ => 1);
            }
            catch (FormatException)
            {
                // Said.
            }
        }, iter: 20_000);

    [Fact]
    public void A_missing_metric_is_named_with_those_that_there_are() =>
        Assert.Equal("there is no metric 'los'; did you mean 'loss'?", Assert.Throws<KeyNotFoundException>(() => Condition.OverNumbers("los < 1").Evaluate(new Dictionary<string, double> { ["loss"] = 1 })).Message);

    [Fact]
    public void Both_sides_of_a_comparison_are_told() => Assert.Equal(" (3 against 4.5)", Condition.OverNumbers("loss > 9 / 2").Evaluate(Metrics).Sides);

    private static readonly ReadOptions Options = new() { Environment = name => name switch { "BRANCH" => "main", "COUNT" => "5", _ => null } };

    private static Problem Only(string when) => Assert.Single(Reading.Read(File(when), Options).Problems);

    private static StepDefinition Step(string when) => Reading.Good(File(when), Options).Step("b");

    private static string File(string when) => $"params: {{ train: false, size: 3, name: tiny, list: [1], none: null }}\nsteps:\n  a: {{ uses: report.html }}\n  b: {{ uses: report.html, when: {when} }}\n  c: {{ uses: report.html, inputs: {{ all: b }} }}";

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"${{ params.train }}\"", false)]
    [InlineData("params.size > 2", true)]
    [InlineData("\"${{ params.size }} == 3 and params.name == 'tiny'\"", true)]
    [InlineData("\"env.BRANCH == 'main' and env.COUNT > 4\"", true)]
    [InlineData("not params.train", true)]
    public void A_condition_over_params_and_variables_is_known_at_once(string when, bool holds)
    {
        var step = Step(when);
        Assert.Empty(step.When!.Names);
        Assert.Equal(holds, step.When.Evaluate(_ => 0).Holds);
    }

    [Fact]
    public void A_step_waits_for_those_whose_metrics_it_asks_about()
    {
        var step = Step("a.test.perplexity < 60 and a.loss < params.size");
        Assert.Equal(["a"], step.Needs);
        Assert.Equal(["a.test.perplexity", "a.loss"], step.When!.Names.Select(n => n.Name));
        Assert.Null(Step("null").When);
    }

    [Theory]
    [InlineData("params.sise > 2", ProblemCodes.UnknownParam)]
    [InlineData("params.list == 1", ProblemCodes.BadCondition)]
    [InlineData("params.none == 1", ProblemCodes.BadCondition)]
    [InlineData("env.NOWHERE == 'x'", ProblemCodes.UnsetVariable)]
    [InlineData("params.name", ProblemCodes.BadCondition)]
    [InlineData("params.name > 2", ProblemCodes.BadCondition)]
    [InlineData("aa.loss > 2", ProblemCodes.UnknownStep)]
    [InlineData("loss > 2", ProblemCodes.BadCondition)]
    [InlineData("a. > 2", ProblemCodes.BadCondition)]
    [InlineData("b.loss > 2", ProblemCodes.Cycle)]
    [InlineData("c.loss > 2", ProblemCodes.Cycle)]
    [InlineData("[a.loss > 2]", ProblemCodes.WrongShape)]
    [InlineData("a.loss >", ProblemCodes.BadCondition)]
    [InlineData("''", ProblemCodes.BadCondition)]
    public void A_wrong_condition_is_one_located_problem(string when, string code)
    {
        var problem = Only(when);
        Assert.Equal((code, true), (problem.Code, problem.At.Line is 4 or 5));
    }

    [Fact]
    public void A_number_reads_the_same_in_any_culture() => Assert.Equal(1.5, Condition.OverNumbers("1.5 > 0").Evaluate(Metrics).Left!.Value, CultureInfo.InvariantCulture.NumberFormat.NumberDecimalDigits);
}
