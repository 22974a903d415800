using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Training.Checkpoints;
using Pipeline.Training.Models;
using static TorchSharp.torch;

namespace Pipeline.Training.Exporting;

/// <summary>A model of any family as a folder: in the layout that <c>from_pretrained(folder)</c> of transformers expects where it has one, else in our own. The tokenizer's files are added by who has them.</summary>
public static class ModelFolder
{
    public const string Weights = Safetensors.FileName, Config = "config.json", Generation = "generation_config.json";

    /// <summary>Longest text that two models are compared over.</summary>
    const int ComparedTokens = 1024;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    static readonly Dictionary<ScalarType, string> Dtypes = new()
    {
        [ScalarType.Float32] = "float32",
        [ScalarType.Float16] = "float16",
        [ScalarType.BFloat16] = "bfloat16",
    };

    /// <param name="dtype">Of the weights: float32 keeps every bit.</param>
    /// <param name="mostBytes">Of one file of weights; more are written as several with an index.</param>
    public static void Write(string folder, LanguageModel model, SpecialTokens tokens, ScalarType dtype = ScalarType.Float32, long mostBytes = long.MaxValue)
    {
        if (!Dtypes.TryGetValue(dtype, out var dtypeName))
            throw new ArgumentException($"weights are exported as {string.Join(", ", Dtypes.Values)}, not as {dtype}");
        tokens.Checked(model.Config.Vocabulary);
        var format = ModelFormat.Of(model.Config);
        Directory.CreateDirectory(folder);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var tensors = format.Tensors(model.Config).Where(tensor => !tensor.Repeats).Select(tensor => (tensor.Name, tensor.On(model).to_type(dtype)));
        // transformers refuses a file that does not say for which framework it was written.
        SafetensorsFolder.Write(folder, [.. tensors], new Dictionary<string, string> { ["format"] = "pt" }, mostBytes);
        WriteJson(Path.Combine(folder, Config), format.Write(model.Config, tokens, dtypeName));
        WriteJson(Path.Combine(folder, Generation), new JsonObject { ["bos_token_id"] = tokens.Beginning, ["eos_token_id"] = Ends(tokens), ["pad_token_id"] = tokens.Padding });
    }

    /// <summary>The largest difference between the logits of a model and of what a folder holds, over one full context (of at most 1,024 tokens): 0 where nothing was lost.</summary>
    public static double LargestDifference(string folder, LanguageModel model)
    {
        using var stored = Read(folder, model.Device);
        return LargestDifference(model, stored);
    }

    /// <summary>As of a folder.</summary>
    public static double LargestDifference(LanguageModel model, LanguageModel stored)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var ids = arange(Math.Min(model.Config.Context, ComparedTokens), ScalarType.Int64, model.Device).remainder(model.Config.Vocabulary).unsqueeze(0);
        var difference = model.Logits(ids).sub(stored.Logits(ids)).narrow(2, 0, model.Config.Vocabulary);
        return difference.abs().max().item<float>();
    }

    /// <summary>What <c>config.json</c> says, without the weights.</summary>
    /// <exception cref="InvalidDataException">The file is missing, broken, or of a model that cannot be computed here; all of its faults are named.</exception>
    public static ModelConfig ReadConfig(string folder) => Described(folder).Config;

    /// <summary>As <see cref="ReadConfig"/>, of a file that may lie elsewhere under another name.</summary>
    public static ModelConfig ReadConfigFile(string path) => DescribedBy(path).Config;

    /// <summary>The tokens that <c>generation_config.json</c> names, or else <c>config.json</c>; those outside the vocabulary are left out.</summary>
    public static SpecialTokens ReadTokens(string folder, int vocabulary)
    {
        string[] names = ["eos_token_id", "bos_token_id", "pad_token_id"];
        var files = new[] { Generation, Config }.Select(name => Path.Combine(folder, name)).Where(File.Exists).Select(ConfigFields.Read).ToList();
        var ids = names.Select(name => files.Select(fields => Ids(fields.Json[name])).FirstOrDefault(found => found.Length > 0) ?? []).ToArray();
        return new(First(ids[1]), First(ids[0]), First(ids[2])) { Stops = ids[0] is [_, .. var more] ? more : [] };

        int[] Ids(JsonNode? value) => [.. (value is JsonArray all ? all : [value?.DeepClone()]).Select(ConfigFields.Number).Where(id => id >= 0 && id < vocabulary).Select(id => (int)id!)];
        static int? First(int[] ids) => ids.Length > 0 ? ids[0] : null;
    }

    /// <summary>The model in such a folder, ours or published by others, as float32. Pickled weights are not read.</summary>
    /// <exception cref="InvalidDataException">A file is missing, broken, or of a model that cannot be computed here.</exception>
    public static LanguageModel Read(string folder, Device? device = null)
    {
        var (format, config, fields) = Described(folder);
        using var files = SafetensorsFolder.Open(folder);
        // Before memory is taken for a model that the files could not fill.
        CheckLayers(files, fields);
        var tensors = ModelTensors.Of(format, config, files);
        var model = new LanguageModel(config, device);
        try
        {
            tensors.ReadInto(model);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    static (ModelFormat Format, ModelConfig Config, ConfigFields Fields) Described(string folder)
    {
        var path = Path.Combine(folder, Config);
        if (!File.Exists(path))
            throw new InvalidDataException($"{folder} has no {Config}");
        return DescribedBy(path);
    }

    static (ModelFormat Format, ModelConfig Config, ConfigFields Fields) DescribedBy(string path)
    {
        var fields = ConfigFields.Read(path);
        var format = ModelFormat.Of(fields, path);
        var config = format.Read(fields);
        if (fields.Faults.Count > 0)
            throw new InvalidDataException($"{path}: this is no {format.Name} that can be computed here: {string.Join("; ", fields.Faults)}");
        try
        {
            config.Check();
            return (format, config, fields);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }
    }

    static void CheckLayers(SafetensorsFolder files, ConfigFields fields)
    {
        var count = files.Entries.Count();
        foreach (var (name, value) in fields.LayerCounts())
        {
            if (value > count)
                throw new InvalidDataException($"{files.Path}: its {count} tensors are too few for the model that {Config} describes: {name} is {value}");
        }
    }

    static JsonNode? Ends(SpecialTokens tokens)
    {
        int[] all = [.. new[] { tokens.End }.OfType<int>().Concat(tokens.Stops).Distinct()];
        return all.Length switch { 0 => null, 1 => all[0], _ => new JsonArray([.. all.Select(id => (JsonNode)id)]) };
    }

    static void WriteJson(string path, JsonObject content) => DurableFile.Write(path, file => file.Write(System.Text.Encoding.UTF8.GetBytes(content.ToJsonString(Indented) + "\n")));
}
