using System.CommandLine;
using Pipeline.Engine.Authoring;
using Pipeline.Engine.Caching;
using Pipeline.Engine.Execution;
using Pipeline.Engine.Lineage;
using Pipeline.Steps.Writing;
using Pipeline.Training.NativeLibraries;
using Pipeline.Training.Sampling;

namespace Pipeline.Cli;

/// <summary>What the verbs that write text have in common: which model, and how it chooses its words.</summary>
internal sealed class ModelArguments
{
    private const string ModelFile = "config.json";

    private readonly Argument<string?> file = new("FILE") { Description = "The pipeline whose step --model names; left out for a folder or a digest.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> model = new("--model") { Description = "STEP or STEP.OUTPUT of FILE, the digest of an artifact, or a folder in the layout of Hugging Face's libraries.", HelpName = "ARTIFACT|FOLDER", Required = true };
    private readonly Option<int> maxTokens = new("--max-tokens") { Description = "Write at most so many tokens.", HelpName = "N", DefaultValueFactory = _ => 256 };
    private readonly Option<double> temperature = new("--temperature") { Description = "0 always takes the most probable token; the higher, the more surprising.", HelpName = "T", DefaultValueFactory = _ => 1 };
    private readonly Option<int> topK = new("--top-k") { Description = "Draw among so many most probable tokens; 0: among all.", HelpName = "N", DefaultValueFactory = _ => 0 };
    private readonly Option<double> topP = new("--top-p") { Description = "Draw among the fewest most probable tokens that have this share; 1: among all.", HelpName = "P", DefaultValueFactory = _ => 1 };
    private readonly Option<double> minP = new("--min-p") { Description = "Draw among tokens at least this share as probable as the most probable one; 0: among all.", HelpName = "P", DefaultValueFactory = _ => 0 };
    private readonly Option<double> repetitionPenalty = new("--repetition-penalty") { Description = "Above 1: tokens that occurred become less probable.", HelpName = "X", DefaultValueFactory = _ => 1 };
    private readonly Option<string[]> stop = new("--stop") { Description = "End before this text. May be given several times.", HelpName = "TEXT", DefaultValueFactory = _ => [] };
    private readonly Option<bool> prefix = new("--prefix") { Description = "Read the prompt from both sides, for a model that was trained with objective prefix." };
    private readonly Option<long> seed = new("--seed") { Description = "Decides the draws: the same seed writes the same text.", HelpName = "S", DefaultValueFactory = _ => 0 };
    private readonly Option<string?> libtorch = new(LibTorchChoice.Option) { Description = $"Load libtorch from this folder instead of the one that came along (also {LibTorchChoice.Variable}).", HelpName = "DIR" };
    private readonly Option<string?> state = PipelineArguments.StateOption();
    private readonly Option<string?> store = PipelineArguments.StoreOption();

    public void AddTo(Command command)
    {
        command.Arguments.Add(file);
        foreach (var option in new System.CommandLine.Option[] { model, maxTokens, temperature, topK, topP, minP, repetitionPenalty, stop, prefix, seed, libtorch, state, store }) command.Options.Add(option);
    }

    /// <exception cref="WrongInputException">An option is out of its range, or would be ignored.</exception>
    public GenerationOptions Options(ParseResult parsed)
    {
        try
        {
            var options = new GenerationOptions
            {
                MaxTokens = parsed.GetValue(maxTokens),
                Temperature = parsed.GetValue(temperature),
                TopK = parsed.GetValue(topK),
                TopP = parsed.GetValue(topP),
                MinP = parsed.GetValue(minP),
                RepetitionPenalty = parsed.GetValue(repetitionPenalty),
                StopTexts = parsed.GetValue(stop) ?? [],
                PromptIsPrefix = parsed.GetValue(prefix),
                Seed = parsed.GetValue(seed),
                // The model's tokenizer takes its place.
                Decode = _ => "",
            };
            return options.Checked();
        }
        catch (ArgumentException wrong)
        {
            throw new WrongInputException(wrong.Message);
        }
    }

    /// <param name="scratch">An empty folder.</param>
    /// <exception cref="WrongInputException">There is no such model, or it cannot be computed here.</exception>
    public async Task<TextModel> OpenAsync(ParseResult parsed, string scratch, CancellationToken cancellation)
    {
        var given = parsed.GetValue(model)!;
        try
        {
            return parsed.GetValue(file) is null && Directory.Exists(given) ? TextModel.Open(given) : TextModel.Open(await ArtifactAsync(parsed, given, cancellation), scratch);
        }
        catch (InvalidDataException wrong)
        {
            throw new WrongInputException(wrong.Message.Replace(scratch, given, StringComparison.Ordinal));
        }
    }

    private async Task<Artifact> ArtifactAsync(ParseResult parsed, string given, CancellationToken cancellation)
    {
        var pipeline = parsed.GetValue(file) is { } named ? FileOf(named) : null;
        if (pipeline is null && !LineageTargets.IsDigest(given))
            throw new WrongInputException($"There is no folder '{given}', and it is no digest. The step of a pipeline is named with its file: {parsed.CommandResult.Command.Name} FILE --model {given}");
        var folder = parsed.GetValue(state) is { } chosen ? new StateFolder(chosen) : StateFolder.For(pipeline ?? Path.Combine(Directory.GetCurrentDirectory(), "any.yaml"));
        var uri = parsed.GetValue(store) ?? Environment.GetEnvironmentVariable(PipelineArguments.StoreVariable);
        using var remote = string.IsNullOrEmpty(uri) ? null : PipelineArguments.OpenStore(uri, Path.GetDirectoryName(pipeline) ?? Directory.GetCurrentDirectory());
        var engine = new EngineState(folder, TimeProvider.System, remote, notice: Console.Error.WriteLine);
        var index = ResultIndex.Open(engine.Results, folder.Lineage);
        var targets = new LineageTargets(engine, index, new LineageWalk(index, engine.Cache, new StepNames(folder, null), () => { }));
        var found = pipeline is null ? await targets.ByDigestAsync(given, cancellation) : targets.ByStep(pipeline, given);
        var models = new List<Artifact>();
        foreach (var target in found)
        {
            if (await engine.Cache.ReadManifestAsync(target.Digest, cancellation) is { } manifest && manifest.Files.Any(f => f.Path == ModelFile))
                models.Add(new(target.Digest, manifest.Files, engine.Store.Locate));
        }

        if (models is not [var only])
            throw new WrongInputException(models.Count == 0 ? $"'{given}' is no model: none of its artifacts has a {ModelFile}." : $"'{given}' has {models.Count} models; name one as STEP.OUTPUT.");
        await engine.Cache.FetchAsync(only.Files, cancellation);
        return only;
    }

    private static string FileOf(string given)
    {
        if (File.Exists(given)) return Path.GetFullPath(given);
        var named = Path.Combine("pipelines", given + ".yaml");
        return File.Exists(named) ? Path.GetFullPath(named) : throw new WrongInputException($"There is no file '{given}', nor '{named}', under {Directory.GetCurrentDirectory()}.");
    }
}
