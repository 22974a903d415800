using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>Metrics of steps as options of other steps.</summary>
public class MetricOptionTests
{
    private static string File(string with, string uses = "clean.text, inputs: { documents: docs }") => $$"""
        params: { least: 5 }
        steps:
          docs: { uses: collect.files, with: { paths: [x] } }
          words: { uses: tokenizer.train-bpe, inputs: { documents: docs } }
          last: { uses: {{uses}}, with: { {{with}} } }
        """;

    [Fact]
    public void A_number_may_be_a_metric_and_the_step_waits_for_it()
    {
        var step = Reading.Good(File("minimum_words: \"${{ steps.words.best.count }}\"")).Step("last");
        Assert.Equal(("""{"$metric":{"name":"words.best.count"}}""", "words.best.count", "words"), (CanonicalJson.Text(step.With["minimum_words"]), Assert.Single(step.MetricNames), Assert.Single(step.Needs)));
    }

    [Theory]
    [InlineData("minimum_words: \"${{ steps.wrods.count }}\"", ProblemCodes.UnknownStep)]
    [InlineData("minimum_words: \"${{ steps.words }}\"", ProblemCodes.BadExpression)]
    [InlineData("minimum_words: \"1${{ steps.words.count }}\"", ProblemCodes.BadExpression)]
    [InlineData("normalize: \"${{ steps.words.count }}\"", ProblemCodes.BadExpression)]
    [InlineData("strip_markup: \"${{ steps.words.count }}\"", ProblemCodes.BadExpression)]
    [InlineData("minimum_words: \"${{ steps.last.count }}\"", ProblemCodes.Cycle)]
    public void It_stands_alone_where_a_number_does(string with, string code) => Assert.Equal(code, Reading.Only(File(with)).Code);

    [Fact]
    public void It_decides_no_paths_and_no_resources()
    {
        Assert.Equal(ProblemCodes.BadExpression, Reading.Only(File("paths: [\"${{ steps.words.count }}\"]", "collect.files")).Code);
        Assert.Equal(ProblemCodes.BadExpression, Reading.Only(File("minimum_words: 1 }, resources: { cpus: \"${{ steps.words.count }}\"")).Code);
    }

    [Fact]
    public void In_rounds_it_is_that_of_the_round_and_a_gate_holds_back_who_takes_it()
    {
        var definition = Reading.Good("""
            steps:
              docs: { uses: collect.files, with: { paths: [x] }, gates: "docs.count > 3" }
              again:
                repeat:
                  rounds: 2
                  feed: { text: { first: docs, then: clean } }
                  steps:
                    words: { uses: tokenizer.train-bpe, inputs: { documents: feed.text } }
                    clean: { uses: clean.text, inputs: { documents: feed.text }, with: { minimum_words: "${{ steps.words.size }}" } }
              own: { uses: train.pretrain, inputs: { tokens: tokens }, with: { model: { heads: 1, width: 8, layers: "${{ steps.docs.count }}" } } }
              split: { uses: partition.split, inputs: { documents: clean } }
              tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: words } }
            """);
        Assert.Equal(["words--round-2.size"], definition.Step("clean--round-2").MetricNames);
        Assert.Equal(["docs--gate", "docs"], definition.Step("own").Needs);
    }
}
