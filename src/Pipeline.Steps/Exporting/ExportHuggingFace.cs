using System.ComponentModel;
using System.Globalization;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Train;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;
using TorchSharp;

namespace Pipeline.Steps.Exporting;

/// <summary>The types that exported weights may have.</summary>
public enum WeightType
{
    Float32,
    Bfloat16,
    Float16,
}

/// <summary>Writes a model so that Hugging Face's libraries load it.</summary>
public sealed class ExportHuggingFace : Step<ExportHuggingFace.With, ExportHuggingFace.Given, ExportHuggingFace.Made>
{
    public sealed record With
    {
        [Description("Type of the weights. `float32` keeps every bit; the others halve the size and round.")]
        public WeightType Dtype { get; init; } = WeightType.Float32;

        [Description("Megabytes (10^6 bytes) of weights in one file; a larger model becomes several with an index.")]
        [Engine.Authoring.Range(1, 1_000_000_000)]
        public long MaximumFileMegabytes { get; init; } = 5000;
    }

    public sealed record Given
    {
        [Description("The model to export, with its tokenizer.")]
        public required Artifact<Model> Model { get; init; }
    }

    public sealed record Made
    {
        [Description("A folder for `AutoModelForCausalLM.from_pretrained` and `AutoTokenizer.from_pretrained`: `model.safetensors` (or several files with `model.safetensors.index.json`), `config.json`, `generation_config.json`, `tokenizer.json`, `tokenizer_config.json`.")]
        public required Output<Export> Export { get; init; }
    }

    public override string Name => "export.huggingface";
    public override int Version => 1;
    public override string Description => "Writes a model and its tokenizer in Hugging Face's layout of its family (GPT-2, Llama, Mistral, Qwen 2, BERT), reads it back and compares the logits.";
    public override bool Isolated => true;

    protected override StepEstimate? Estimate(With with, Foreseen given) => ModelForecast.Of(given.Input("model"))?.Config is { } config && Problem(config) is { } problem ? new() { Impossible = [problem] } : null;

    private static string? Problem(ModelConfig config) => ModelFormat.Of(config).HuggingFace
        ? null
        : $"Hugging Face's libraries have no layout for this model: {string.Join("; ", ModelFormat.All.Where(format => format.HuggingFace).Select(format => format.Misfit(config)).Distinct())}. Its files as they are: pipeline artifacts export.";

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var tokenizer = ModelFiles.Tokenizer(inputs.Model);
        using var model = ModelFiles.Read(inputs.Model, Path.Combine(context.Workspace, "given"));
        if (tokenizer.VocabularySize != model.Config.Vocabulary)
            throw new StepFailedException($"The model knows {model.Config.Vocabulary} tokens and the tokenizer beside it {tokenizer.VocabularySize}: they do not belong together.");

        if (Problem(model.Config) is { } problem) throw new StepFailedException(problem);
        var dtype = with.Dtype switch
        {
            WeightType.Bfloat16 => torch.ScalarType.BFloat16,
            WeightType.Float16 => torch.ScalarType.Float16,
            _ => torch.ScalarType.Float32,
        };
        ModelFolder.Write(outputs.Export.Folder, model, TokenizerConfig.TokensOf(tokenizer), dtype, checked(with.MaximumFileMegabytes * 1_000_000));
        File.Copy(inputs.Model.Locate(ModelFiles.TokenizerFile), outputs.Export[ModelFiles.TokenizerFile]);
        File.WriteAllText(outputs.Export["tokenizer_config.json"], TokenizerConfig.Text(tokenizer, model.Config.Context));

        var difference = ModelFolder.LargestDifference(outputs.Export.Folder, model);
        if (with.Dtype == WeightType.Float32 && difference != 0)
            throw new StepFailedException($"The exported model's logits differ from the model's by up to {difference.ToString("G3", CultureInfo.InvariantCulture)}. This is a fault of the export; please report it.");
        context.Metric("parameters", model.Config.ParameterCount);
        context.Metric("logits.largest_difference", difference);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{model.Config.ParameterCount:N0} parameters as {with.Dtype.ToString().ToLowerInvariant()}, logits read back differ by {(difference == 0 ? "0" : difference.ToString("G2", CultureInfo.InvariantCulture))}");
        return Task.CompletedTask;
    }
}
