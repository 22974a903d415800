using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Data.Collection;
using Pipeline.Data.Documents;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Reporting;

/// <summary>Writes what finished documents are made of and what became of them on the way.</summary>
public sealed class ReportCorpus : Step<ReportCorpus.With, ReportCorpus.Given, ReportCorpus.Made>
{
    private const string PersonalDataStep = "clean.pii";

    public sealed record With;

    public sealed record Given
    {
        [Description("The finished documents, such as those to train on.")]
        public required Artifact<Documents> Documents { get; init; }

        [Description("The steps that they came through, each named alone: its datasheet, funnel, mixture or certificate is read.")]
        public required ArtifactList<ArtifactKind> All { get; init; }
    }

    public sealed record Made
    {
        [Description("Sources, licences, counts, personal data found and what each rule of each step dropped and changed: `corpus.json` and, to read, `corpus.md`. Steps above that are not among `all` are named.")]
        public required Output<Artifacts.CorpusSheet> Sheet { get; init; }
    }

    public override string Name => "report.corpus";
    public override int Version => 2;
    public override string Description => "Writes the datasheet of a finished corpus: sources and licences, and how each step between them and the documents filtered them, with the personal data that was found.";
    public override bool ReadsAncestry => true;

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        IReadOnlyDictionary<string, long> licenses;
        try
        {
            licenses = await LicenseCounts.OfAsync(inputs.Documents.LocateAll(), context.Cancellation);
        }
        catch (InvalidDataException e)
        {
            throw new StepFailedException(e.Message, e);
        }

        var given = inputs.All.Entries.ToLookup(e => e.Name.Split('.')[0], StringComparer.Ordinal);
        var steps = context.Ancestry.Where(a => given.Contains(a.Id)).Select(a => StepOf(a, given[a.Id])).ToList();
        var sources = inputs.All.Entries.Where(e => e.Kind == typeof(Artifacts.Datasheet)).SelectMany(e => Data.Collection.Datasheet.FromJson(Json(e).ToJsonString()).Sources).DistinctBy(s => (s.Name, s.Sha256)).ToList();
        var personal = new SortedDictionary<string, PersonalDataCount>(StringComparer.Ordinal);
        foreach (var (kind, count, documents) in steps.Where(s => s.Uses == PersonalDataStep).SelectMany(s => Data.Collection.CorpusSheet.CountsOf(s.Found)))
        {
            var known = personal.GetValueOrDefault(kind) ?? new(0, 0);
            personal[kind] = new(known.Found + count, known.Documents + (documents ?? 0));
        }

        var sheet = new Data.Collection.CorpusSheet(licenses.Values.Sum(), licenses, sources, steps, personal, [.. context.Ancestry.Select(a => a.Id).Where(id => !given.Contains(id))]);
        await File.WriteAllTextAsync(outputs.Sheet["corpus.json"], sheet.ToJson(), context.Cancellation);
        await File.WriteAllTextAsync(outputs.Sheet["corpus.md"], sheet.ToMarkdown(), context.Cancellation);
        context.Metric("documents", sheet.Documents);
        context.Metric("sources", sources.Count);
        context.Summary = string.Create(CultureInfo.InvariantCulture, $"{sheet.Documents:N0} documents of {sources.Count:N0} sources through {steps.Count} steps")
            + (sheet.Silent.Count > 0 ? $"  (nothing told of {string.Join(", ", sheet.Silent)})" : "");
    }

    private static CorpusStep StepOf(Ancestor step, IEnumerable<NamedArtifact> outputs)
    {
        var (rules, found, parts) = (new List<CorpusRule>(), new SortedDictionary<string, long>(StringComparer.Ordinal), new SortedDictionary<string, long>(StringComparer.Ordinal));
        foreach (var output in outputs)
        {
            if (output.Kind == typeof(Artifacts.Funnel))
            {
                var funnel = Data.Documents.Funnel.FromJson(Json(output).ToJsonString());
                rules.AddRange(Data.Collection.CorpusSheet.RulesOf(funnel));
                foreach (var (what, count) in funnel.Found ?? new Dictionary<string, long>()) found[what] = count;
            }
            else if (output.Kind == typeof(Artifacts.Datasheet))
            {
                var collected = Data.Collection.Datasheet.FromJson(Json(output).ToJsonString());
                rules.AddRange(collected.Filters.Select(f => new CorpusRule(f.Rule, null, f.DocumentsIn, f.DocumentsOut, 0, 0, 0)));
                (found["documents"], found["empty"], found["damaged"]) = (collected.Found.Documents, collected.Found.Empty, collected.Found.Damaged);
            }
            else if (output.Kind == typeof(Mixture))
                foreach (var domain in Json(output)["domains"]!.AsArray()) parts[(string)domain!["domain"]!] = (long)domain["documents"]!;
            else if (output.Kind == typeof(Certificate))
                foreach (var (part, size) in Json(output)["sizes"]!.AsObject()) parts[part] = (long)size!["documents"]!;
        }

        return new(step.Id, step.Uses, rules, found, parts);
    }

    private static JsonNode Json(NamedArtifact given) => JsonNode.Parse(File.ReadAllBytes(given.Artifact.LocateAll().Single(f => f.Name.EndsWith(".json", StringComparison.Ordinal)).Path))
        ?? throw new StepFailedException($"{given.Name} holds null.");
}
