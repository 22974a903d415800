using Pipeline.Engine.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Definitions;

public class OptionTests
{
    private static string Train(string with) => $$"""
        steps:
          tokens: { uses: shell, with: { run: make } }
          net: { uses: train.pretrain, inputs: { tokens: tokens }, with: {{with}} }
        """;

    private static string Collect(string with) => $"steps:\n  a:\n    uses: collect.files\n    with: {with}\n";

    private static string With(string text, ReadOptions? options = null) => Reading.Good(text, options).Steps[^1].With.ToJsonString();

    [Fact]
    public void Options_left_out_get_their_defaults_in_the_order_of_the_record() =>
        Assert.Equal("""{"normalize":"nfc","strip_markup":true,"minimum_words":4}""", With("""
            steps:
              a: { uses: collect.files, with: { paths: [x] } }
              b: { uses: clean.text, inputs: { documents: a } }
            """));

    [Fact]
    public void A_value_written_and_the_same_value_left_out_are_the_same()
    {
        const string steps = "steps:\n  a: { uses: collect.files, with: { paths: [x] } }\n  b: { uses: partition.split, inputs: { documents: a }";
        Assert.Equal(With(steps + " }"), With(steps + ", with: { seed: 1234, test: 1e-1, validation: .1, train: 0.80 } }"));
        Assert.Equal("""{"train":0.8,"validation":0.1,"test":0.1,"seed":1234}""", With(steps + " }"));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("+7", 7)]
    [InlineData("0x10", 16)]
    [InlineData("0o10", 8)]
    [InlineData("1e3", 1000)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void Integers_may_be_written_as_YAML_allows(string written, long value) =>
        Assert.Equal(value, (long)Reading.Good($$"""
            steps:
              a: { uses: collect.files, with: { paths: [x] } }
              b: { uses: partition.split, inputs: { documents: a }, with: { seed: {{written}} } }
            """).Steps[1].With["seed"]!);

    [Theory]
    [InlineData("1_000")]
    [InlineData("1.5")]
    [InlineData("'7'")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("[7]")]
    [InlineData("{ a: 7 }")]
    [InlineData("9223372036854775808")]
    [InlineData("0x")]
    [InlineData("1e400")]
    [InlineData("٣")]
    public void What_is_no_integer_is_refused_at_the_value(string written)
    {
        var problem = Reading.Only($$"""
            steps:
              a: { uses: collect.files, with: { paths: [x] } }
              b:
                uses: partition.split
                inputs: { documents: a }
                with: { seed: {{written}} }
            """);
        Assert.Equal((ProblemCodes.WrongType, 6, 19), (problem.Code, problem.At.Line, problem.At.Column));
    }

    [Theory]
    [InlineData(".inf")]
    [InlineData(".nan")]
    [InlineData("NaN")]
    [InlineData("1,5")]
    [InlineData("0.8 ")]
    [InlineData("\"0.8\"")]
    public void What_is_no_finite_number_is_refused(string written)
    {
        var codes = Reading.Codes($"steps:\n  a: {{ uses: collect.files, with: {{ paths: [x] }} }}\n  b:\n    uses: partition.split\n    inputs: {{ documents: a }}\n    with:\n      train: {written}\n");
        Assert.Equal(written == "0.8 " ? [] : [ProblemCodes.WrongType], codes);
    }

    [Fact]
    public void A_number_too_large_for_its_option_is_refused_where_it_stands()
    {
        var problem = Reading.Only(Train("{ model: { heads: 1, width: 64 }, steps: 3000000000 }").Replace("uses: shell", "uses: tokenizer.encode", StringComparison.Ordinal)
            .Replace(", with: { run: make }", ", inputs: { split: s, tokenizer: t }", StringComparison.Ordinal)
            .Replace("steps:\n", "steps:\n  c: { uses: collect.files, with: { paths: [x] } }\n  s: { uses: partition.split, inputs: { documents: c } }\n  t: { uses: tokenizer.train-bpe, inputs: { documents: c } }\n", StringComparison.Ordinal));
        Assert.Equal(ProblemCodes.OptionsDisagree, problem.Code);
        Assert.Contains("'steps' of train.pretrain", problem.Message, StringComparison.Ordinal);
        Assert.Equal(6, problem.At.Line);
    }

    [Theory]
    [InlineData("yes", "write true")]
    [InlineData("True", "write true")]
    [InlineData("off", "write false")]
    public void Booleans_are_true_and_false_only(string written, string remedy) =>
        Assert.Equal(remedy, Reading.Only($"steps:\n  a: {{ uses: collect.files, with: {{ paths: [x] }} }}\n  b: {{ uses: clean.text, inputs: {{ documents: a }}, with: {{ strip_markup: {written} }} }}").Remedy);

    [Fact]
    public void Text_is_taken_as_written_even_where_it_looks_like_a_number() =>
        Assert.Equal("""{"paths":["1.50","true"],"label":"2024","metadata":{"a":"0x1"}}""", With(Collect("{ paths: [1.50, true], label: 2024, metadata: { a: 0x1 } }")));

    [Fact]
    public void Null_is_for_options_that_may_be_nothing()
    {
        Assert.Contains("\"label\":null", With(Collect("{ paths: [x], label: null }")), StringComparison.Ordinal);
        Assert.Equal(ProblemCodes.WrongType, Reading.Only(Collect("{ paths: null }")).Code);
        Assert.Equal(ProblemCodes.WrongType, Reading.Only(Collect("{ paths: [x, ~] }")).Code);
    }

    [Fact]
    public void A_list_is_written_as_a_list()
    {
        var problem = Reading.Only(Collect("{ paths: ./data/*.html }"));
        Assert.Equal("write [./data/*.html]", problem.Remedy);
        Assert.Equal((4, 20, 13), (problem.At.Line, problem.At.Column, problem.Length));
    }

    [Fact]
    public void A_range_on_a_list_holds_for_what_is_in_it() =>
        Assert.Contains(ProblemCodes.OutOfRange, Reading.Codes(Train("{ model: { heads: 1, width: 64 }, optimizer: { betas: [0.9, 1.5] } }")));

    [Fact]
    public void An_option_put_at_the_wrong_level_is_shown_the_right_one()
    {
        var problem = Reading.Read(Train("{ model: { heads: 1, width: 64 }, learning_rate: 1e-3 }")).Problems.Single(p => p.Code == ProblemCodes.UnknownOption);
        Assert.Equal("did you mean 'optimizer.learning_rate'?", problem.Remedy);
    }

    [Fact]
    public void A_group_given_in_part_is_completed() =>
        Assert.Contains("\"optimizer\":{\"learning_rate\":0.5,\"betas\":[0.9,0.95]},\"steps\":1000,\"early_stopping\":{\"patience\":3}", With("""
            steps:
              c: { uses: collect.files, with: { paths: [x] } }
              s: { uses: partition.split, inputs: { documents: c } }
              t: { uses: tokenizer.train-bpe, inputs: { documents: c } }
              e: { uses: tokenizer.encode, inputs: { split: s, tokenizer: t } }
              n: { uses: train.pretrain, inputs: { tokens: e }, with: { model: { width: 8, heads: 2 }, early_stopping: {}, optimizer: { learning_rate: 0.5 } } }
            """), StringComparison.Ordinal);

    [Fact]
    public void A_missing_option_is_named_with_its_path()
    {
        var problems = Reading.Read(Train("{ model: { heads: 2 } }")).Problems;
        Assert.Contains(problems, p => p.Code == ProblemCodes.MissingOption && p.Message == "train.pretrain needs the option 'model.width'");
    }

    [Fact]
    public void Resources_are_checked_like_options()
    {
        const string start = "steps:\n  a:\n    uses: collect.files\n    with: { paths: [x] }\n    resources: ";
        Assert.Equal(new Resources(3, 8L << 30, 1, 1), Reading.Good(start + "{ cpus: 3, memory: 8GiB, gpus: 1, ranks: 1 }").Steps[0].Resources);
        Assert.Equal(new Resources(1, 1_500_000_000, 0, 1), Reading.Good(start + "{ memory: 1.5 GB }").Steps[0].Resources);
        Assert.Equal(new Resources(1, 0, 0, 1), Reading.Good(start).Steps[0].Resources);
        Assert.Equal([ProblemCodes.OutOfRange, ProblemCodes.UnknownOption], Reading.Codes(start + "{ cpus: 0, gpu: 1 }"));
        Assert.Equal([ProblemCodes.BadResources], Reading.Codes(start + "{ memory: 8G }"));
        Assert.Equal([ProblemCodes.BadResources], Reading.Codes(start + "{ memory: -8GB }"));
        Assert.Equal("ranks are for train.pretrain", Reading.Only(start + "{ ranks: 2 }").Remedy);
    }

    [Fact]
    public void A_file_that_is_not_there_is_found_where_it_is_named_by_who_asks_for_it()
    {
        const string text = "name: p\nsteps:\n  a: { uses: collect.files, with: { paths: [\"nowhere/*.txt\", there.txt,\n    gone.txt] } }\n";
        using var folder = new TemporaryFolder();
        folder.Write("there.txt", "x");
        Assert.Empty(Reading.Codes(text));
        Assert.Equal(
            [(3, 45, "'paths[0]' of collect.files: 'nowhere/*.txt' matches no file that can be read; expected a file, folder or glob, from the folder of the pipeline file"), (4, 5, "'paths[2]' of collect.files: 'gone.txt' matches no file that can be read; expected a file, folder or glob, from the folder of the pipeline file")],
            DefinitionReader.ReadText(text, folder["p.yaml"], SampleSteps.Catalog, new ReadOptions { LooksForFiles = true }).Problems.Select(p => (p.At.Line, p.At.Column, p.Message)));
    }
}
