using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Pipeline.Data.Mixing;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Tokenizing;

namespace Pipeline.Steps.Mixing;

/// <summary>Mixes domains by weight into one corpus.</summary>
public sealed class Mix : Step<Mix.With, Mix.Given, Mix.Made>
{
    public sealed record With
    {
        [Description("Weight of each domain. Without weights its size is its weight; with them every domain needs one.")]
        [Engine.Authoring.Range(0)]
        public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();

        [Description("Shares are weights to the power of its inverse: 1 leaves them, more evens them out.")]
        [Engine.Authoring.Range(0.1, 1000)]
        public double Temperature { get; init; } = 1;

        [Description("How often a domain's text may be taken; what it lacks then the others give. Where all are taken that often, the mixture is smaller than the budget, and the summary and a warning say so.")]
        [Engine.Authoring.Range(0.001, 1000)]
        public double MaximumEpochs { get; init; } = 4;

        [Description("How much to take of all, in the unit; by default as much as there is.")]
        [Engine.Authoring.Range(1)]
        public long? Budget { get; init; }

        [Description("What sizes, shares and budget are counted in. Tokens need the input tokenizer, and each document has one more, which ends it, as in tokenizer.encode.")]
        public MixUnit Unit { get; init; } = MixUnit.Bytes;

        [Description("A metadata key, or `language`, `license` or `source`, whose values are the domains; by default each input is one.")]
        public string? By { get; init; }

        [Description("Decides which documents are taken where not all are.")]
        public long Seed { get; init; } = 1;
    }

    public sealed record Given
    {
        [Description("Documents, an input for each domain, under any name.")]
        [AnyName]
        public required ArtifactList<Documents> Domains { get; init; }

        [Description("Counts the tokens.")]
        public Artifact<Tokenizer>? Tokenizer { get; init; }
    }

    public sealed record Made
    {
        [Description("The mixture, in which every stretch has about the shares of the whole. Metadata names the `domain`, and for repeated documents the `epoch`.")]
        public required Output<Documents> Documents { get; init; }

        [Description("Shares asked for and reached: `mixture.json`.")]
        public required Output<Mixture> Mixture { get; init; }
    }

    public override string Name => "mix";
    public override int Version => 5;
    public override string Description => "Mixes domains of documents: shares by weight and temperature, repeated at most so often, up to a budget of documents, bytes, words or tokens; which documents is decided by a seed. The whole comes within a document of the budget. Memory does not grow with the corpus.";
    public override int DefaultCpus => 2;
    public override string Incremental => "per shard of the documents, which are measured, and of the mixture, as far as the same documents come in the same order";
    public override bool SharesPieces => true;

    protected override IEnumerable<(string Option, string Message)> Check(With with, IReadOnlyDictionary<string, int> given)
    {
        foreach (var problem in TokenUnit.Problems(with.Unit, MixUnit.Tokens, given, "bytes")) yield return problem;
        if (with.Weights.Count > 0 && with.Weights.Values.All(w => w == 0)) yield return ("weights", "are all 0, so that nothing would be taken; give at least one domain a weight");
        if (with.Weights.Values.FirstOrDefault(w => !double.IsFinite(w)) is var odd && !double.IsFinite(odd)) yield return ("weights", $"has {odd}; expected numbers from 0 up");
        if (with.By is "") yield return ("by", "is empty; leave it out or name a metadata key");
        if (with.By is null && with.Weights.Count > 0)
        {
            var inputs = given.Keys.Where(name => name != "tokenizer").Order(StringComparer.Ordinal).ToList();
            if (Quoted(with.Weights.Keys.Except(inputs).Order(StringComparer.Ordinal)) is { Length: > 0 } unknown) yield return ("weights", $"names {unknown}, which is no input; the domains are {string.Join(", ", inputs)}");
            if (Quoted(inputs.Except(with.Weights.Keys)) is { Length: > 0 } missing) yield return ("weights", $"lacks {missing}; give each a weight, 0 to leave it out");
        }
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var sizes = new UnitSizes(with.Unit, TokenUnit.Counter(inputs.Tokenizer));
        var corpus = await MeasuredDomains.OfAsync(inputs, with, sizes, context);
        RefuseWeights(corpus, with);
        var plan = MixPlan.Of([.. corpus.Domains.Select(d => (d.Key, d.Value.Total, WeightOf(with, d.Key)))], with.Temperature, with.Budget, with.MaximumEpochs);
        var mixture = new MixtureShards(corpus, await corpus.ShareAsync(plan, with.MaximumEpochs), context);
        await mixture.WriteAsync(outputs.Documents);
        Report(plan, mixture, with, outputs, context);
    }

