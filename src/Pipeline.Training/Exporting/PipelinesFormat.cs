using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Training.Models;

namespace Pipeline.Training.Exporting;

/// <summary>
/// The layout of families, and of options of them, that Hugging Face's libraries do not have: <c>config.json</c> holds the fields of the family's config record, the
/// tensors have our names and shapes without the padding of the vocabulary. Read strictly: a field that is unknown or missing is refused.
/// </summary>
public sealed class PipelinesFormat : ModelFormat
{
    const string Architecture = "architecture", ModelType = "model_type", Config = "config", Tokens = "tokens", Dtype = "torch_dtype";

    static readonly Dictionary<string, Type> Families = new(StringComparer.Ordinal)
    {
        ["gpt"] = typeof(GptConfig),
        ["llama"] = typeof(LlamaConfig),
        ["bert"] = typeof(BertConfig),
        ["encoder-decoder"] = typeof(EncoderDecoderConfig),
        ["lstm"] = typeof(RecurrentConfig),
        ["gru"] = typeof(RecurrentConfig),
        ["hybrid"] = typeof(HybridConfig),
    };

    static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameScalings } },
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public override string Name => "Pipelines";

    public override IReadOnlyList<string> ModelTypes { get; } = ["pipelines"];

    public override bool HuggingFace => false;

    public override string? Misfit(ModelConfig config) => Families.ContainsValue(config.GetType()) ? null : $"the {config.Architecture} family is not known to {nameof(PipelinesFormat)}";

    public override ModelConfig Read(ConfigFields fields)
    {
        foreach (var (name, _) in fields.Json)
        {
            if (name is not (Architecture or ModelType or Config or Tokens or Dtype))
                fields.Refuse(name, $"no such field: there are {ModelType}, {Architecture}, {Config}, {Tokens}, {Dtype}");
        }
        fields.Require(Architecture, value => ConfigFields.Text(value) is { } text && Families.ContainsKey(text), string.Join(" or ", Families.Keys));
        fields.Require(Config, value => value is JsonObject, "an object");
        if (fields.Faults.Count > 0)
            return new GptConfig(1, 1, 1, 1, 1);
        try
        {
            var config = (ModelConfig)fields.Json[Config].Deserialize(Families[fields.Text(Architecture)!], Strict)!;
            fields.Require(Architecture, _ => config.Architecture == fields.Text(Architecture), $"\"{config.Architecture}\", as {Config} says");
            return config;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or ArgumentException)
        {
            var place = wrong is JsonException { Path: { Length: > 2 } path } ? $" ({path})" : "";
            fields.Refuse(Config, $"the fields of the {fields.Text(Architecture)} family: {wrong.Message.Split(" Path:")[0]}{place}");
            return new GptConfig(1, 1, 1, 1, 1);
        }
    }

    public override JsonObject Write(ModelConfig config, SpecialTokens tokens, string dtype) => new()
    {
        [ModelType] = ModelTypes[0],
        [Architecture] = config.Architecture,
        [Config] = JsonSerializer.SerializeToNode(config, config.GetType(), Strict),
        [Tokens] = new JsonObject { ["beginning"] = tokens.Beginning, ["end"] = tokens.End, ["padding"] = tokens.Padding },
        [Dtype] = dtype,
    };

    public override IReadOnlyList<StoredTensor> Tensors(ModelConfig config) => [.. config.Layout().Select(parameter => StoredTensor.Of(parameter, config.Vocabulary))];

    static void NameScalings(JsonTypeInfo type)
    {
        if (type.Type == typeof(RopeScaling))
            type.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = "type", DerivedTypes = { new(typeof(LinearRopeScaling), "linear"), new(typeof(Llama3RopeScaling), "llama3") } };
    }
}
