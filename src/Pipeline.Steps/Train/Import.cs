using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Checkpoints;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Exporting;

namespace Pipeline.Steps.Train;

/// <summary>Takes a model that was trained elsewhere into the lifecycle.</summary>
public sealed class Import : Step<Import.With, Import.Given, Import.Made>
{
    public sealed record ResizeParams
    {
        [Description("What a token that the model did not know begins with. `mean`: the mean of the rows that it has. `noise`: drawn for each column from the normal distribution of those rows, so that new tokens differ.")]
        public NewRows Rows { get; init; } = NewRows.Mean;

        [Description("Decides the draws of `noise`, which reads it alone; null is 1.")]
        public long? Seed { get; init; }
    }

    public sealed record With
    {
        [Description("A folder as Hugging Face's libraries write it, relative to the pipeline file: `config.json`, `model.safetensors` (or several files with `model.safetensors.index.json`) and `tokenizer.json`. Without that file the tokenizer is read from `tokenizer.model` or `spiece.model` (SentencePiece) or `vocab.txt` (BERT), with `tokenizer_config.json`.")]
        [SourceFiles]
        public required string Folder { get; init; }

        [Description("Gives the model a row for each token of its tokenizer, or of the input `tokenizer`, and no other. Null keeps the vocabulary as published; with the input it stands for the defaults.")]
        public ResizeParams? Resize { get; init; }
    }

    public sealed record Given
    {
        [Description("Another tokenizer that the model is to have. A token that both know keeps its row.")]
        public Artifact<Tokenizer>? Tokenizer { get; init; }
    }

    public sealed record Made
    {
        [Description("The model as float32, with its tokenizer.")]
        public required Output<Model> Model { get; init; }

        [Description("The model's tokenizer, to encode text with.")]
        public required Output<Tokenizer> Tokenizer { get; init; }
    }

    public override string Name => "train.import";
    public override int Version => 1;
    public override string Description => "Reads a model from a folder in the layout of Hugging Face's GPT-2, Llama, Mistral, Qwen 2 or BERT, or in our own; what would compute something else is refused by name.";
    public override bool Isolated => true;
    public override IReadOnlyDictionary<string, string> Facets => TorchFacets.Of;

