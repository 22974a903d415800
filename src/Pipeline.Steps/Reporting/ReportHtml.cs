using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Reporting;

/// <summary>Writes one HTML page about a pipeline: its steps, what became of the data, the training curves, the figures and samples.</summary>
public sealed class ReportHtml : Step<ReportHtml.With, ReportHtml.Given, ReportHtml.Made>
{
    public sealed record With
    {
        [Description("The heading of the page.")]
        public string Title { get; init; } = "Pipeline report";
    }

    public sealed record Given
    {
        [Description("Steps to report on, each named alone: all of its outputs are read.")]
        public required ArtifactList<ArtifactKind> All { get; init; }
    }

    public sealed record Made
    {
        [Description("The page, with nothing outside it: `report.html`.")]
        public required Output<Report> Report { get; init; }
    }

    public override string Name => "report.html";
    public override int Version => 3;
    public override string Description => "Writes one self-contained HTML page: the steps, what was collected and under which licences, the data funnel, the split's certificate, training curves, held-out figures and samples.";
    public override bool ReadsAncestry => true;

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var page = new StringBuilder();
        var stages = context.Ancestry.Select(a => a.Id).ToList();
        page.Append(Html.Head(with.Title, Style));
        Section(page, "Steps", GraphDrawing.Draw(context.Ancestry));
        Section(page, "Held-out figures", string.Concat(Of<Metrics>(inputs).Where(e => IsEvaluation(e, context)).Select(e => FiguresTable.Of(Json(e.Artifact), stages))));
        Section(page, "Training", string.Concat(Of<TrainingLog>(inputs).Select(e => TrainingCurves.Of(StepOf(e), File.ReadLines(e.Artifact.Locate("log.jsonl"))))));
        Section(page, "Samples", string.Concat(Of<Samples>(inputs).Select(e => SampleTable.Of(Json(e.Artifact).AsArray(), stages))));
        Section(page, "What was collected", string.Concat(Of<Artifacts.Datasheet>(inputs).Select(e => CollectedTable.Of(StepOf(e), Data.Collection.Datasheet.FromJson(Json(e.Artifact).ToJsonString())))));
        Section(page, "What became of the data", string.Concat(Of<Funnel>(inputs).Select(e => FunnelTable.Of(StepOf(e), Json(e.Artifact)))));
        Section(page, "The split", string.Concat(Of<Certificate>(inputs).Select(e => CertificateTable.Of(Json(e.Artifact)))));
        Section(page, "All figures", string.Concat(Of<Metrics>(inputs).Select(e => AllFigures(StepOf(e), Json(e.Artifact).AsObject()))));
        page.Append("</body></html>\n");
        File.WriteAllText(outputs.Report["report.html"], page.ToString());
        context.Summary = $"{inputs.All.Entries.Select(StepOf).Distinct().Count()} steps on one page, {page.Length / 1000:N0} kB";
        return Task.CompletedTask;
    }

    private static IEnumerable<NamedArtifact> Of<TKind>(Given inputs) => inputs.All.Entries.Where(e => e.Kind == typeof(TKind));

    private static string StepOf(NamedArtifact entry) => entry.Name.Split('.')[0];

    private static bool IsEvaluation(NamedArtifact entry, StepContext context) =>
        context.Ancestry.Any(a => a.Id == StepOf(entry) && a.Uses.StartsWith("evaluate.", StringComparison.Ordinal));

    private static JsonNode Json(Artifact artifact) => JsonNode.Parse(File.ReadAllBytes(artifact.LocateAll().Single(f => f.Name.EndsWith(".json", StringComparison.Ordinal)).Path))
        ?? throw new JsonException($"The artifact {artifact.Digest} holds null.");

    private static void Section(StringBuilder page, string title, string content)
    {
        if (content.Length > 0) page.Append($"<section><h2>{Html.Text(title)}</h2>\n{content}</section>\n");
    }

    private static string AllFigures(string step, JsonObject metrics) => metrics.Count == 0 ? "" :
        $"<details><summary>{Html.Text(step)}</summary>{Html.Table(["figure", "value"], metrics.Select(m => (IEnumerable<string>)[Html.Text(m.Key), Html.Number((double)m.Value!)]))}</details>\n";

    private const string Style = """
        :root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d8dee6;--box:#eef3fa;--bg:#fff}
        @media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b5;--line:#39424e;--box:#243040;--bg:#151a21}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--bg);max-width:1000px;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.6rem}h2{font-size:1.2rem;border-bottom:1px solid var(--line);padding-bottom:.2rem;margin-top:2rem}h3{font-size:1rem;margin:.8rem 0 .3rem}
        table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}th,td{text-align:left;padding:.25rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600}
        td+td{max-width:28rem}figure{display:inline-block;margin:.5rem 1rem .5rem 0;width:min(100%,470px)}figcaption{color:var(--soft)}svg{width:100%;height:auto;font:12px system-ui,sans-serif}
        .dag rect{fill:var(--box);stroke:var(--line)}.dag path{fill:none;stroke:var(--soft);stroke-width:1.2;opacity:.6}.dag text{text-anchor:middle;fill:var(--ink)}.dag .uses{fill:var(--soft);font-size:10px}
        .chart .grid{stroke:var(--line)}.chart text{fill:var(--soft)}.chart .x{text-anchor:middle}.chart .y,.chart .legend{text-anchor:end}.chart polyline{fill:none;stroke-width:1.6}
        polyline.s0{stroke:#2f6fde}polyline.s1{stroke:#d9480f}polyline.s2{stroke:#2b8a3e}polyline.s3{stroke:#9c36b5}polyline.s4{stroke:#e8a500}polyline.s5{stroke:#0c8599}
        .chart text.s0{fill:#2f6fde}.chart text.s1{fill:#d9480f}.chart text.s2{fill:#2b8a3e}.chart text.s3{fill:#9c36b5}.chart text.s4{fill:#e8a500}.chart text.s5{fill:#0c8599}
        del{color:#c0392b;text-decoration:none}ins{color:#2b8a3e;text-decoration:none}.good{color:#2b8a3e}.bad{color:#c0392b}
        """;
}
