using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>What one step did to a corpus; what it does not tell is empty.</summary>
/// <param name="Rules">Of its funnel, without samples.</param>
/// <param name="Found">What it counted beside them.</param>
/// <param name="Parts">Documents of each part, or size of each domain, that it made.</param>
public sealed record CorpusStep(string Step, string Uses, IReadOnlyList<CorpusRule> Rules, IReadOnlyDictionary<string, long> Found, IReadOnlyDictionary<string, long> Parts);

public sealed record CorpusRule(string Rule, string? Threshold, long DocumentsIn, long DocumentsOut, long CharactersIn, long CharactersOut, long DocumentsChanged);

/// <summary>Of a kind of personal data: how often it was found, and in how many documents.</summary>
public sealed record PersonalDataCount(long Found, long Documents);

/// <summary>What a finished corpus is made of and what became of it on the way: <c>corpus.json</c> and, to read, <c>corpus.md</c>.</summary>
/// <param name="Licenses">Of the documents that are in it.</param>
/// <param name="Sources">Of the collections that it comes from.</param>
/// <param name="Steps">From the first to the last.</param>
/// <param name="PersonalData">Found by the steps that look for it, by kind; a document that two of them looked at counts twice.</param>
/// <param name="Silent">Steps above that the sheet was given nothing of.</param>
public sealed record CorpusSheet(
    long Documents, IReadOnlyDictionary<string, long> Licenses, IReadOnlyList<DatasheetSource> Sources, IReadOnlyList<CorpusStep> Steps, IReadOnlyDictionary<string, PersonalDataCount> PersonalData, IReadOnlyList<string> Silent)
{
    private const string OfDocuments = ".documents";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IReadOnlyList<CorpusRule> RulesOf(Funnel funnel) =>
        [.. funnel.Rules.Select(r => new CorpusRule(r.Rule, r.Threshold, r.DocumentsIn, r.DocumentsOut, r.CharactersIn, r.CharactersOut, r.DocumentsChanged))];

    /// <summary>What a step counted, and of each count in how many documents, where it says so under the same name.</summary>
    public static IEnumerable<(string What, long Count, long? Documents)> CountsOf(IReadOnlyDictionary<string, long> found) =>
        found.Where(f => !(f.Key.EndsWith(OfDocuments, StringComparison.Ordinal) && found.ContainsKey(f.Key[..^OfDocuments.Length])))
            .Select(f => (f.Key, f.Value, found.TryGetValue(f.Key + OfDocuments, out var documents) ? documents : (long?)null));

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    public string ToMarkdown()
    {
        var page = new StringBuilder("# What the corpus is made of\n\n");
        SheetText.Line(page, $"{Documents:N0} documents, from {Sources.Count:N0} source{(Sources.Count == 1 ? "" : "s")} of {Sources.Sum(s => s.Bytes):N0} bytes.");
        if (Silent.Count > 0) SheetText.Line(page, $"Nothing is told of these steps: {string.Join(", ", Silent)}.");
        SheetText.Table(page, ["Licence", "documents"], Licenses.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new[] { c.Key, SheetText.Number(c.Value) }));
        var rules = Steps.SelectMany(s => s.Rules.Where(r => r.DocumentsChanged > 0 || r.DocumentsIn != r.DocumentsOut || r.CharactersIn != r.CharactersOut).Select(r => (s.Step, Rule: r)));
        SheetText.Table(page, ["Step", "rule", "documents in", "out", "changed", "characters in", "out"], rules.Select(r => (string[])
            [r.Step, $"{r.Rule.Rule} {r.Rule.Threshold}".Trim(), .. new[] { r.Rule.DocumentsIn, r.Rule.DocumentsOut, r.Rule.DocumentsChanged, r.Rule.CharactersIn, r.Rule.CharactersOut }.Select(SheetText.Number)]));
        SheetText.Table(page, ["Personal data", "found", "in documents"], PersonalData.Select(p => new[] { p.Key, SheetText.Number(p.Value.Found), SheetText.Number(p.Value.Documents) }));
        SheetText.Table(page, ["Step", "found", "count", "in documents"], Steps.SelectMany(s => CountsOf(s.Found).Select(f => new[] { s.Step, f.What, SheetText.Number(f.Count), f.Documents is { } documents ? SheetText.Number(documents) : "" })));
        SheetText.Table(page, ["Step", "part", "count"], Steps.SelectMany(s => s.Parts.Select(p => new[] { s.Step, p.Key, SheetText.Number(p.Value) })));
        SheetText.Table(page, ["Source", "bytes", "documents", "damaged"], Sources.Select(s => new[] { s.Name, SheetText.Number(s.Bytes), SheetText.Number(s.Documents), SheetText.Number(s.Damaged) }));
        return page.ToString();
    }
}
