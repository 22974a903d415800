using System.Text.Json.Nodes;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Training.Tests.Exporting;

public sealed class PipelinesFormatTests
{
    private static readonly PipelinesFormat Format = new();

    [Fact]
    public void A_configuration_written_is_read_as_it_was()
    {
        var fields = new ConfigFields(Written());
        Assert.Equal(TinyGpt.Config, Format.Read(fields));
        Assert.Empty(fields.Faults);
    }

    [Fact]
    public void It_holds_every_family()
    {
        var families = typeof(ModelConfig).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ModelConfig)) && !type.IsAbstract);
        Assert.All(families, family => Assert.Null(Format.Misfit((ModelConfig)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(family))));
    }

    [Theory]
    [InlineData("""{ "widht": 32 }""", "widht")]
    [InlineData("""{ "width": "32" }""", "$.width")]
    [InlineData("""{ "width": null }""", "$.width")]
    public void A_field_that_is_unknown_or_of_another_type_is_refused(string changed, string named)
    {
        var config = Written();
        foreach (var (name, value) in JsonNode.Parse(changed)!.AsObject())
            config["config"]![name] = value?.DeepClone();
        Assert.Contains(named, Fault(config), StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_is_missing_is_refused_by_name()
    {
        var config = Written();
        config["config"]!.AsObject().Remove("heads");
        Assert.Contains("heads", Fault(config), StringComparison.Ordinal);
        config.Remove("config");
        config["extra"] = 1;
        Assert.Equal("extra is 1, expected no such field: there are model_type, architecture, config, tokens, torch_dtype; config is missing, expected an object", Fault(config));
        config["architecture"] = "perceptron";
        Assert.Contains("architecture is \"perceptron\", expected gpt", Fault(config), StringComparison.Ordinal);
    }

    private static JsonObject Written() => JsonNode.Parse(Format.Write(TinyGpt.Config, new(0, 0, null), "float32").ToJsonString())!.AsObject();

    private static string Fault(JsonObject config)
    {
        var fields = new ConfigFields(config);
        Format.Read(fields);
        return string.Join("; ", fields.Faults);
    }
}
