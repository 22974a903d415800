using System.Diagnostics;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class RoundsTests
{
    private const string Head = """
        name: rounds
        params: { rounds: 3, least: 5 }
        steps:
          docs: { uses: collect.files, with: { paths: [x] } }

        """;

    /// <summary>A block: clean takes from the round before, split and words from the same round.</summary>
    private static string Block(string settings = "rounds: 3", string feed = "text: { first: docs, then: split.train }", string clean = "inputs: { documents: feed.text }", string more = "", string after = "") => Head + $$"""
          refine:
            repeat:
              {{settings}}
              feed: { {{feed}} }
              steps:
                clean: { uses: clean.text, {{clean}} }
                split: { uses: partition.split, inputs: { documents: clean } }
                words: { uses: tokenizer.train-bpe, inputs: { documents: split.test } }
        {{more}}
        {{after}}
        """;

    private static string Alone(string repeat, string more = "") => Head + $"  clean: {{ uses: clean.text, inputs: {{ documents: feed.text }}, repeat: {{ {repeat} }} }}\n{more}";

    private static Problem Only(string text) => Reading.Only(text);

    [Fact]
    public void Each_round_is_steps_of_its_own_and_the_last_goes_on_under_the_old_name() =>
        Assert.Equal(
            ["docs", "clean--round-1", "split--round-1", "words--round-1", "clean--round-2", "split--round-2", "words--round-2", "clean", "split", "words"],
            Reading.Good(Block("rounds: 2")).Steps.Select(s => s.Id));

    [Fact]
    public void A_round_takes_from_the_one_before_and_the_first_from_outside()
    {
        var definition = Reading.Good(Block());
        Assert.Equal([("docs", "documents"), ("split--round-1", "train"), ("split--round-2", "train")], Enumerable.Range(1, 3).Select(r => definition.Step($"clean--round-{r}").Inputs[0]).Select(i => (i.Step, i.Output)));
        Assert.Equal(["split--round-1", "split--round-2", "split--round-3"], Enumerable.Range(1, 3).Select(r => definition.Step($"words--round-{r}").Inputs[0].Step));
    }

    [Fact]
    public void What_comes_after_takes_the_last_round_and_a_block_that_is_needed_is_all_of_its_steps()
    {
        var definition = Reading.Good(Block(after: "  tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: words }, needs: [refine, docs] }"));
        Assert.Equal(["clean", "split", "words", "docs"], definition.Step("tokens").Needs);
        Assert.Equal("words", definition.Step("tokens").Inputs[^1].Step);
        Assert.Equal(["split--round-1", "split--round-2", "split--round-3"], definition.Step("split").Inputs.Select(i => i.Step).Distinct());
        Assert.Equal("last", (string)definition.Step("split").With["goal"]!);
    }

    [Fact]
    public void A_step_is_repeated_alone()
    {
        var definition = Reading.Good(Alone("rounds: \"${{ params.rounds }}\", feed: { text: { first: docs, then: clean.documents } }"));
        Assert.Equal(["docs", "clean--round-1", "clean--round-2", "clean"], definition.Step("clean").Inputs.Select(i => i.Step).Distinct().Prepend("docs").Take(3).Append("clean"));
        Assert.Equal("clean--round-2", definition.Step("clean--round-3").Inputs[0].Step);
        Assert.Equal(("clean", 3), (definition.Step("clean--round-3").Round!.Block, definition.Step("clean--round-3").Round!.Number));
    }

    [Fact]
    public void Until_is_asked_of_the_round_before_by_every_step_of_the_next()
    {
        var definition = Reading.Good(Block("rounds: 3\n      until: split.count - clean.count < params.least and words.size > 1"));
        Assert.Null(definition.Step("clean--round-1").Round!.Until);
        Assert.Equal("split--round-1.count - clean--round-1.count < params.least and words--round-1.size > 1", definition.Step("words--round-2").Round!.Until!.Text);
        Assert.Equal(["split--round-2", "clean--round-2", "words--round-2"], definition.Step("words--round-3").Needs);
    }

    [Fact]
    public void The_number_of_the_round_is_a_number_alone_and_text_within_text()
    {
        var definition = Reading.Good(Block(clean: "with: { minimum_words: \"${{ round }}\" }, when: \"${{ round }} < 9 and docs.count > clean.count\", inputs: { documents: feed.text }", more: "        own: { uses: shell, with: { run: \"echo ${{round}} of 3\" } }")
            .Replace("docs.count > clean.count", "docs.count > 1", StringComparison.Ordinal));
        Assert.Equal(2, (long)definition.Step("clean--round-2").With["minimum_words"]!);
        Assert.Equal("2 < 9 and docs.count > 1", definition.Step("clean--round-2").When!.Text);
        Assert.Equal("echo 3 of 3", (string)definition.Step("own--round-3").With["run"]!);
    }

    [Fact]
    public void A_matrix_inside_a_round_chooses_for_its_round()
    {
        var definition = Reading.Good(Block("rounds: 2", clean: "inputs: { documents: feed.text }, matrix: { with.minimum_words: [1, 2] }, select: { metric: count, goal: max }"));
        Assert.Equal(["clean--round-2--minimum_words-1", "clean--round-2--minimum_words-2"], definition.Step("clean--round-2").Inputs.Select(i => i.Step).Distinct());
        Assert.Equal("clean--round-2", definition.Step("split--round-2").Inputs[0].Step);
    }

    [Fact]
    public void One_step_of_one_round_can_be_set() =>
        Assert.Equal(9, (long)Reading.Good(Block(), new ReadOptions { Sets = [("steps.clean--round-2.with.minimum_words", "9")] }).Step("clean--round-2").With["minimum_words"]!);

    [Theory]
    [InlineData("0", "'rounds' is a number from 1 to 100, not 0")]
    [InlineData("101", "'rounds' is a number from 1 to 100, not 101")]
    [InlineData("99999999999999999999", "'rounds' is a number from 1 to 100, not 99999999999999999999")]
    [InlineData("1.5", "'rounds' is a number from 1 to 100, not 1.5")]
    [InlineData("many", "'rounds' is a number from 1 to 100, not text 'many'")]
    [InlineData("[3]", "'rounds' is a number from 1 to 100, not a list")]
    public void A_number_of_rounds_that_cannot_be_is_refused(string rounds, string message)
    {
        var problem = Only(Block($"rounds: {rounds}"));
        Assert.Equal((ProblemCodes.BadRepeat, message), (problem.Code, problem.Message));
    }

    [Fact]
    public void A_hundred_rounds_are_read_soon()
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(1 + 303, Reading.Good(Block("rounds: 100\n      until: words.size > 3")).Steps.Count);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("text: { first: split, then: split.train }", "'first' cannot be 'split'", "round 1 has no round before it, so 'first' names a step outside of the rounds")]
    [InlineData("text: { first: docs, then: docs }", "'then' cannot be 'docs'", "'then' names a step of the round: clean, split, words")]
    [InlineData("text: { then: split.train }", "the feed 'text' has no 'first'", "round 1 has no round before it, so 'first' names a step outside of the rounds")]
    [InlineData("text: { first: docs }", "the feed 'text' has no 'then'", "'then' names a step of the round: clean, split, words")]
    [InlineData("text: { first: docs, then: split.train }, more: { first: docs, then: clean }", "no step of the round takes feed.more", "write it where it belongs: inputs: { INPUT: feed.more }")]
    [InlineData("texts: { first: docs, then: split.train }", "nothing is fed as 'feed.text'", "did you mean 'texts'?")]
    public void A_feed_that_cannot_be_is_refused_once(string feed, string message, string remedy)
    {
        var problem = Reading.Read(Block(feed: feed)).Problems[^1];
        Assert.Equal((ProblemCodes.BadRepeat, message), (problem.Code, problem.Message));
        Assert.StartsWith(remedy, problem.Remedy, StringComparison.Ordinal);
        Assert.InRange(Reading.Read(Block(feed: feed)).Problems.Count, 1, 2);
    }

    [Theory]
    [InlineData("until: docs.count > 3", ProblemCodes.BadRepeat, "'until' asks about no step of the round, so every round would answer alike")]
    [InlineData("until: split.count >", ProblemCodes.BadCondition, "'split.count >', column 14: expected a metric's name, a number or '('")]
    [InlineData("until: split.count", ProblemCodes.BadCondition, "'split--round-1.count' is a number, not true or false: compare it with < <= > >= == or !=")]
    [InlineData("until: split.count > params.lest", ProblemCodes.UnknownParam, "the pipeline has no param 'lest'")]
    [InlineData("until: [a]", ProblemCodes.WrongShape, "'until' is a condition, not a list")]
    [InlineData("untill: split.count > 1", ProblemCodes.UnknownKey, "unknown key 'untill' of repeat")]
    public void An_until_that_cannot_be_is_refused_once(string until, string code, string message)
    {
        var problem = Only(Block($"rounds: 3\n      {until}"));
        Assert.Equal((code, message), (problem.Code, problem.Message));
    }

    [Theory]
    [InlineData("        taken: { uses: report.html }", "'taken' would be two steps")]
    [InlineData("        refine: { uses: report.html }", "'refine' would be two steps")]
    [InlineData("        inner: { repeat: { rounds: 2, steps: { x: { uses: report.html } } } }", "rounds cannot stand inside rounds")]
    [InlineData("        m: { uses: clean.text, inputs: { documents: docs }, matrix: { with.minimum_words: [1, 2] } }", "a matrix inside rounds needs 'select'")]
    public void Steps_that_cannot_be_in_a_round_are_refused(string step, string message)
    {
        var problem = Only(Block(more: step, after: "  taken: { uses: report.html }"));
        Assert.Equal((ProblemCodes.BadRepeat, message), (problem.Code, problem.Message));
    }

    [Fact]
    public void Rounds_that_would_all_do_the_same_are_refused()
    {
        var problem = Only(Head + "  again: { uses: clean.text, inputs: { documents: docs }, repeat: { rounds: 3 } }");
        Assert.Equal((ProblemCodes.BadRepeat, "every round of 'again' would do the same"), (problem.Code, problem.Message));
    }

    [Fact]
    public void A_block_is_no_step_to_take_from()
    {
        var problem = Reading.Read(Block(after: "  page: { uses: report.html, inputs: { all: [refine, docs] } }")).Problems[0];
        Assert.Equal("'refine' is a block of rounds, and a step is wanted here", problem.Message);
        Assert.Single(Reading.Codes(Block(after: "  page: { uses: report.html, inputs: { all: [refine, docs] } }")));
    }

    [Fact]
    public void What_round_1_takes_from_must_not_wait_for_the_rounds()
    {
        var problems = Reading.Read(Block(feed: "text: { first: again, then: split.train }", after: "  again: { uses: clean.text, inputs: { documents: clean } }")).Problems;
        Assert.Contains(problems, p => p.Code == ProblemCodes.Cycle);
    }

    [Fact]
    public void A_mistake_in_a_step_of_rounds_is_said_once()
    {
        Assert.Equal(["there is no step 'splitt'"], Reading.Read(Block(more: "        own: { uses: report.html, inputs: { all: splitt } }")).Problems.Select(p => p.Message));
        Assert.Single(Reading.Codes(Block("rounds: 100", clean: "inputs: { documents: feed.text }, with: { minimum_word: 3 }")));
        Assert.Single(Reading.Codes(Block("rounds: 100", more: "        a: { uses: report.html, needs: b }\n        b: { uses: report.html, needs: a }")));
    }

    [Theory]
    [InlineData("repeat: 3")]
    [InlineData("repeat: { }")]
    [InlineData("repeat:")]
    [InlineData("repeat: { rounds: 3, steps: }")]
    [InlineData("repeat: { rounds: 3, steps: [a] }")]
    [InlineData("repeat: { rounds: 3, steps: { a: b } }")]
    [InlineData("repeat: { rounds: 3, steps: { a: { uses: shell, with: { run: \"${{ round }}\" } } }, feed: [a] }")]
    [InlineData("repeat: { rounds: 3, steps: { a: { uses: shell, with: { run: \"${{ round }}\" } } }, feed: { x: a } }")]
    [InlineData("repeat: { rounds: 3, steps: { a: { uses: shell, with: { run: \"${{ round }}\" }, round: 3 } } }")]
    [InlineData("needs: docs, repeat: { rounds: 3, steps: { a: { uses: shell, with: { run: \"${{ round }}\" } } } }")]
    [InlineData("uses: clean.text, matrix: { with.minimum_words: [1, 2] }, repeat: { rounds: 3 }")]
    [InlineData("uses: clean.text, repeat: { rounds: 3, steps: { a: { uses: shell } } }")]
    public void A_repeat_of_the_wrong_shape_is_refused(string body) => Assert.NotEmpty(Reading.Codes(Head + $"  x: {{ {body} }}\n"));

    [Fact]
    public void The_round_is_known_in_rounds_only() => Assert.Equal("'round' has a value only in a step of rounds", Only(Head + "  own: { uses: shell, with: { run: \"${{ round }}\" } }\n").Message);

    [Fact]
    public void Names_too_long_for_a_round_are_refused() => Assert.Equal(ProblemCodes.BadName, Only(Block(more: $"        {new string('a', 95)}: {{ uses: report.html }}")).Code);
}
