using System.ComponentModel;
using System.Globalization;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Train;
using Pipeline.Training.Evaluation;

namespace Pipeline.Steps.Reporting;

/// <summary>Draws who looks at whom in each layer and head of a model, for given texts.</summary>
public sealed class ReportAttention : Step<ReportAttention.With, ReportAttention.Given, ReportAttention.Made>
{
    private const int MostTexts = 20;

    public sealed record With
    {
        [Description("The texts to read, at most 20.")]
        public required IReadOnlyList<string> Texts { get; init; }

        [Description("For a model that reads a source (encoder-decoder, hybrid): the source of each text, in their order.")]
        public IReadOnlyList<string> Sources { get; init; } = [];

        [Description("Only so many tokens at the beginning of each text and source are read.")]
        [Engine.Authoring.Range(2, 256)]
        public int Tokens { get; init; } = 48;

        [Description("The layers to draw, from 1, of encoder and decoder alike; empty: all.")]
        public IReadOnlyList<int> Layers { get; init; } = [];

        [Description("The heading of the page.")]
        public string Title { get; init; } = "Attention";
    }

    public sealed record Given
    {
        [Description("The model, of a family that attends: all but lstm and gru.")]
        public required Artifact<Model> Model { get; init; }
    }

    public sealed record Made
    {
        [Description("The page, with nothing outside it: `report.html`.")]
        public required Output<Report> Report { get; init; }
    }

    public override string Name => "report.attention";
    public override int Version => 1;
    public override string Description => "Draws the attention maps of a model for given texts, a picture for each layer and head, on one self-contained HTML page: self-attention, and a decoder's look at its source.";
    public override bool Isolated => true;
    public override IReadOnlyDictionary<string, string> Facets => TorchFacets.Of;

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Texts.Count is 0 or > MostTexts) yield return ("texts", $"are {with.Texts.Count}: give from one to {MostTexts}");
        if (with.Texts.Any(t => t.Length == 0)) yield return ("texts", "one is empty: there is nothing to look at");
        if (with.Sources.Any(t => t.Length == 0)) yield return ("sources", "one is empty: there is nothing to look at");
        if (with.Sources.Count > 0 && with.Sources.Count != with.Texts.Count) yield return ("sources", $"are {with.Sources.Count} for {with.Texts.Count} texts: give each text its own, or none");
        if (with.Layers.Any(l => l < 1)) yield return ("layers", "count from 1");
    }

    protected override StepEstimate? Estimate(With with, Foreseen given) =>
        ModelForecast.Of(given.Input("model"))?.Config is { } config && AttentionMaps.Problem(config, with.Layers) is { } problem ? new() { Impossible = [problem + "."] } : null;

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        // Sums of another number of threads have other bits.
        TorchSharp.torch.set_num_threads(1);
        using var model = ModelFiles.Read(inputs.Model, context.Scratch);
        if (AttentionMaps.Problem(model.Config, with.Layers) is { } problem) throw new StepFailedException(problem + ".");
        try
        {
            using var attention = new AttentionMaps(model);
            var page = new AttentionPage(model.Config, attention, new TextTokenizer(ModelFiles.Tokenizer(inputs.Model)), with, context.Log);
            var html = page.Write();
            File.WriteAllText(outputs.Report["report.html"], html);
            foreach (var (name, entropy) in page.Entropies) context.Metric($"entropy.{name}", entropy);
            context.Metric("maps", page.Maps);
            context.Summary = string.Create(CultureInfo.InvariantCulture, $"{page.Maps:N0} maps of {with.Texts.Count} text{(with.Texts.Count == 1 ? "" : "s")}, {html.Length / 1000:N0} kB");
        }
        catch (ArgumentException wrong)
        {
            throw new StepFailedException(wrong.Message, wrong);
        }

        return Task.CompletedTask;
    }
}
