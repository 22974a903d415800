using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Steps.Evaluate;

namespace Pipeline.Steps.Reporting;

/// <summary>What an evaluation measured: a row a figure, a column a model.</summary>
internal static class FiguresTable
{
    /// <param name="models">From the earliest stage to the latest.</param>
    public static string Of(JsonNode metrics, IReadOnlyList<string> models)
    {
        var (columns, rows) = HeldOutTable.Of(metrics.AsObject().ToDictionary(m => m.Key, m => (double)m.Value!, StringComparer.Ordinal), models);
        return rows.Count == 0 ? "" : Html.Table(["", .. columns], rows.Select(r => (IEnumerable<string>)[Html.Text($"{r.Group} {r.Label}"), .. columns.Select((_, i) => Html.Text(r.Say(i)))]));
    }
}

/// <summary>The curves of one training step.</summary>
internal static class TrainingCurves
{
    public static string Of(string step, IEnumerable<string> log)
    {
        var lines = log.Select(l => JsonNode.Parse(l)!.AsObject()).ToList();
        var loss = Chart.Draw($"{step}: loss", "step", [new("training", Points(lines, "loss")), new("validation", Points(lines, "validation.loss"))]);
        var norm = Chart.Draw($"{step}: gradient norm", "step", [new("gradient norm", Points(lines, "grad_norm"))]);
        var rate = Chart.Draw($"{step}: learning rate", "step", [new("learning rate", Points(lines, "lr"))]);
        var accuracy = Points(lines, "validation.accuracy") is { Count: > 0 } points ? Chart.Draw($"{step}: held-out reward accuracy", "step", [new("accuracy", points)]) : "";
        return loss + accuracy + norm + rate;
    }

    private static List<(double X, double Y)> Points(List<JsonObject> lines, string name) =>
        [.. lines.Where(l => l[name] is JsonValue).Select(l => ((double)l["step"]!, (double)l[name]!))];
}

/// <summary>Prompts, what was expected, and what each model wrote.</summary>
internal static class SampleTable
{
    /// <param name="models">From the earliest stage to the latest.</param>
    public static string Of(JsonArray samples, IReadOnlyList<string> models)
    {
        var order = models.ToList();
        var text = new StringBuilder();
        foreach (var sample in samples)
        {
            text.Append($"<h3>{Html.Text((string)sample!["prompt"]!)}</h3>");
            var rows = new List<(string, string)> { ("documentation", (string)sample["expected"]!) };
            rows.AddRange(sample["answers"]!.AsObject().Select(a => (a.Key, (string)a.Value!)).OrderBy(a => order.IndexOf(a.Key)));
            text.Append(Html.Table(["who", "answer"], rows.Select(r => (IEnumerable<string>)[Html.Text(r.Item1), Html.Text(r.Item2)])));
        }

        return text.ToString();
    }
}

/// <summary>A collection in short: how much, under which licences, in which formats, and what of it was damaged.</summary>
internal static class CollectedTable
{
    private const int MostWords = 8;

    public static string Of(string step, Data.Collection.Datasheet sheet)
    {
        var found = sheet.Found;
        List<(string What, string Value)> rows =
        [
            ("documents", $"{Html.Number(found.Documents)} of {Html.Number(found.Characters)} characters, from {Html.Number(sheet.Sources.Count)} sources"),
            ("licences", Counts(found.Licenses)), ("formats", Counts(found.Formats)), ("robots.txt", Counts(found.Robots)),
        ];
        if (found.Empty > 0) rows.Add(("without text", Html.Number(found.Empty)));
        if (found.Faults.Count > 0) rows.Add(("not read", Counts(found.Faults)));
        if (sheet.Kept is { Count: > 0 } kept) rows.Add(("kept from before", string.Join(" · ", kept.Select(r => $"{r.Reason} {Html.Number(r.Count)}"))));
        if (sheet.Refused is { Count: > 0 } refused) rows.Add(("not taken", string.Join(" · ", refused.Select(r => $"{r.Reason} {Html.Number(r.Count)}"))));
        return $"<h3>{Html.Text(step)}</h3>{Html.Table(["", ""], rows.Select(r => (IEnumerable<string>)[r.What, Html.Text(r.Value)]))}";
    }

    private static string Counts(SortedDictionary<string, long> counts) =>
        string.Join(" · ", counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MostWords).Select(c => $"{c.Key} {Html.Number(c.Value)}")) + (counts.Count > MostWords ? " · …" : "");
}

/// <summary>A step's funnel: documents in and out by rule, with samples.</summary>
internal static class FunnelTable
{
    public static string Of(string step, JsonNode funnel)
    {
        var rules = funnel["rules"]!.AsArray().Where(r => (long)r!["documents_changed"]! > 0 || (long)r["documents_in"]! != (long)r["documents_out"]!).ToList();
        var table = Html.Table(["rule", "documents in", "out", "changed", "characters in", "out"], rules.Select(r => (IEnumerable<string>)
            [Html.Text((string)r!["rule"]!), Count(r, "documents_in"), Count(r, "documents_out"), Count(r, "documents_changed"), Count(r, "characters_in"), Count(r, "characters_out")]));
        var samples = rules.SelectMany(r => r!["samples"]!.AsArray().Take(2).Select(s => (IEnumerable<string>)
            [Html.Text((string)r["rule"]!), Html.Text(Text(s, "value")), $"<del>{Html.Text(Text(s, "before"))}</del>", $"<ins>{Html.Text(Text(s, "after"))}</ins>"])).ToList();
        return $"<h3>{Html.Text(step)}</h3>{table}" + (samples.Count == 0 ? "" : $"<details><summary>samples</summary>{Html.Table(["rule", "value", "before", "after"], samples)}</details>");
    }

    private static string Count(JsonNode rule, string name) => Html.Number((double)rule[name]!);

    private static string Text(JsonNode? sample, string name) => sample?[name] switch { null => "", JsonValue value => value.ToString(), var other => other.ToJsonString() };
}

/// <summary>Sizes of the parts and the overlaps counted between them.</summary>
internal static class CertificateTable
{
    public static string Of(JsonNode certificate)
    {
        var sizes = Html.Table(["part", "documents", "characters", "share"], certificate["sizes"]!.AsObject().Select(s => (IEnumerable<string>)
            [Html.Text(s.Key), Html.Number((double)s.Value!["documents"]!), Html.Number((double)s.Value["characters"]!), Html.Number((double)s.Value["share"]!)]));
        var overlaps = Html.Table(["between", "exact", "near", "13-gram"], certificate["overlaps"]!.AsArray().Select(o => (IEnumerable<string>)
            [Html.Text($"{o!["earlier"]} and {o["later"]}"), Html.Number((double)o["exact"]!), Html.Number((double)o["near"]!), Html.Number((double)o["ngram"]!)]));
        var holds = (bool)certificate["holds"]! ? "<p class=\"good\">No document of one part overlaps another.</p>" : "<p class=\"bad\">The parts overlap.</p>";
        return holds + sizes + overlaps;
    }
}
