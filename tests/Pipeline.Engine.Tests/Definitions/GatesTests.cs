using Pipeline.Engine.Definitions;
using Pipeline.Engine.Storage;

namespace Pipeline.Engine.Tests.Definitions;

public class GatesTests
{
    private static readonly ReadOptions Locked = new()
    {
        LockAt = (_, reference) => reference switch
        {
            "main" => new(new Dictionary<string, IReadOnlyDictionary<string, double>> { ["clean"] = new Dictionary<string, double> { ["count"] = 51.25 } }),
            "torn" => new(null, "sample.lock.json at 'torn' is no lock file", Damaged: true),
            _ => new(null, $"there is no sample.lock.json at '{reference}'"),
        },
    };

    /// <param name="clean">Of the step that the gate belongs to.</param>
    private static string File(string clean, string gates = "", string after = "") => $$"""
        params: { least: 5, word: nfc }
        {{gates}}
        steps:
          docs: { uses: collect.files, with: { paths: [x] } }
          clean: { uses: clean.text, inputs: { documents: docs }, {{clean}} }
          split: { uses: partition.split, inputs: { documents: clean } }
          count: { uses: shell, needs: clean, with: { run: ls } }
          words: { uses: tokenizer.train-bpe, inputs: { documents: split.train } }
        {{after}}
        """;

    private static PipelineDefinition Good(string clean, string gates = "", string after = "") => Reading.Good(File(clean, gates, after), Locked);

    private static Problem Only(string clean, string gates = "") => Reading.Only(File(clean, gates), Locked);

    [Fact]
    public void A_gate_of_a_step_is_a_step_that_all_wait_for_which_take_from_it()
    {
        var definition = Good("gates: [\"clean.count > params.least\", \"docs.count < 1e6\"], timeout: 1h");
        Assert.Equal(["docs", "clean", "clean--gate", "split", "count", "words"], definition.Steps.Select(s => s.Id));
        var gate = definition.Step("clean--gate");
        Assert.Equal("""{"baselines":{},"missing":[],"no_baseline":null,"otherwise":"fail","require":["clean.count > 5","docs.count < 1e6"]}""", CanonicalJson.Text(gate.With));
        Assert.Equal(["clean", "docs"], gate.Inputs.Select(i => i.Step));
        Assert.Equal([["clean--gate"], ["clean", "clean--gate"], []], new[] { "split", "count", "words" }.Select(id => definition.Step(id).Needs));
    }

    [Fact]
    public void What_the_gate_itself_reads_does_not_wait_for_it()
    {
        var definition = Good("gates: \"words.size > 3\"");
        Assert.Equal([[], ["clean", "clean--gate"], []], new[] { "split", "count", "words" }.Select(id => definition.Step(id).Needs));
    }

    [Fact]
    public void A_gate_of_the_file_holds_back_what_it_names()
    {
        var definition = Good("timeout: 1h", "gates: { enough: { require: \"clean.count > 3\", otherwise: stop, before: [words, count] } }");
        Assert.Equal("stop", (string)definition.Step("enough").With["otherwise"]!);
        Assert.Equal([[], ["clean", "enough"], ["enough"]], new[] { "split", "count", "words" }.Select(id => definition.Step(id).Needs));
    }

    [Fact]
    public void A_profile_changes_a_gate() =>
        Assert.Equal(["clean.count > 9"], Reading.Good(File("timeout: 1h", "gates: { enough: { require: \"clean.count > 3\" } }\nprofiles: { strict: { gates: { enough: { require: \"clean.count > 9\" } } } }"), Locked with { Profile = "strict" }).Step("enough").With["require"]!.AsArray().Select(n => (string)n!));

    [Fact]
    public void A_figure_of_another_commit_is_an_option_of_the_gate()
    {
        var gate = Good("gates: \"clean.count >= lock( 'main' ).clean.count * 0.98\"").Step("clean--gate");
        Assert.Equal("""{"lock('main').clean.count":51.25}""", CanonicalJson.Text(gate.With["baselines"]));
        Assert.Equal(["clean"], gate.Inputs.Select(i => i.Step));
    }

    [Fact]
    public void A_gate_that_is_written_as_a_step_and_a_condition_of_a_step_may_compare_with_it_too()
    {
        var definition = Good("timeout: 1h", after: "  own: { uses: gate, inputs: { metrics: clean }, with: { require: [\"count > lock('main').clean.count\"] }, when: \"clean.count > lock('main').clean.count\" }");
        Assert.Equal(51.25, (double)definition.Step("own").With["baselines"]!["lock('main').clean.count"]!);
        Assert.Equal(["clean.count"], definition.Step("own").When!.Names.Select(n => n.Name));
    }

    [Theory]
    [InlineData("lock('old').clean.count", "there is no sample.lock.json at 'old'")]
    [InlineData("lock('main').claen.count", "the lock file at 'main' has no step 'claen', but 'clean'")]
    [InlineData("lock('main').clean.cuont", "'clean' has no metric 'cuont' in the lock file at 'main', but 'count'")]
    public void A_figure_that_is_not_there_is_an_error_or_what_the_file_chooses(string baseline, string message)
    {
        var problem = Only($"gates: \"clean.count > {baseline}\"");
        Assert.Equal((ProblemCodes.BadGate, message), (problem.Code, problem.Message));
        Assert.Contains("no_baseline: pass", problem.Remedy, StringComparison.Ordinal);
        var gate = Good($"gates: {{ require: \"clean.count > {baseline}\", no_baseline: pass }}").Step("clean--gate");
        Assert.Equal((baseline, "pass"), ((string)gate.With["missing"]![0]!, (string)gate.With["no_baseline"]!));
    }

