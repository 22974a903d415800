using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Tests.Definitions;

/// <summary>Step types shaped like the real ones; they never run here.</summary>
public static class SampleSteps
{
    public static StepCatalog Catalog { get; } = new(
    [
        new CollectFiles(), new CleanText(), new PartitionSplit(), new TrainBpe(), new Encode(),
        new Pretrain(), new Evaluate(), new ReportHtml(), new Gate(), new Select(), new Shell(),
    ]);

    public sealed class Documents : Files;
    public sealed class Certificate : Files;
    public sealed class Tokenizer : Files;
    public sealed class TokenShards : Files;
    public sealed class Model : Files;
    public sealed class Report : Files;

    public sealed record Nothing;

    public sealed record DocumentsIn
    {
        [Description("The documents to work on.")]
        public required Artifact<Documents> Documents { get; init; }
    }

    public sealed record DocumentsOut
    {
        [Description("One row a document.")]
        public required Output<Documents> Documents { get; init; }
    }

    public sealed class CollectFiles : Sample<CollectFiles.With, Nothing, DocumentsOut>
    {
        public sealed record With
        {
            [Description("Globs of the files to read."), SourceFiles]
            public required IReadOnlyList<string> Paths { get; init; }

            [Description("Text to name the source with.")]
            public string? Label { get; init; }

            [Description("Metadata to add to each document.")]
            public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
        }

        public override string Name => "collect.files";
        public override string Description => "Collects documents from files.";
    }

    public enum Form
    {
        None,
        Nfc,
        Nfkc,
    }

    public sealed class CleanText : Sample<CleanText.With, DocumentsIn, DocumentsOut>
    {
        public sealed record With
        {
            [Description("Unicode normal form.")]
            public Form Normalize { get; init; } = Form.Nfc;

            [Description("Remove HTML tags.")]
            public bool StripMarkup { get; init; } = true;

            [Description("Drop documents with fewer words."), Range(0)]
            public int MinimumWords { get; init; } = 4;
        }

        public override string Name => "clean.text";
        public override string Description => "Cleans the text of documents.";
    }

    public sealed class PartitionSplit : Sample<PartitionSplit.With, DocumentsIn, PartitionSplit.Parts>
    {
        public sealed record With
        {
            [Description("Share of documents to train on."), Range(0, 1)]
            public double Train { get; init; } = 0.8;

            [Description("Share to validate on."), Range(0, 1)]
            public double Validation { get; init; } = 0.1;

            [Description("Share to test on."), Range(0, 1)]
            public double Test { get; init; } = 0.1;

            [Description("Where the random order starts.")]
            public long Seed { get; init; } = 1234;
        }

        public sealed record Parts
        {
            public required Output<Documents> Train { get; init; }
            public required Output<Documents> Validation { get; init; }
            public required Output<Documents> Test { get; init; }
            public required Output<Certificate> Certificate { get; init; }
        }

        public override string Name => "partition.split";
        public override string Description => "Splits documents into train, validation and test.";

        protected override IEnumerable<(string Option, string Message)> Check(With with)
        {
            if (Math.Abs(with.Train + with.Validation + with.Test - 1) > 1e-9) yield return ("train", "train, validation and test must add up to 1");
        }
    }

    public sealed class TrainBpe : Sample<TrainBpe.With, DocumentsIn, TrainBpe.Made>
    {
        public sealed record With
        {
            [Description("Tokens to learn."), Range(257, 1_000_000)]
            public int VocabSize { get; init; } = 32_000;
        }

        public sealed record Made
        {
            public required Output<Tokenizer> Tokenizer { get; init; }
        }

        public override string Name => "tokenizer.train-bpe";
        public override string Description => "Trains a byte-level BPE tokenizer.";
    }

    public sealed class Encode : Sample<Nothing, Encode.Given, Encode.Parts>
    {
        public sealed record Given
        {
            [Description("The parts of the corpus.")]
            public required Splits<Documents> Split { get; init; }

            public required Artifact<Tokenizer> Tokenizer { get; init; }
        }

        public sealed record Parts
        {
            public required Output<TokenShards> Train { get; init; }
            public required Output<TokenShards> Validation { get; init; }
            public required Output<TokenShards> Test { get; init; }
        }

        public override string Name => "tokenizer.encode";
        public override string Description => "Turns documents into tokens.";
    }

    public sealed class Pretrain : Sample<Pretrain.With, Pretrain.Given, Pretrain.Made>
    {
        public sealed record Shape
        {
            [Description("The kind of network."), Choices("gpt", "bert", "lstm")]
            public string Architecture { get; init; } = "gpt";

            [Description("Blocks."), Range(1, 256)]
            public int Layers { get; init; } = 4;

            [Description("Attention heads."), Range(1, 256)]
            public required int Heads { get; init; }

            [Description("Width of the residual stream."), Range(1, 65536)]
            public required int Width { get; init; }
        }

        public sealed record Optimizer
        {
            [Description("Peak learning rate."), Range(0, 1)]
            public double LearningRate { get; init; } = 1e-3;

