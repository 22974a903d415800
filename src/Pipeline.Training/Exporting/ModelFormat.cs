using System.Text.Json.Nodes;
using Pipeline.Training.Models;

namespace Pipeline.Training.Exporting;

/// <summary>How the folder of a model of one or more families is laid out: the fields of its <c>config.json</c> and the names of its tensors. Which one a folder has is read off <c>model_type</c>.</summary>
public abstract class ModelFormat
{
    /// <summary>The first that can hold a model is the one it is written in.</summary>
    public static IReadOnlyList<ModelFormat> All { get; } = [new Gpt2Format(), new LlamaFormat(), new BertFormat(), new PipelinesFormat()];

    /// <summary>As people call it: <c>GPT-2</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The values of <c>model_type</c> in such folders.</summary>
    public abstract IReadOnlyList<string> ModelTypes { get; }

    /// <summary>Whether Hugging Face's libraries read it.</summary>
    public virtual bool HuggingFace => true;

    /// <summary>What some folders call a tensor.</summary>
    public virtual IEnumerable<string> OtherNames(string tensor) => [];

    /// <summary>Null where this layout can hold the model, otherwise why it cannot: <c>the lstm family has no layout in Hugging Face's libraries</c>.</summary>
    public abstract string? Misfit(ModelConfig config);

    /// <summary>Adds to the faults of <paramref name="fields"/> whatever would compute something else.</summary>
    public abstract ModelConfig Read(ConfigFields fields);

    /// <param name="dtype">Of the weights, as PyTorch names it: <c>float32</c>.</param>
    public abstract JsonObject Write(ModelConfig config, SpecialTokens tokens, string dtype);

    /// <summary>What is in the files, in the order in which it is written.</summary>
    public abstract IReadOnlyList<StoredTensor> Tensors(ModelConfig config);

    /// <summary>Tensors that older versions stored and that hold nothing learned.</summary>
    public virtual bool Ignores(string tensor) => false;

    /// <exception cref="ArgumentException">None can; it says why for each.</exception>
    public static ModelFormat Of(ModelConfig config) => All.FirstOrDefault(format => format.Misfit(config) is null)
        ?? throw new ArgumentException($"no layout holds this model: {string.Join("; ", All.Select(format => format.Misfit(config)))}");

    /// <exception cref="InvalidDataException">Of no type that is read here.</exception>
    public static ModelFormat Of(ConfigFields fields, string path) => All.FirstOrDefault(format => format.ModelTypes.Contains(fields.Text("model_type")))
        ?? throw new InvalidDataException($"{path}: model_type is {fields.Json["model_type"]?.ToJsonString() ?? "missing"}; models of {string.Join(", ", All.SelectMany(format => format.ModelTypes))} can be read");
}
