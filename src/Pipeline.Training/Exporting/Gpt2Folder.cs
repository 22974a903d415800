using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Exporting;

/// <summary>A model as <c>GPT2LMHeadModel.from_pretrained(folder)</c> of transformers expects it. The tokenizer's files are added by who has them.</summary>
public static class Gpt2Folder
{
    public const string Weights = "model.safetensors", Config = "config.json", Generation = "generation_config.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private static readonly Dictionary<ScalarType, string> Dtypes = new()
    {
        [ScalarType.Float32] = "float32",
        [ScalarType.Float16] = "float16",
        [ScalarType.BFloat16] = "bfloat16",
    };

    /// <param name="dtype">Of the weights: float32 keeps every bit.</param>
    public static void Write(string folder, LanguageModel model, SpecialTokens tokens, ScalarType dtype = ScalarType.Float32)
    {
        if (!Dtypes.TryGetValue(dtype, out var dtypeName)) throw new ArgumentException($"weights are exported as {string.Join(", ", Dtypes.Values)}, not as {dtype}");
        tokens.Checked(model.Config.Vocabulary);
        var config = model.Config as GptConfig ?? throw new ArgumentException($"a model of the {model.Config.Architecture} family cannot be written as a GPT-2");
        Directory.CreateDirectory(folder);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        // transformers refuses a file that does not say for which framework it was written.
        Safetensors.Write(Path.Combine(folder, Weights), [.. Gpt2Weights.Of(model).Select(tensor => (tensor.Name, tensor.Value.to_type(dtype)))], new Dictionary<string, string> { ["format"] = "pt" });
        WriteJson(Path.Combine(folder, Config), Gpt2Config.Of(config, tokens, dtypeName));
        WriteJson(Path.Combine(folder, Generation), new JsonObject { ["bos_token_id"] = tokens.Beginning, ["eos_token_id"] = Ends(tokens), ["pad_token_id"] = tokens.Padding });
    }

    /// <summary>The largest difference between the logits of a model and of what a folder holds, over one full context: 0 where nothing was lost.</summary>
    public static double LargestDifference(string folder, LanguageModel model)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var stored = Read(folder, model.Device);
        var ids = arange(model.Config.Context, ScalarType.Int64, model.Device).remainder(model.Config.Vocabulary).unsqueeze(0);
        var difference = model.Logits(ids).sub(stored.Logits(ids)).narrow(2, 0, model.Config.Vocabulary);
        return difference.abs().max().item<float>();
    }

    private static JsonNode? Ends(SpecialTokens tokens)
    {
        int[] all = [.. new[] { tokens.End }.OfType<int>().Concat(tokens.Stops).Distinct()];
        return all.Length switch { 0 => null, 1 => all[0], _ => new JsonArray([.. all.Select(id => (JsonNode)id)]) };
    }

    /// <summary>The model in such a folder, ours or published by others, as float32. Pickled weights are not read.</summary>
    /// <exception cref="InvalidDataException">A file is missing, broken, or of another architecture.</exception>
    public static LanguageModel Read(string folder, Device? device = null)
    {
        foreach (var name in new[] { Config, Weights })
        {
            if (!File.Exists(Path.Combine(folder, name))) throw new InvalidDataException(Missing(folder, name));
        }

        var config = Gpt2Config.Read(Path.Combine(folder, Config));
        using var file = SafetensorsFile.Open(Path.Combine(folder, Weights));
        CheckSize(file, config);
        var model = new LanguageModel(config, device);
        try
        {
            Gpt2Weights.Read(file, model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string Missing(string folder, string name) =>
        File.Exists(Path.Combine(folder, "pytorch_model.bin")) ? $"{folder} has only pickled weights (pytorch_model.bin), which can run code when read: convert them to {Weights} first"
        : File.Exists(Path.Combine(folder, Weights + ".index.json")) ? $"{folder} has its weights in several files, which is not read: save them as one {Weights}"
        : $"{folder} has no {name}";

    /// <summary>Before memory is taken for a model that the file could not fill.</summary>
    private static void CheckSize(SafetensorsFile file, GptConfig config)
    {
        var stored = file.Header.Tensors.Sum(tensor => (tensor.End - tensor.Begin) / tensor.Dtype.Size());
        // In floating point, since a hostile configuration overflows integers.
        var described = (((double)config.Vocabulary + config.Context) * config.Width) + (12.0 * config.Layers * config.Width * config.Width);
        if (stored < described) throw new InvalidDataException($"{file.Path}: its {stored} numbers are too few for the model that {Config} describes");
    }

    private static void WriteJson(string path, JsonObject content) => DurableFile.Write(path, file => file.Write(System.Text.Encoding.UTF8.GetBytes(content.ToJsonString(Indented) + "\n")));
}
