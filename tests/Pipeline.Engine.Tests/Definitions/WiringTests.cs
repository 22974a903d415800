using Pipeline.Engine.Authoring;
using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class WiringTests
{
    private const string Corpus = """
        steps:
          docs: { uses: collect.files, with: { paths: [x] } }
          split: { uses: partition.split, inputs: { documents: docs } }
          words: { uses: tokenizer.train-bpe, inputs: { documents: split.train } }
          tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: words } }
          net: { uses: train.pretrain, inputs: { tokens: tokens }, with: { model: { heads: 1, width: 8 } } }

        """;

    private static IReadOnlyList<InputReference> Inputs(string step) => Reading.Good(Corpus + "  last: " + step).Step("last").Inputs;

    private static Problem Wrong(string step) => Reading.Only(Corpus + "  last: " + step);

    [Fact]
    public void A_step_named_alone_gives_its_one_output_that_fits() =>
        Assert.Equal([new("documents", "", "docs", "documents", typeof(SampleSteps.Documents))], Inputs("{ uses: clean.text, inputs: { documents: docs } }"));

    [Fact]
    public void A_step_of_an_unknown_type_shows_its_other_mistakes_too()
    {
        var problems = Reading.Printed(Corpus + "  last: { uses: clean.txt, inputs: { documents: dokuments }, needs: [nobody], timeout: 3x, resources: { memory: 2GBB, cpus: many }, with: { a: [\"${{ params.nope }}\"] } }");
        foreach (var expected in new[] { "'clean.txt'", "'dokuments'", "'nobody'", "'timeout'", "'2GBB'", "'cpus'", "'nope'" }) Assert.Contains(expected, problems, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_of_splits_takes_the_three_parts_of_a_step() =>
        Assert.Equal(
            [("split", "train", "train"), ("split", "validation", "validation"), ("split", "test", "test"), ("tokenizer", "", "tokenizer")],
            Reading.Good(Corpus).Step("tokens").Inputs.Select(i => (i.Port, i.Member, i.Output)));

    [Fact]
    public void A_list_names_its_entries_as_written() =>
        Assert.Equal(
            [("models", "net", "net.model"), ("models", "net.model", "net.model"), ("tokens", "", "tokens.test")],
            Inputs("{ uses: evaluate.language-model, inputs: { tokens: tokens.test, models: [net, net.model] } }").Select(i => (i.Port, i.Member, $"{i.Step}.{i.Output}")));

    [Fact]
    public void A_list_of_anything_takes_all_of_a_step() =>
        Assert.Equal(
            ["split.train", "split.validation", "split.test", "split.certificate", "split.metrics", "net.model"],
            Inputs("{ uses: report.html, inputs: { all: [split, net.model] } }").Select(i => i.Member));

    [Fact]
    public void Metrics_come_from_every_step() =>
        Assert.Equal([new("metrics", "net", "net", "metrics", typeof(Metrics))], Inputs("{ uses: gate, with: { require: [a] }, inputs: { metrics: net } }"));

    [Fact]
    public void A_shell_step_names_its_own_inputs_and_outputs()
    {
        var definition = Reading.Good(Corpus + "  last: { uses: shell, with: { run: cat, outputs: [out, log] }, inputs: { corpus: docs, b2: split.test } }\n  after: { uses: shell, with: { run: ls }, inputs: { it: last.log } }");
        Assert.Equal([("corpus", "", "documents"), ("b2", "", "test")], definition.Step("last").Inputs.Select(i => (i.Port, i.Member, i.Output)));
        Assert.Equal(["out", "log", "metrics"], definition.Step("last").Outputs.Select(o => o.Name));
    }

    [Fact]
    public void Several_outputs_that_fit_are_listed()
    {
        var problem = Wrong("{ uses: clean.text, inputs: { documents: split } }");
        Assert.Equal((ProblemCodes.AmbiguousOutput, "name one: split.train, split.validation, split.test"), (problem.Code, problem.Remedy));
    }

    [Fact]
    public void A_wrong_kind_names_who_turns_it_and_who_has_it()
    {
        var problem = Wrong("{ uses: train.pretrain, inputs: { tokens: split }, with: { model: { heads: 1, width: 8 } } }");
        Assert.Equal("'tokens' of train.pretrain takes Splits of TokenShards, but split gives Documents, Certificate", problem.Message);
        Assert.Equal("tokenizer.encode turns Documents into Splits of TokenShards; the step 'tokens' has them", problem.Remedy);
    }

    [Fact]
    public void A_step_that_comes_after_is_not_advised()
    {
        var problem = Reading.Only(Corpus.Replace("documents: docs }", "documents: other.report }", StringComparison.Ordinal) + "  other: { uses: report.html }");
        Assert.Contains("the step 'docs' has one", problem.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("split", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void One_part_of_a_split_where_all_are_needed_is_explained() =>
        Assert.Equal("name the whole step: split", Wrong("{ uses: tokenizer.encode, inputs: { split: split.train, tokenizer: words } }").Remedy);

    [Theory]
    [InlineData("{ uses: clean.text, inputs: { documents: doc } }", ProblemCodes.UnknownStep, "did you mean 'docs'?")]
    [InlineData("{ uses: clean.text, inputs: { documents: split.tran } }", ProblemCodes.UnknownOutput, "did you mean 'split.train'? (partition.split gives train, validation, test, certificate, metrics)")]
    [InlineData("{ uses: clean.text, inputs: { documents: docs, document: docs } }", ProblemCodes.UnknownInput, "did you mean 'documents'?")]
    [InlineData("{ uses: clean.text, inputs: { documents: docs, normalize: nfc } }", ProblemCodes.UnknownInput, "'normalize' is an option of clean.text: put it under with")]
    [InlineData("{ uses: gate, with: { require: [a] } }", ProblemCodes.MissingInput, "add inputs.metrics; the steps 'docs', 'split', 'words' have them")]
    [InlineData("{ uses: clean.text, inputs: { documents: [docs] } }", ProblemCodes.WrongShape, "write STEP or STEP.OUTPUT")]
    [InlineData("{ uses: report.html, inputs: { all: [net, net.model] } }", ProblemCodes.GivenTwice, "keep one")]
    [InlineData("{ uses: shell, with: { run: a }, inputs: { my-corpus: docs } }", ProblemCodes.BadName, "it becomes part of a variable's name: a lower-case letter, then letters, digits and '_'")]
    [InlineData("{ uses: shell, with: { run: a, outputs: [../../x] } }", ProblemCodes.BadName, "names are lower-case letters, digits, '_' and '-', at most 100 of them")]
    [InlineData("{ uses: shell, with: { run: a, outputs: [metrics] } }", ProblemCodes.GivenTwice, "every step has 'metrics' already: choose another name")]
    [InlineData("{ uses: shell, with: { run: a }, needs: [nett] }", ProblemCodes.UnknownStep, "did you mean 'net'?")]
    public void A_wrong_link_is_refused_with_its_remedy(string step, string code, string remedy)
    {
        var problem = Wrong(step);
        Assert.Equal((code, remedy), (problem.Code, problem.Remedy));
    }

    [Fact]
    public void Needs_order_steps_without_taking_anything()
    {
        var step = Reading.Good(Corpus + "  last: { uses: shell, with: { run: a }, needs: [net, docs, net] }").Step("last");
        Assert.Equal(["net", "docs"], step.Needs);
        Assert.Empty(step.Inputs);
    }

    [Fact]
    public void A_circle_is_printed_in_the_order_the_data_flows()
    {
        var problem = Reading.Only("""
            steps:
              a: { uses: clean.text, inputs: { documents: c } }
              b: { uses: clean.text, inputs: { documents: a } }
              c: { uses: clean.text, inputs: { documents: b } }
            """);
        Assert.Equal(ProblemCodes.Cycle, problem.Code);
        Assert.Equal("steps wait for each other in a circle: a -> b -> c -> a", problem.Message);
    }

    [Fact]
    public void A_step_that_needs_itself_is_a_circle() =>
        Assert.Equal("steps wait for each other in a circle: a -> a", Reading.Only("steps: { a: { uses: shell, with: { run: x }, needs: a } }").Message);

    [Fact]
    public void A_mistake_in_a_step_does_not_make_mistakes_of_those_below() =>
        Assert.Equal([ProblemCodes.UnknownStepType], Reading.Codes(Corpus.Replace("partition.split", "partition.splitt", StringComparison.Ordinal)));
}
