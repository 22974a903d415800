using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class MatrixTests
{
    private static string File(string clean, string more = "") => $$$"""
        name: sweep
        params: { rates: [1, 2, 3] }
        steps:
          docs: { uses: collect.files, with: { paths: [x] } }
          clean: { uses: clean.text, inputs: { documents: docs }, {{{clean}}} }
        {{{more}}}
        """;

    private static IReadOnlyList<string> Ids(string clean, string more = "", ReadOptions? options = null) => [.. Reading.Good(File(clean, more), options).Steps.Select(s => s.Id).Skip(1)];

    private static Problem Only(string clean, string more = "", ReadOptions? options = null) => Reading.Only(File(clean, more), options);

    [Fact]
    public void Each_combination_becomes_a_step_named_by_its_values_the_last_key_fastest() =>
        Assert.Equal(
            ["clean--normalize-nfc--minimum_words-1", "clean--normalize-nfc--minimum_words-20", "clean--normalize-nfkc--minimum_words-1", "clean--normalize-nfkc--minimum_words-20"],
            Ids("matrix: { with.normalize: [nfc, nfkc], with.minimum_words: [1, 20] }"));

    [Fact]
    public void A_variant_has_its_values_and_all_else_of_the_step()
    {
        var step = Reading.Good(File("with: { strip_markup: false, minimum_words: 9 }, timeout: 1h, matrix: { with.minimum_words: [1, 2] }")).Step("clean--minimum_words-2");
        Assert.Equal("""{"normalize":"nfc","strip_markup":false,"minimum_words":2}""", step.With.ToJsonString());
        Assert.Equal((TimeSpan.FromHours(1), "docs"), (step.Timeout, step.Inputs[0].Step));
    }

    [Fact]
    public void Paths_lead_into_groups_that_the_step_does_not_write()
    {
        const string net = "  net: { uses: train.pretrain, inputs: { tokens: tokens }, with: { model: { heads: 1, width: 8 } }, matrix: { with.optimizer.learning_rate: [3e-4, 0.001] } }\n  split: { uses: partition.split, inputs: { documents: docs } }\n  words: { uses: tokenizer.train-bpe, inputs: { documents: docs }, with: { vocab_size: 300 } }\n  tokens: { uses: tokenizer.encode, inputs: { split: split, tokenizer: words } }";
        var steps = Reading.Good(File("with: {}", net)).Steps.Where(s => s.Id.StartsWith("net", StringComparison.Ordinal)).ToList();
        Assert.Equal(["net--learning_rate-3e-4", "net--learning_rate-0_001"], steps.Select(s => s.Id));
        Assert.Equal(3e-4, (double)steps[0].With["optimizer"]!["learning_rate"]!);
    }

    [Fact]
    public void A_name_is_used_where_the_step_says_so()
    {
        var definition = Reading.Good(File("with: { minimum_words: \"${{ matrix.least }}\" }, matrix: { least: [1, 7] }", "  own: { uses: shell, with: { run: \"echo ${{ matrix.word }}\" }, matrix: { word: [a, b] } }"));
        Assert.Equal(7, (long)definition.Step("clean--least-7").With["minimum_words"]!);
        Assert.Equal("echo b", (string)definition.Step("own--word-b").With["run"]!);
    }

    [Fact]
    public void Values_may_be_a_param() => Assert.Equal(3, Ids("matrix: { with.minimum_words: \"${{ params.rates }}\" }").Count);

    [Fact]
    public void Values_without_a_short_name_are_named_by_their_place() =>
        Assert.Equal(["own--run-1", "own--run-2"], Ids("with: {}", "  own: { uses: shell, matrix: { with.run: [\"echo a long command of many words\", \"echo another long command here\"] } }").Skip(1));

    [Fact]
    public void Keys_that_end_alike_are_named_by_their_whole_path_and_names_that_are_too_long_by_number()
    {
        Assert.Equal(["net--with_label-1--with_metadata_label-2"], Ids("with: {}", "  net: { uses: collect.files, with: { paths: [x] }, matrix: { with.label: [1], with.metadata.label: [2] } }").Skip(1));
        var name = new string('n', 90);
        Assert.Equal([$"{name}--1", $"{name}--2"], Ids("with: {}", $"  {name}: {{ uses: clean.text, inputs: {{ documents: docs }}, matrix: {{ with.minimum_words: [1, 2] }} }}").Skip(1));
    }

    [Fact]
    public void Exclude_takes_away_and_include_adds()
    {
        Assert.Equal(
            ["clean--normalize-nfc--minimum_words-2", "clean--normalize-nfkc--minimum_words-1", "clean--normalize-nfkc--minimum_words-2", "clean--minimum_words-50"],
            Ids("matrix: { with.normalize: [nfc, nfkc], with.minimum_words: [1, 2], exclude: [{ with.normalize: nfc, with.minimum_words: 1.0 }], include: [{ with.minimum_words: 50 }] }"));
    }

    [Fact]
    public void A_random_draw_is_the_same_everywhere_and_another_with_another_seed()
    {
        const string grid = "with.minimum_words: [1, 2, 3, 4, 5, 6, 7, 8], with.normalize: [nfc, nfkc, none]";
        var first = Ids($"matrix: {{ {grid}, random: {{ count: 5, seed: 7 }} }}");
        Assert.Equal(
            ["clean--minimum_words-1--normalize-nfkc", "clean--minimum_words-4--normalize-nfc", "clean--minimum_words-5--normalize-nfkc", "clean--minimum_words-6--normalize-nfc", "clean--minimum_words-8--normalize-nfc"],
            first);
        Assert.NotEqual(first, Ids($"matrix: {{ {grid}, random: {{ count: 5, seed: 8 }} }}"));
        Assert.Equal(24, Ids($"matrix: {{ {grid}, random: {{ count: 24 }} }}").Distinct().Count());
    }

    [Fact]
    public void A_million_combinations_are_refused_unless_some_are_drawn()
    {
        const string axis = "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31]";
        const string grid = $"with.minimum_words: {axis}, a: {axis}, b: {axis}, c: {axis}";
        const string uses = "with: { normalize: nfc }, ";
        var problem = Reading.Read(File($"{uses}matrix: {{ {grid} }}")).Problems[0];
        Assert.Equal((ProblemCodes.BadMatrix, "the matrix of 'clean' has 1,048,576 combinations; at most 1,000 variants are possible"), (problem.Code, problem.Message));
        var drawn = Ids("with: {}", $"  many: {{ uses: collect.files, with: {{ paths: [x] }}, matrix: {{ with.metadata.a: {axis}, with.metadata.b: {axis}, with.metadata.c: {axis}, with.metadata.d: {axis}, random: {{ count: 50, seed: 1 }} }} }}");
        Assert.Equal(51, drawn.Count);
    }

    [Fact]
    public void Thirty_keys_of_a_hundred_values_neither_overflow_nor_take_long()
    {
        var keys = string.Join(", ", Enumerable.Range(0, 30).Select(k => $"k{k}: [{string.Join(", ", Enumerable.Range(0, 100))}]"));
        Assert.Contains("more than a quintillion combinations", Reading.Read(File($"matrix: {{ {keys} }}")).Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_select_the_old_name_goes_on_with_the_outputs_of_the_best()
    {
        var definition = Reading.Good(File("matrix: { with.minimum_words: [1, 2] }, select: { metric: count, goal: max }", "  words: { uses: tokenizer.train-bpe, inputs: { documents: clean }, with: { vocab_size: 300 } }\n  page: { uses: report.html, inputs: { all: [clean] } }"));
        var select = definition.Step("clean");
        Assert.Equal(("select", """{"metric":"count","goal":"max"}"""), (select.Type.Name, select.With.ToJsonString()));
        Assert.Equal(["documents", "metrics"], select.Outputs.Select(o => o.Name));
        Assert.Equal(["clean--minimum_words-1.documents", "clean--minimum_words-1.metrics", "clean--minimum_words-2.documents", "clean--minimum_words-2.metrics"], select.Inputs.Select(i => i.Member));
        Assert.Equal("clean", definition.Step("words").Inputs[0].Step);
        Assert.Equal(["clean.documents", "clean.metrics"], definition.Step("page").Inputs.Select(i => i.Member));
    }

    [Fact]
    public void A_list_takes_all_variants_and_so_does_needs()
    {
        var definition = Reading.Good(File("matrix: { with.minimum_words: [1, 2] }", "  page: { uses: report.html, inputs: { all: [docs, clean.documents] }, needs: clean }"));
        Assert.Equal(["docs", "clean--minimum_words-1", "clean--minimum_words-2"], definition.Step("page").Inputs.Select(i => i.Step).Distinct());
        Assert.Equal(["clean--minimum_words-1", "clean--minimum_words-2"], definition.Step("page").Needs);
    }

    [Fact]
    public void A_variant_can_be_named_and_set()
    {
        const string words = "  words: { uses: tokenizer.train-bpe, inputs: { documents: clean--minimum_words-2 }, with: { vocab_size: 300 } }";
        var options = new ReadOptions { Sets = [("steps.clean--minimum_words-2.with.strip_markup", "false"), ("steps.clean.with.normalize", "none")] };
        var definition = Reading.Good(File("matrix: { with.minimum_words: [1, 2] }", words), options);
        Assert.Equal("clean--minimum_words-2", definition.Step("words").Inputs[0].Step);
        Assert.Equal([true, false], definition.Steps.Where(s => s.Id.StartsWith("clean--", StringComparison.Ordinal)).Select(s => (bool)s.With["strip_markup"]!));
        Assert.All(definition.Steps.Where(s => s.Id.StartsWith("clean--", StringComparison.Ordinal)), s => Assert.Equal("none", (string)s.With["normalize"]!));
        Assert.Equal(ProblemCodes.BadOverride, Only("matrix: { with.minimum_words: [1, 2] }", "", new() { Sets = [("steps.clean--minimum_words-3.with.strip_markup", "false")] }).Code);
    }

    [Theory]
    [InlineData("matrix: { with.minimum_words: 3 }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { with.minimum_words: [] }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: {}", ProblemCodes.BadMatrix)]
    [InlineData("matrix: [1]", ProblemCodes.WrongShape)]
    [InlineData("matrix: { uses.x: [1] }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { with..x: [1] }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { Least: [1] }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { least: [1] }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { with.minimum_words: [1, 1] }", ProblemCodes.GivenTwice)]
    [InlineData("matrix: { with.minimum_words: [1, 1.0] }", ProblemCodes.GivenTwice)]
    [InlineData("matrix: { with.minimum_words: [1], include: [{ with.minimum_words: 1 }] }", ProblemCodes.GivenTwice)]
    [InlineData("matrix: { with.minimum_words: [1], include: [3] }", ProblemCodes.WrongShape)]
    [InlineData("matrix: { with.minimum_words: [1], exclude: [{ with.minimum_words: 2 }] }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { with.minimum_words: [1], exclude: [{ with.minimum_words: 1 }] }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { with.minimum_words: [1, 2], random: { count: 3 } }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { with.minimum_words: [1, 2], random: { count: 0 } }", ProblemCodes.OutOfRange)]
    [InlineData("matrix: { with.minimum_words: [1, 2], random: {} }", ProblemCodes.MissingOption)]
    [InlineData("matrix: { with.minimum_words.x: [1] }, with: { minimum_words: 3 }", ProblemCodes.BadOverride)]
    [InlineData("matrix: { with.least: [1] }", ProblemCodes.UnknownOption)]
    [InlineData("matrix: { with.minimum_words: [many] }", ProblemCodes.WrongType)]
    [InlineData("select: { metric: count, goal: min }", ProblemCodes.BadMatrix)]
    [InlineData("matrix: { with.minimum_words: [1] }, select: { metric: count }", ProblemCodes.MissingOption)]
    [InlineData("matrix: { with.minimum_words: [1] }, select: { metric: count, goal: best }", ProblemCodes.NotAChoice)]
    [InlineData("matrix: { with.minimum_words: [1] }, select: { metrik: count, goal: min }", ProblemCodes.UnknownOption)]
    public void A_wrong_matrix_is_one_problem_at_its_place(string clean, string code)
    {
        var problem = Only(clean);
        Assert.Equal((code, 5), (problem.Code, problem.At.Line));
    }

    [Theory]
    [InlineData("  words: { uses: tokenizer.train-bpe, inputs: { documents: clean }, with: { vocab_size: 300 } }", "stands for 2 variants, and one is wanted here")]
    [InlineData("  page: { uses: report.html, when: clean.count > 3 }", "stands for 2 variants, and one is wanted here")]
    [InlineData("  clean--minimum_words-2: { uses: report.html }", "would be named 'clean--minimum_words-2', as another step is")]
    [InlineData("  own: { uses: shell, with: { run: \"echo ${{ matrix.x }}\" } }", "'matrix.x' has a value only in a step with a matrix")]
    [InlineData("  own: { uses: shell, with: { run: \"echo ${{ matrix.x }} ${{ matrix.y }}\" }, matrix: { y: [1] } }", "the matrix of 'own' gives no 'x'")]
    [InlineData("  own: { uses: shell, with: { run: \"echo ${{ matrix.y }}\" }, matrix: { y: [[1]] } }", "is a list, which cannot stand inside text")]
    [InlineData("  best: { uses: select, inputs: { candidates: [docs.documents] }, with: { goal: last } }", "takes whole steps, not docs.documents")]
    public void What_a_matrix_leads_to_elsewhere_is_said_there(string more, string message)
    {
        var problem = Only("matrix: { with.minimum_words: [1, 2] }", more);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Candidates_pass_on_what_all_of_them_have()
    {
        const string more = "  split: { uses: partition.split, inputs: { documents: docs } }\n  both: { uses: select, inputs: { candidates: [docs, clean] }, with: { goal: last } }\n  of-both: { uses: select, inputs: { candidates: [both, split] }, with: { goal: last } }\n  round: { uses: select, inputs: { candidates: [round2] }, with: { goal: last } }\n  round2: { uses: select, inputs: { candidates: [docs] }, with: { goal: last }, needs: of-both }";
        var definition = Reading.Good(File("with: {}", more));
        Assert.Equal(["documents", "metrics"], definition.Step("both").Outputs.Select(o => o.Name));
        Assert.Equal(["metrics"], definition.Step("of-both").Outputs.Select(o => o.Name));
        Assert.Equal(["documents", "metrics"], definition.Step("round").Outputs.Select(o => o.Name));
        Assert.Contains(ProblemCodes.Cycle, Reading.Codes(File("with: {}", "  a: { uses: select, inputs: { candidates: [b] }, with: { goal: last } }\n  b: { uses: select, inputs: { candidates: [a] }, with: { goal: last } }")));
    }
}
