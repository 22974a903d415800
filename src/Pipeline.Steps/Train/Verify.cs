using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Data.Conversations;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Training.Batches;
using Pipeline.Training.Models;
using Pipeline.Training.Verification;

namespace Pipeline.Steps.Train;

/// <summary>Checks that a training keeps what every training must.</summary>
public sealed class Verify : Step<Verify.With, Verify.Given, Verify.Made>
{
    /// <summary>Those of the training: a pipeline can give both steps the same.</summary>
    public sealed record With : Pretrain.With;

    public sealed record Given
    {
        [Description("Tokens that it trains on.")]
        public required Splits<TokenShards> Tokens { get; init; }

        [Description("The tokenizer they were made with.")]
        public required Artifact<Tokenizer> Tokenizer { get; init; }

        [Description("Conversations whose answers and their ends must be trained, and nothing else; of all parts.")]
        public Splits<Artifacts.Conversations>? Conversations { get; init; }
    }

    public sealed record Made
    {
        [Description("Each invariant, whether it holds, and the figures.")]
        public required Output<Findings> Findings { get; init; }
    }

    /// <summary>Options that a few steps do not show: they say when something is looked at, or are for what seldom happens.</summary>
    private static readonly string[] Unseen = ["device", "threads", "batch.micro", "validation.", "early_stopping", "monitor", "samples", "skip_spikes", "objective.whole_words", "weights"];

    private static readonly Dictionary<string, int> Alone = [];

    public override string Name => "train.verify";
    public override int Version => 1;
    public override string Description => "Checks a new training, given as to train.pretrain, before it is run at length: micro-batches, ranks, resumption, export, packing, the optimiser's formula and that every option is read. Fails naming what does not hold.";
    public override bool Isolated => true;
    public override int DefaultCpus => 2;
    public override string? CpusOption => "threads";
    public override IReadOnlyDictionary<string, string> Facets => TorchFacets.Of;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        var problems = Pretrain.Problems(with).ToList();
        if (with.Device != TrainDevice.Cpu) problems.Add(("device", "the invariants are checked on the CPU, to the bit: leave it out here"));
        return problems.Count > 0 ? problems : Pretrain.Unfit(with, Alone);
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        TorchSharp.torch.set_num_threads(with.Threads);
        using var data = new PretrainData(new() { Tokens = inputs.Tokens, Tokenizer = inputs.Tokenizer }, measured: false);
        using var tokens = data.Open();
        var tokenizer = TokenizerReader.Read(inputs.Tokenizer.Locate(ModelFiles.TokenizerFile));
        var trial = Of(with);
        TrainingSession.CheckNames(with.Trainable, [.. trial.Config.Layout().Select(parameter => parameter.Name)]);
        var others = SetOptions.Of<Pretrain.With>(with, new Pretrain.With { Model = new() }, Elsewhere).Where(set => !Unseen.Any(unseen => set.Path.StartsWith(unseen, StringComparison.Ordinal))).Select(set => (set.Path, (IReadOnlyList<Trial>)[.. set.Otherwise.Select(Otherwise).OfType<Trial>()])).ToList();
        var findings = new List<Finding>();
        foreach (var finding in Invariants.Check(trial, context.Scratch, others, Turns(inputs, tokenizer)))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            findings.Add(finding);
            context.Log(finding.ToString());
            context.Report(findings.Count, Invariants.Count, "invariants", finding.Name);
        }

        var broken = findings.Where(finding => finding.Holds == false).ToList();
        if (broken.Count > 0) throw new StepFailedException(string.Join(Environment.NewLine, broken));
        var rows = findings.Select(finding => (JsonNode)new JsonObject { ["invariant"] = finding.Invariant, ["name"] = finding.Name, ["holds"] = finding.Holds, ["figures"] = finding.Figures });
        File.WriteAllText(outputs.Findings["findings.json"], new JsonArray([.. rows]).ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n");
        var held = findings.Count(finding => finding.Holds == true);
        context.Metric("invariants.hold", held);
        context.Metric("invariants.do_not_apply", findings.Count - held);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{held} invariants hold, {findings.Count - held} do not apply ({string.Join("; ", findings.Where(finding => finding.Holds is null).Select(finding => finding.Name))})");
        return Task.CompletedTask;

        Trial? Otherwise(Pretrain.With training)
        {
            try
            {
                return Pretrain.Problems(training).Concat(Pretrain.Unfit(training, Alone)).Any() ? null : Of(training);
            }
            catch (StepFailedException)
            {
                // What the tokenizer has not got.
                return null;
            }
        }

        Trial Of(Pretrain.With training)
        {
            var config = (training.Model ?? new()).Config(data.Vocabulary);
            var task = training.Objective.Task(config);
            var examples = Pretrain.OfTokenizer(() => task.Examples(tokens.Windows(config.Context, training), config, config.Context, TokenizerSpecials.Of(tokenizer, training.Objective.WholeWords == true), training.Seed));
            return new(config, training.Options, training.Documents == DocumentJoining.Joined ? examples : new SeparateDocuments(examples, data.EndOfText))
            {
                Loss = training.Objective.Loss(task),
                Model = shape => LanguageModel.Initialise(shape, training.Seed),
            };
        }
    }

    /// <summary>Values that no run is indifferent to, where the default and values near by may be as good as what is set.</summary>
    private static object? Elsewhere(string path) => path switch
    {
        "optimizer.clip" => 1e-4,
        "optimizer.epsilon" => 1e-2,
        "optimizer.update_clip" => 1e-3,
        "optimizer.least_scale" => 1.0,
        "model.window" => 1,
        _ => null,
    };

    private static Finding? Turns(Given inputs, TokenizerModel tokenizer)
    {
        if (inputs.Conversations is not { } parts) return null;
        var encoder = new ConversationEncoder(new TextTokenizer(tokenizer));
        var examples = new[] { parts.Train, parts.Validation, parts.Test }.SelectMany(part => ConversationLines.ReadConversations(part.Locate("conversations.jsonl")))
            .Select(conversation => encoder.Encode(conversation.Turns)).Select(encoded => new Example(encoded.Ids, encoded.Trained)).ToList();
        return TrainedTurns.Check(examples, tokenizer.SpecialId(Data.Tokenizers.SpecialTokens.Assistant), tokenizer.SpecialId(Data.Tokenizers.SpecialTokens.End), tokenizer.VocabularySize);
    }
}