    private static void RefuseWeights(MeasuredDomains corpus, With with)
    {
        if (with.Weights.Keys.Except(corpus.Domains.Keys).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
            throw new StepFailedException($"weights names {string.Join(", ", unknown)}, of which there is no document; the domains are {string.Join(", ", corpus.Domains.Keys)}.");
        if (with.Weights.Count > 0 && corpus.Domains.Keys.Except(with.Weights.Keys).ToList() is { Count: > 0 } missing)
            throw new StepFailedException($"{Named(missing)} no weight; weights names {string.Join(", ", with.Weights.Keys)}. Give each domain one, 0 to leave it out.");
        if (with.Weights.Count > 0 && corpus.Domains.All(d => d.Value.Total == 0 || with.Weights[d.Key] == 0))
            throw new StepFailedException($"The weights of all domains that have text are 0: {string.Join(", ", corpus.Domains.Where(d => d.Value.Total > 0).Select(d => d.Key))}. Give one of them a weight.");
    }

    private static string Named(List<string> missing) => $"The domain{(missing.Count == 1 ? "" : "s")} {Quoted(missing)} {(missing.Count == 1 ? "has" : "have")}";

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"'{n}'"));

    private static double? WeightOf(With with, string domain) => with.Weights.Count == 0 ? null : with.Weights[domain];

    private static void Report(IReadOnlyList<DomainPlan> plan, MixtureShards mixture, With with, Made outputs, StepContext context)
    {
        var (reached, written) = (mixture.Reached, mixture.Written);
        var all = reached.Sum(r => r.Size);
        if (written == 0)
        {
            var budget = with.Budget is { } given ? string.Create(CultureInfo.InvariantCulture, $"a budget of {given} {OptionReader.SnakeCase(with.Unit.ToString())} and ") : "";
            throw new StepFailedException(string.Create(CultureInfo.InvariantCulture, $"No document is in the mixture: {budget}maximum_epochs of {with.MaximumEpochs} let through less than half the smallest document. Raise {(budget.Length > 0 ? "them" : "it")}."));
        }

        var rows = plan.Select((p, i) => new MixedDomain(p.Domain, p.Size, Math.Round(p.Asked, 6), Math.Round((double)reached[i].Size / Math.Max(1, all), 6), Math.Round(p.Epochs, 4), p.Limited, reached[i].Documents, reached[i].Size)).ToList();
        File.WriteAllText(outputs.Mixture["mixture.json"], JsonSerializer.Serialize(new { Unit = OptionReader.SnakeCase(with.Unit.ToString()), with.Budget, Reached = all, Domains = rows }, MixtureJson) + "\n");
        foreach (var row in rows)
        {
            context.Metric($"{row.Domain}.share_asked", row.ShareAsked);
            context.Metric($"{row.Domain}.share_reached", row.ShareReached);
            context.Metric($"{row.Domain}.epochs", row.Epochs);
        }

        context.Metric("documents.out", written);
        context.Metric("size", all);
        // What the plan lacks is lacking; what only a document more or less makes is not.
        var report = new MixReport(rows, all, with.Budget ?? all, plan.Sum(p => p.Target) < with.Budget - 0.5, OptionReader.SnakeCase(with.Unit.ToString()), with.MaximumEpochs);
        foreach (var line in report.Lines()) context.Log(line);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{written:N0} documents, {report.Summary()}");
    }

    private static readonly JsonSerializerOptions MixtureJson = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n" };
}
