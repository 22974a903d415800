using Pipeline.Engine.Definitions;
using Pipeline.TestKit;

namespace Pipeline.Engine.Tests.Definitions;

public sealed class IncludeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private ReadResult Read(string text, ReadOptions? options = null) => DefinitionReader.Read(folder.Write("p/main.yaml", text), SampleSteps.Catalog, options ?? new());

    private Problem Only(string text) => Assert.Single(Read(text).Problems);

    private PipelineDefinition Good(string text, ReadOptions? options = null)
    {
        var read = Read(text, options);
        Assert.True(read.Definition is not null, ProblemPrinter.Print(read.Problems));
        return read.Definition;
    }

    private const string Main = "include: [parts/data.yaml]\nsteps:\n  words: { uses: tokenizer.train-bpe, inputs: { documents: clean }, with: { vocab_size: 300 } }\n";

    private const string Data = "params: { docs: [a], least: { type: integer, default: 3, minimum: 1 } }\nsteps:\n  raw: { uses: collect.files, with: { paths: \"${{ params.docs }}\" } }\n  clean: { uses: clean.text, inputs: { documents: raw }, with: { minimum_words: \"${{ params.least }}\" } }\n";

    [Fact]
    public void A_fragment_gives_its_params_and_steps_before_those_of_the_file()
    {
        folder.Write("p/parts/data.yaml", Data);
        var definition = Good(Main);
        Assert.Equal(["raw", "clean", "words"], definition.Steps.Select(s => s.Id));
        Assert.EndsWith("parts/data.yaml", definition.Step("raw").Location.File, StringComparison.Ordinal);
        Assert.Equal(folder["p"], definition.Folder);
    }

    [Fact]
    public void The_file_and_its_profiles_and_the_command_line_set_what_a_fragment_declares()
    {
        folder.Write("p/parts/data.yaml", Data);
        const string more = "params: { least: 5 }\nprofiles: { strict: { params: { least: 9 }, steps: { clean: { with: { normalize: none } } } } }\n";
        Assert.Equal(5, (long)Good(more + Main).Step("clean").With["minimum_words"]!);
        var strict = Good(more + Main, new() { Profile = "strict" }).Step("clean").With;
        Assert.Equal((9, "none"), ((long)strict["minimum_words"]!, (string)strict["normalize"]!));
        Assert.Equal(7, (long)Good(more + Main, new() { Sets = [("params.least", "7")] }).Step("clean").With["minimum_words"]!);
        Assert.Equal(ProblemCodes.OutOfRange, Assert.Single(Read(Main, new() { Sets = [("params.least", "0")] }).Problems).Code);
    }

    [Fact]
    public void A_fragment_that_two_others_include_is_there_once()
    {
        folder.Write("p/a.yaml", "include: [sub/c.yaml]\nsteps: { a: { uses: report.html } }");
        folder.Write("p/b.yaml", "include: [../p/sub/c.yaml]\nsteps: { b: { uses: report.html } }");
        folder.Write("p/sub/c.yaml", "steps: { c: { uses: report.html } }");
        Assert.Equal(["c", "a", "b"], Good("include: [a.yaml, b.yaml]\n").Steps.Select(s => s.Id));
    }

    [Fact]
    public void A_mistake_in_a_fragment_is_shown_with_its_own_file_line_and_excerpt()
    {
        folder.Write("p/parts/data.yaml", Data.Replace("minimum_words:", "minimum_wrods:", StringComparison.Ordinal));
        var problem = Only(Main);
        Assert.Equal((ProblemCodes.UnknownOption, 4), (problem.Code, problem.At.Line));
        Assert.EndsWith("parts/data.yaml", problem.At.File, StringComparison.Ordinal);
        Assert.Contains("    4 |   clean: { uses: clean.text", ProblemPrinter.Print([problem]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_in_two_files_names_both_places()
    {
        folder.Write("p/parts/data.yaml", Data);
        var problem = Read(Main + "  raw: { uses: report.html }\n").Problems.Single(p => p.Code == ProblemCodes.BadInclude);
        Assert.EndsWith("parts/data.yaml", problem.At.File, StringComparison.Ordinal);
        Assert.Contains("main.yaml:4 already", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_files_is_named()
    {
        folder.Write("p/a.yaml", "include: [b.yaml]\nsteps: { a: { uses: report.html } }");
        folder.Write("p/b.yaml", "include: [a.yaml]\nsteps: { b: { uses: report.html } }");
        var problem = Only("include: [a.yaml]\n");
        Assert.Equal((ProblemCodes.BadInclude, "files include each other in a circle: a.yaml -> b.yaml -> a.yaml"), (problem.Code, problem.Message));
        Assert.Equal("files include each other in a circle: main.yaml -> main.yaml", Only("include: [main.yaml]\nsteps: { a: { uses: report.html } }").Message);
    }

    [Theory]
    [InlineData("include: [nowhere.yaml]", ProblemCodes.BadInclude)]
    [InlineData("include: [/etc/passwd]", ProblemCodes.BadInclude)]
    [InlineData("include: [data.txt]", ProblemCodes.BadInclude)]
    [InlineData("include: [../p]", ProblemCodes.BadInclude)]
    [InlineData("include: [{ a: b }]", ProblemCodes.BadInclude)]
    [InlineData("include: [\"${{ params.x }}.yaml\"]", ProblemCodes.MisplacedExpression)]
    [InlineData("include: [list.yaml]", ProblemCodes.WrongShape)]
    [InlineData("include: [empty.yaml]", ProblemCodes.WrongShape)]
    [InlineData("include: [profile.yaml]", ProblemCodes.UnknownKey)]
    [InlineData("include: [broken.yaml]", ProblemCodes.Syntax)]
    [InlineData("include: [binary.yaml]", ProblemCodes.NotText)]
    [InlineData("include: [wrong.yaml]", ProblemCodes.WrongShape)]
    [InlineData("include: [one.yaml, other.yaml]", ProblemCodes.BadInclude)]
    public void A_wrong_include_is_one_problem(string include, string code)
    {
        folder.Write("p/list.yaml", "[a]");
        folder.Write("p/empty.yaml", "");
        folder.Write("p/profile.yaml", "profiles: {}");
        folder.Write("p/broken.yaml", "steps: [");
        folder.Write("p/binary.yaml", "steps: \0");
        folder.Write("p/wrong.yaml", "steps: [a]");
        folder.Write("p/one.yaml", "params: { x: 1 }");
        folder.Write("p/other.yaml", "params: { x: 2 }");
        Assert.Equal(code, Only($"{include}\nsteps: {{ a: {{ uses: report.html }} }}\n").Code);
    }

    [Fact]
    public void More_than_a_hundred_files_are_refused()
    {
        for (var i = 0; i < 120; i++) folder.Write($"p/f{i}.yaml", $"include: [f{i + 1}.yaml]\nparams: {{ p{i}: 1 }}");
        folder.Write("p/f120.yaml", "params: { last: 1 }");
        Assert.Contains(ProblemCodes.TooDeepOrTooMany, Read("include: [f0.yaml]\nsteps: { a: { uses: report.html } }").Problems.Select(p => p.Code));
    }

    public void Dispose() => folder.Dispose();
}