            [Description("Decay of the moments."), Range(0, 1)]
            public IReadOnlyList<double> Betas { get; init; } = [0.9, 0.95];
        }

        public sealed record EarlyStopping
        {
            [Description("Validations without progress."), Range(1)]
            public int Patience { get; init; } = 3;
        }

        public sealed record With
        {
            [Description("The network.")]
            public required Shape Model { get; init; }

            [Description("How it learns.")]
            public Optimizer Optimizer { get; init; } = new();

            [Description("How far to go."), Range(1)]
            public int Steps { get; init; } = 1000;

            [Description("Stop when it gets no better.")]
            public EarlyStopping? EarlyStopping { get; init; }
        }

        public sealed record Given
        {
            [Description("What to learn from.")]
            public required Splits<TokenShards> Tokens { get; init; }

            public Artifact<Model>? Model { get; init; }
        }

        public sealed record Made
        {
            public required Output<Model> Model { get; init; }
        }

        public override string Name => "train.pretrain";
        public override string Description => "Trains a network to predict the next token.";
        public override bool SupportsRanks => true;
        public override int DefaultCpus => 2;

        protected override IEnumerable<(string Option, string Message)> Check(With with)
        {
            if (with.Model.Width % with.Model.Heads != 0) yield return ("model.width", $"{with.Model.Width} is not a multiple of heads, {with.Model.Heads}");
        }
    }

    public sealed class Evaluate : Sample<Nothing, Evaluate.Given, Nothing>
    {
        public sealed record Given
        {
            public required ArtifactList<Model> Models { get; init; }
            public required Artifact<TokenShards> Tokens { get; init; }
        }

        public override string Name => "evaluate.language-model";
        public override string Description => "Measures models on held-out text.";
    }

    public sealed class ReportHtml : Sample<Nothing, ReportHtml.Given, ReportHtml.Made>
    {
        public sealed record Given
        {
            [Description("What to report on.")]
            public ArtifactList<ArtifactKind> All { get; init; } = new([]);
        }

        public sealed record Made
        {
            public required Output<Report> Report { get; init; }
        }

        public override string Name => "report.html";
        public override string Description => "Writes a page.";
    }

    public sealed class Gate : Sample<Gate.With, Gate.Given, Nothing>
    {
        public sealed record With
        {
            [Description("Conditions that must hold.")]
            public required IReadOnlyList<string> Require { get; init; }

            [Description("What then."), Choices("fail", "stop")]
            public string Otherwise { get; init; } = "fail";

            [Description("What a condition without a baseline comes to."), Choices("pass", "fail")]
            public string? NoBaseline { get; init; }

            [Description("Figures of other commits.")]
            public IReadOnlyDictionary<string, double> Baselines { get; init; } = new Dictionary<string, double>();

            [Description("Figures that other commits do not have.")]
            public IReadOnlyList<string> Missing { get; init; } = [];
        }

        public sealed record Given
        {
            public required ArtifactList<Metrics> Metrics { get; init; }
        }

        public override string Name => "gate";
        public override string Description => "Stops the pipeline where conditions do not hold.";
    }

    public sealed class Select : Sample<Select.With, Select.Given, DeclaredOutputs>
    {
        public enum Goal
        {
            Last,
            Min,
            Max,
        }

        public sealed record With
        {
            [Description("The metric to go by.")]
            public string? Metric { get; init; }

            [Description("Which is best.")]
            public required Goal Goal { get; init; }
        }

        public sealed record Given
        {
            [Description("The steps to choose from.")]
            public required ArtifactList<ArtifactKind> Candidates { get; init; }
        }

        public override string Name => "select";
        public override string Description => "Passes on the outputs of one of several steps.";
        public override string? PassesOn => "candidates";

        protected override IEnumerable<(string Option, string Message)> Check(With with)
        {
            if (with.Goal != Goal.Last && with.Metric is null) yield return ("", "a metric is needed");
        }
    }

    public sealed class Shell : Sample<Shell.With, Shell.Given, DeclaredOutputs>
    {
        public sealed record With
        {
            [Description("The command.")]
            public required string Run { get; init; }

            [Description("Names of the outputs.")]
            public IReadOnlyList<string> Outputs { get; init; } = [];

            [Secret, Description("Variables.")]
            public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();
        }

        public override bool ReadsEnvironment => true;

        public sealed record Given
        {
            [AnyName, Description("Whatever the command reads.")]
            public ArtifactList<ArtifactKind> Inputs { get; init; } = new([]);
        }

        public override string Name => "shell";
        public override string Description => "Runs a command.";

        public override IReadOnlyList<OutputPort> OutputsOf(JsonObject with) =>
            [.. with["outputs"]!.AsArray().Select(o => new OutputPort((string)o!, typeof(Files), "Declared by the pipeline."))];
    }

    public abstract class Sample<TWith, TGiven, TMade> : Step<TWith, TGiven, TMade>
        where TWith : class
    {
        public override int Version => 1;

        protected override Task RunAsync(TWith with, TGiven inputs, TMade outputs, StepContext context) =>
            throw new InvalidOperationException("Sample steps are only read, never run.");
    }
}