    [Fact]
    public void A_lock_file_that_is_damaged_is_never_one_that_is_not_there()
    {
        var problem = Only("gates: { require: \"clean.count > lock('torn').clean.count\", no_baseline: pass }");
        Assert.Equal((ProblemCodes.BadGate, "sample.lock.json at 'torn' is no lock file"), (problem.Code, problem.Message));
    }

    [Theory]
    [InlineData("gates: \"clean.count >\"", ProblemCodes.BadCondition)]
    [InlineData("gates: \"5 > 3\"", ProblemCodes.BadGate)]
    [InlineData("gates: \"clean.count > params.lest\"", ProblemCodes.UnknownParam)]
    [InlineData("gates: \"claen.count > 3\"", ProblemCodes.UnknownStep)]
    [InlineData("gates: \"count > 3\"", ProblemCodes.BadCondition)]
    [InlineData("gates: []", ProblemCodes.BadGate)]
    [InlineData("gates: [[a]]", ProblemCodes.WrongShape)]
    [InlineData("gates: { otherwise: stop }", ProblemCodes.BadGate)]
    [InlineData("gates: { require: \"clean.count > 3\", otherwise: skip }", ProblemCodes.NotAChoice)]
    [InlineData("gates: { require: \"clean.count > 3\", no_baseline: maybe }", ProblemCodes.NotAChoice)]
    [InlineData("gates: { require: \"clean.count > 3\", before: [words] }", ProblemCodes.UnknownKey)]
    [InlineData("gates: \"clean.count > 3\", matrix: { with.minimum_words: [1, 2] }", ProblemCodes.BadGate)]
    public void A_gate_that_cannot_be_is_refused(string clean, string code) => Assert.Contains(code, Reading.Codes(File(clean), Locked));

    [Theory]
    [InlineData("lock().clean.count")]
    [InlineData("lock('').clean.count")]
    [InlineData("lock('--output=/etc/passwd').clean.count")]
    [InlineData("lock('main:../../x').clean.count")]
    [InlineData("lock('a b').clean.count")]
    [InlineData("lock('main')")]
    [InlineData("lock('main').clean")]
    [InlineData("lock('main'")]
    [InlineData("lock(main).clean.count")]
    public void A_hostile_reference_is_no_condition(string baseline) => Assert.Equal(ProblemCodes.BadCondition, Only($"gates: \"clean.count > {baseline}\"").Code);

    [Theory]
    [InlineData("gates: { clean: { require: \"clean.count > 3\" } }", ProblemCodes.BadGate)]
    [InlineData("gates: { Enough: { require: \"clean.count > 3\" } }", ProblemCodes.BadName)]
    [InlineData("gates: { enough: { require: \"clean.count > 3\", before: [wrods] } }", ProblemCodes.UnknownStep)]
    [InlineData("gates: { enough: { require: \"clean.count > 3\", before: [docs] } }", ProblemCodes.Cycle)]
    [InlineData("gates: { enough: { require: \"clean.count > 3\", otherwise: stop } }", ProblemCodes.BadGate)]
    [InlineData("gates: [a]", ProblemCodes.WrongShape)]
    public void A_gate_of_the_file_that_cannot_be_is_refused(string gates, string code) => Assert.Contains(code, Reading.Codes(File("timeout: 1h", gates), Locked));

    [Fact]
    public void The_best_of_a_matrix_and_the_last_of_rounds_have_gates()
    {
        var matrix = Good("matrix: { with.minimum_words: [1, 2] }, select: { metric: count, goal: max }, gates: \"clean.count > 3\"");
        Assert.Equal(["clean"], matrix.Step("clean--gate").Inputs.Select(i => i.Step));
        Assert.Equal(["clean--gate"], matrix.Step("split").Needs);
        var rounds = Reading.Good("""
            steps:
              docs: { uses: collect.files, with: { paths: [x] } }
              clean: { uses: clean.text, inputs: { documents: feed.text }, gates: "clean.count > 3", repeat: { rounds: 2, feed: { text: { first: docs, then: clean } } } }
            """);
        Assert.Equal(["docs", "clean--round-1", "clean--round-1--gate", "clean--round-2", "clean--round-2--gate", "clean"], rounds.Steps.Select(s => s.Id));
        Assert.Equal(["clean--round-1--gate"], rounds.Step("clean--round-2").Needs);
        Assert.Equal("clean--round-2.count > 3", (string)rounds.Step("clean--round-2--gate").With["require"]![0]!);
    }

    [Theory]
    [InlineData("true", "")]
    [InlineData("\"Ship ${{ params.least }} of them?\"", "Ship 5 of them?")]
    [InlineData("false", null)]
    [InlineData("null", null)]
    public void Approve_is_true_or_what_to_ask(string approve, string? asks) => Assert.Equal(asks, Good($"approve: {approve}").Step("clean").Approve);

    [Theory]
    [InlineData("yes")]
    [InlineData("[ann]")]
    [InlineData("{ by: ann }")]
    [InlineData("\"two\\nlines\"")]
    [InlineData("\"\\e[2J\"")]
    [InlineData("\"\"")]
    public void Approve_is_nothing_else(string approve) => Assert.Equal(ProblemCodes.BadApproval, Only($"approve: {approve}").Code);
}
