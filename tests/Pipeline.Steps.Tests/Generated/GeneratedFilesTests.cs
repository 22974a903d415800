using System.Text;
using System.Text.Json.Nodes;
using NJsonSchema;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Definitions;
using Pipeline.Engine.Schema;
using Pipeline.Engine.Storage;
using Pipeline.Engine.Tests.Schema;
using Pipeline.TestKit;

namespace Pipeline.Steps.Tests.Generated;

/// <summary>What is committed must be what the step types say now; <c>UPDATE_GOLDEN=1</c> writes it anew.</summary>
public class GeneratedFilesTests
{
    private static readonly Engine.Authoring.StepCatalog Catalog = BuiltInSteps.Catalog();

    [Fact]
    public void Schema_json_is_what_the_step_types_say() => Golden.Matches("../../schema.json", SchemaWriter.Write(Catalog));

    [Fact]
    public void The_pages_of_step_types_are_what_they_say()
    {
        var pages = StepDocs.Pages(Catalog);
        foreach (var (name, text) in pages) Golden.Matches($"../../docs/steps/{name}", text);
        foreach (var file in Directory.GetFiles(Path.Combine(Checkout.Root, "docs", "steps")).Where(f => !pages.ContainsKey(Path.GetFileName(f))))
        {
            Assert.True(Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1", $"{file} is the page of no step type");
            File.Delete(file);
        }
    }

    [Fact]
    public void Every_step_type_and_each_of_its_options_inputs_and_outputs_is_described()
    {
        foreach (var type in Catalog.All)
        {
            Assert.False(string.IsNullOrWhiteSpace(type.Description), type.Name);
            Assert.All(type.Params.Members.SelectMany(Below), o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"{type.Name}: option {o.Name} has no [Description]"));
            Assert.All(type.Inputs, i => Assert.False(string.IsNullOrWhiteSpace(i.Description), $"{type.Name}: input {i.Name} has no [Description]"));
            Assert.All(type.Outputs, o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"{type.Name}: output {o.Name} has no [Description]"));
        }
    }

    [Fact]
    public async Task Every_pipeline_and_example_satisfies_the_schema_and_the_engine()
    {
        var schema = await JsonSchema.FromJsonAsync(SchemaWriter.Write(Catalog));
        foreach (var file in Pipelines())
        {
            var errors = schema.Validate(YamlAsJson.Convert(await File.ReadAllTextAsync(file)));
            Assert.True(errors.Count == 0, $"{file}\n{string.Join('\n', errors)}");
            var result = DefinitionReader.Read(file, Catalog, new ReadOptions { Environment = name => name.StartsWith("PIPELINE_", StringComparison.Ordinal) ? null : $"/value/of/{name}" });
            // A param without a value is asked for on the command line: that is all that may be missing.
            var problems = result.Problems.Where(p => p.Code != ProblemCodes.MissingParam).ToList();
            Assert.True(problems.Count == 0, ProblemPrinter.Print(problems));
        }
    }

    [Fact]
    public void The_key_of_a_recipe_is_the_digest_of_its_canonical_json()
    {
        var ancestry = new[] { new Ancestor("z", "clean.text", ["b", "a"]), new Ancestor("a", "collect.files", []) };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in Pipelines().Select(file => DefinitionReader.Read(file, Catalog, new ReadOptions { Environment = name => name.StartsWith("PIPELINE_", StringComparison.Ordinal) ? null : $"/value/of/{name}" }).Definition).OfType<PipelineDefinition>().SelectMany(d => d.Steps))
        {
            seen.Add(step.Type.Name);
            var inputs = step.Inputs.Select(i => new RecipeInput(i.Port, i.Member, Sha256.Of(Encoding.UTF8.GetBytes(i.Step + i.Output))));
            foreach (var recipe in new Recipe[] { new(step.Type, step.With, inputs, null, [], step.Env), new(step.Type, step.With, inputs, Sha256.Of("s"u8), ancestry, new JsonObject { ["B"] = "2", ["A"] = SecretReference.To("hub") }) })
                Assert.Equal(Sha256.Of(CanonicalJson.Bytes(recipe.Json)), recipe.Key);
        }

        Assert.True(seen.Count > 9, $"only {string.Join(", ", seen)}");
    }

    private static IEnumerable<Engine.Authoring.Option> Below(Engine.Authoring.Option option) =>
        option.Members.Concat(option.Element?.Members ?? []).SelectMany(Below).Prepend(option);

    private static IEnumerable<string> Pipelines() =>
        from folder in new[] { "pipelines", "examples" }
        let path = Path.Combine(Checkout.Root, folder)
        where Directory.Exists(path)
        from file in Directory.GetFiles(path, "*.yaml", SearchOption.AllDirectories)
        where !file.Contains("/parts/", StringComparison.Ordinal)
        // Has step types of its own; a test of the command line builds and runs it.
        where !file.Contains("/plugin/", StringComparison.Ordinal)
        orderby file
        select file;
}
