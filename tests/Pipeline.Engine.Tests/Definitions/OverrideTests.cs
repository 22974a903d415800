using Pipeline.Engine.Definitions;

namespace Pipeline.Engine.Tests.Definitions;

public class OverrideTests
{
    private const string Text = """
        name: over
        params: { seed: 1, docs: [a, b] }
        profiles:
          small:
            params: { docs: [c] }
            steps:
              clean: { with: { minimum_words: 2, normalize: nfkc } }
              extra: { uses: shell, with: { run: ls } }
          broken:
            stepz: {}
        steps:
          raw: { uses: collect.files, with: { paths: "${{ params.docs }}", metadata: { a: x } } }
          clean: { uses: clean.text, inputs: { documents: raw }, with: { strip_markup: false } }
        """;

    private static readonly string Sound = Text.Replace("    stepz: {}", "    steps: {}", StringComparison.Ordinal);

    private static string With(string step, ReadOptions options) => Reading.Good(Sound, options).Step(step).With.ToJsonString();

    private static ReadOptions Set(string path, string value) => new() { Sets = [(path, value)] };

    [Fact]
    public void A_profile_merges_mappings_and_replaces_the_rest()
    {
        var small = new ReadOptions { Profile = "small" };
        Assert.Equal("""{"normalize":"nfkc","strip_markup":false,"minimum_words":2}""", With("clean", small));
        Assert.Equal("""{"paths":["c"],"label":null,"metadata":{"a":"x"}}""", With("raw", small));
        Assert.Equal(["raw", "clean", "extra"], Reading.Good(Sound, small).Steps.Select(s => s.Id));
    }

    [Fact]
    public void A_param_on_the_command_line_wins_over_the_profile() =>
        Assert.Contains("[\"z\"]", With("raw", new() { Profile = "small", Params = new Dictionary<string, string> { ["docs"] = "[z]" } }), StringComparison.Ordinal);

    [Fact]
    public void Profiles_are_checked_even_where_none_is_chosen() => Assert.Equal(ProblemCodes.UnknownKey, Reading.Only(Text).Code);

    [Theory]
    [InlineData("steps.clean.with.minimum_words", "9", "clean", "\"minimum_words\":9")]
    [InlineData("steps.raw.with.paths", "[x, y]", "raw", "\"paths\":[\"x\",\"y\"]")]
    [InlineData("steps.raw.with.paths.0", "x", null, null)]
    [InlineData("steps.raw.with.metadata.b", "2", "raw", "\"metadata\":{\"a\":\"x\",\"b\":\"2\"}")]
    [InlineData("steps.raw.with.metadata", "{ c: d }", "raw", "\"metadata\":{\"c\":\"d\"}")]
    [InlineData("steps.raw.with.label", "", "raw", "\"label\":null")]
    [InlineData("params.docs.1", "q", "raw", "\"paths\":[\"a\",\"q\"]")]
    public void Set_puts_a_YAML_value_anywhere(string path, string value, string? step, string? expected)
    {
        if (step is null) Assert.Equal(ProblemCodes.BadOverride, Reading.Only(Sound, Set(path, value)).Code);
        else Assert.Contains(expected!, With(step, Set(path, value)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steps.claen.with.minimum_words", "9", ProblemCodes.BadOverride)]
    [InlineData("steps.clean.with.minimum_wrods", "9", ProblemCodes.UnknownOption)]
    [InlineData("steps.clean.priority", "true", ProblemCodes.UnknownKey)]
    [InlineData("stepz.clean", "1", ProblemCodes.UnknownKey)]
    [InlineData("steps..with", "1", ProblemCodes.BadOverride)]
    [InlineData("", "1", ProblemCodes.BadOverride)]
    [InlineData("params.sed", "1", ProblemCodes.BadOverride)]
    [InlineData("params.docs.2", "1", ProblemCodes.BadOverride)]
    [InlineData("steps.clean.with.minimum_words", "[", ProblemCodes.Syntax)]
    [InlineData("steps.clean.with.minimum_words", "many", ProblemCodes.WrongType)]
    public void A_wrong_override_names_itself_as_the_place(string path, string value, string code)
    {
        var problem = Reading.Only(Sound, Set(path, value));
        Assert.Equal((code, $"--set {path}={value}", 0), (problem.Code, problem.At.File, problem.At.Line));
    }
}