    public override IEnumerable<SourcePattern> SourcesOf(JsonObject with) =>
        with["folder"] is JsonValue value && value.TryGetValue<string>(out var folder) && folder.Length > 0
            ? [new($"{folder.TrimEnd('/')}/*.json"), new($"{folder.TrimEnd('/')}/*.safetensors") { Remedy = "weights are read from safetensors files alone, for pickled ones (pytorch_model.bin) can run code when they are read; convert those first (in Python: AutoModelForCausalLM.from_pretrained(…).save_pretrained(…))" }, .. CheckpointTokenizer.Vocabularies.Where(name => name != ModelFiles.TokenizerFile).Select(name => new SourcePattern($"{folder.TrimEnd('/')}/{name}", Optional: true))]
            : [];

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Folder.Length == 0) yield return ("folder", "is empty: name the folder of a model");
        if (with.Folder.AsSpan().IndexOfAny('*', '?') >= 0) yield return ("folder", "names one folder, without * and ?");
        if (with.Resize is { Rows: NewRows.Mean, Seed: not null }) yield return ("resize.seed", "is not read by rows: mean; leave it out, or choose noise");
    }

    protected override StepEstimate? Estimate(With with, Foreseen given)
    {
        if (File(ModelFolder.Config) is not { } config || ModelForecast.Read(config) is not { } published) return null;
        if (with.Resize is null && given.Input("tokenizer") is null) return new() { Outputs = new Dictionary<string, Forecast> { ["model"] = published } };
        var tokens = given.Input("tokenizer") is { } other ? VocabularyForecast.Of(null, other)
            : File(ModelFiles.TokenizerFile) is { } own ? new(TokenizerReader.Read(own).VocabularySize, AtMost: false) : default;
        return tokens.Tokens is { } count ? new() { Outputs = new Dictionary<string, Forecast> { ["model"] = new ModelForecast(published.Config with { Vocabulary = count }, tokens.AtMost) } } : null;

        string? File(string name) => given.Sources().FirstOrDefault(source => Path.GetFileName(source.Name) == name)?.Path;
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        // Sums of another number of threads have other bits.
        TorchSharp.torch.set_num_threads(1);
        var folder = Gathered(context);
        try
        {
            var own = Path.Combine(folder, ModelFiles.TokenizerFile);
            var known = CheckpointTokenizer.Read(folder)
                ?? throw new StepFailedException($"{with.Folder.TrimEnd('/')} has none of {string.Join(", ", CheckpointTokenizer.Vocabularies)}, without which its tokens have no text. Save the model's fast tokenizer beside it (in Python: AutoTokenizer.from_pretrained(…).save_pretrained(…)).");
            if (!File.Exists(own)) TokenizerFile.Write(own, known);
            using var read = ModelFolder.Read(folder);
            if (read.Parameters.Names.Zip(read.Parameters.Views).FirstOrDefault(each => !AllFinite(each.Second)).First is { } broken)
                throw new StepFailedException($"{with.Folder.TrimEnd('/')}: the tensor that holds '{broken}' has values that are no finite numbers. The file is damaged, or the model's training diverged.");
            var (path, tokenizer) = inputs.Tokenizer is { } other ? (other.Locate(ModelFiles.TokenizerFile), TokenizerReader.Read(other.Locate(ModelFiles.TokenizerFile))) : (own, known);
            var resize = with.Resize ?? (inputs.Tokenizer is null ? null : new());
            if (resize is null && tokenizer.VocabularySize > read.Config.Vocabulary)
                throw new StepFailedException($"The tokenizer has {tokenizer.VocabularySize} tokens and the model {read.Config.Vocabulary}: give the rest rows of their own with resize: {{ rows: mean }}.");
            int?[] rows = [.. tokenizer.Tokens.Select(token => known.Find(token) is { } id && id < read.Config.Vocabulary ? id : (int?)null)];
            using var resized = resize is null ? null : read.WithVocabulary(rows, resize.Rows, resize.Seed ?? 1);
            var model = resized ?? read;
            ModelFiles.Write(model, path, outputs.Model.Folder, inputs.Tokenizer is null ? ModelFolder.ReadTokens(folder, model.Config.Vocabulary) : null);
            File.Copy(path, outputs.Tokenizer[ModelFiles.TokenizerFile]);
            context.Metric("parameters", model.Config.ParameterCount);
            context.Metric("vocabulary", model.Config.Vocabulary);
            context.Metric("vocabulary.new", resize is null ? 0 : rows.Count(row => row is null));
            context.Summary = string.Create(CultureInfo.InvariantCulture, $"{model.Config.Architecture}, {model.Config.ParameterCount:N0} parameters, {model.Config.Vocabulary:N0} tokens{(resize is null ? "" : $" ({rows.Count(row => row is null):N0} new)")}");
        }
        catch (InvalidDataException wrong)
        {
            // Where the file lies for this attempt says nothing to whoever named the folder.
            throw new StepFailedException(wrong.Message.Replace(folder, with.Folder.TrimEnd('/'), StringComparison.Ordinal), wrong);
        }

        return Task.CompletedTask;
    }

    private static bool AllFinite(TorchSharp.torch.Tensor values)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return TorchSharp.torch.isfinite(values).all().item<bool>();
    }

    /// <summary>The files under their own names: the sources that entered the recipe and nothing else.</summary>
    private static string Gathered(StepContext context)
    {
        var folder = Directory.CreateDirectory(Path.Combine(context.Scratch, "model")).FullName;
        foreach (var source in context.Sources) File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(source.Name)), source.Path);
        return folder;
    }
}
