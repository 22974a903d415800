using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Checkpoints;

/// <summary>A model between steps: <c>model.json</c> says its shape, <c>model.safetensors</c> holds its parameters under their own names as float32, without padding rows.</summary>
public static class ModelFiles
{
    public const string Config = "model.json", Weights = "model.safetensors";

    private const string Embedding = "transformer.wte.weight";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        WriteIndented = true,
        NewLine = "\n",
    };

    private sealed record Shape
    {
        public required string Architecture { get; init; }
        public required int Vocabulary { get; init; }
        public required int Context { get; init; }
        public required int Layers { get; init; }
        public required int Heads { get; init; }
        public required int Width { get; init; }
        public required double Dropout { get; init; }
    }

    /// <summary>Same model, same bytes.</summary>
    public static void Write(string folder, Gpt model)
    {
        Directory.CreateDirectory(folder);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = model.Config;
        Safetensors.Write(Path.Combine(folder, Weights), [.. model.Parameters.Names.Select(name => (name, Stored(model, name)))]);
        var shape = new Shape { Architecture = "gpt", Vocabulary = config.Vocabulary, Context = config.Context, Layers = config.Layers, Heads = config.Heads, Width = config.Width, Dropout = config.Dropout };
        DurableFile.Write(Path.Combine(folder, Config), file => JsonSerializer.Serialize(file, shape, Json));
    }

    /// <param name="locate">From <see cref="Config"/> and <see cref="Weights"/> to where these files are.</param>
    /// <exception cref="InvalidDataException">A file is broken or does not fit the other; the message names it.</exception>
    public static Gpt Read(Func<string, string> locate, Device? device = null)
    {
        var config = ReadConfig(locate(Config));
        using var file = SafetensorsFile.Open(locate(Weights));
        CheckNames(file, config);
        var model = new Gpt(config, device);
        try
        {
            using var scope = NewDisposeScope();
            foreach (var name in model.Parameters.Names) file.ReadInto(name, Stored(model, name));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The shape alone, without loading libtorch.</summary>
    public static GptConfig ReadConfig(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var shape = JsonSerializer.Deserialize<Shape>(file, Json) ?? throw new InvalidDataException($"{path}: expected a JSON object");
            if (shape.Architecture != "gpt") throw new InvalidDataException($"{path}: architecture is '{shape.Architecture}', expected 'gpt'");
            return new GptConfig(shape.Vocabulary, shape.Context, shape.Layers, shape.Heads, shape.Width) { Dropout = shape.Dropout }.Checked();
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {broken.Message}", broken);
        }
    }

    private static Tensor Stored(Gpt model, string name) =>
        name == Embedding ? model.Parameters[name].detach().narrow(0, 0, model.Config.Vocabulary) : model.Parameters[name].detach();

    /// <summary>Before memory is taken for a model that the file could not fill.</summary>
    private static void CheckNames(SafetensorsFile file, GptConfig config)
    {
        // Counted first: a hostile number of layers would name billions of tensors.
        const int perLayer = 12, others = 4;
        if (file.Header.Tensors.Count != ((long)config.Layers * perLayer) + others)
            throw new InvalidDataException($"{file.Path}: has {file.Header.Tensors.Count} tensors, but a GPT of {config.Layers} layers has {((long)config.Layers * perLayer) + others}");
        foreach (var (name, shape) in Gpt.Layout(config))
        {
            if (name == Embedding) shape[0] = config.Vocabulary;
            if (!file.Entry(name).Shape.SequenceEqual(shape))
                throw new InvalidDataException($"{file.Path}: tensor '{name}' has shape [{string.Join(", ", file.Entry(name).Shape)}], but {Config} asks for [{string.Join(", ", shape)}]");
        }
    }
}
