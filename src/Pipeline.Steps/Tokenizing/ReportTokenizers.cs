using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;
using Pipeline.Steps.Reporting;

namespace Pipeline.Steps.Tokenizing;

/// <summary>Compares tokenizers on the same documents.</summary>
public sealed class ReportTokenizers : Step<ReportTokenizers.With, ReportTokenizers.Given, ReportTokenizers.Made>
{
    private const int LongestShown = 12;

    public sealed record With
    {
        [Description("The heading of the page.")]
        public string Title { get; init; } = "Tokenizers";
    }

    public sealed record Given
    {
        [Description("Documents to measure on: the validation or test part, which no tokenizer was trained on.")]
        public required Artifact<Documents> Documents { get; init; }

        [Description("One or more tokenizers, to stand side by side.")]
        public required ArtifactList<Tokenizer> Tokenizers { get; init; }
    }

    public sealed record Made
    {
        [Description("A page with nothing outside it, `report.html`, and the same as `report.json`.")]
        public required Output<Report> Report { get; init; }
    }

    public override string Name => "tokenizer.report";
    public override int Version => 3;
    public override string Description => "Measures tokenizers on documents: bytes per token, tokens per word by language, what is unknown, use of the vocabulary, and the longest tokens. They are compared as if each byte that is unknown were a token, so that knowing little is no advantage.";
    public override string Incremental => "no: figures are of all documents, so it runs whole";
    public override int DefaultCpus => 4;

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var models = inputs.Tokenizers.Entries.Select(entry => (entry.Name, Model: TokenizerReader.Read(entry.Artifact.Locate("tokenizer.json")))).ToList();
        if (models.Count == 0) throw new StepFailedException("There is no tokenizer to measure: name one or more under 'tokenizers'.");
        var total = models.Select(each => new TokenizerQuality(new(each.Model))).ToList();
        await foreach (var part in inputs.Documents.Files.SelectInOrderAsync(context.Cpus, file => Task.Run(() => MeasureAsync(inputs.Documents, file, models, context), context.Cancellation), context.Cancellation))
        {
            for (var i = 0; i < total.Count; i++) total[i].Add(part[i]);
            context.Report(total[0].All.Documents, 0, "documents");
        }

        if (total[0].All.Bytes == 0) throw new StepFailedException("The documents have no text to measure on.");
        var rows = models.Zip(total, (each, quality) => (each.Name, each.Model, quality)).ToList();
        foreach (var (name, _, quality) in rows)
        {
            foreach (var (figure, value) in FiguresOf(quality)) context.Metric($"{name}.{figure}", value);
        }

        await File.WriteAllTextAsync(outputs.Report["report.json"], new JsonArray([.. rows.Select(row => (JsonNode)Json(row.Name, row.Model, row.quality))]).ToJsonString(Indented) + "\n", context.Cancellation);
        await File.WriteAllTextAsync(outputs.Report["report.html"], Page(with.Title, rows), context.Cancellation);
        context.Summary = Headline(rows);
    }

    private static string Headline(List<(string Name, TokenizerModel Model, TokenizerQuality Quality)> rows)
    {
        // What does not come back as it was is not compact but short of something.
        var restoring = rows.Where(row => row.Quality.All.Restored == row.Quality.All.Documents).ToList();
        var (name, _, quality) = (restoring.Count > 0 ? restoring : rows).MaxBy(row => row.Quality.All.ComparableBytesPerToken);
        var all = restoring.Count == rows.Count || restoring.Count == 0 ? $" of {rows.Count}" : $" of the {restoring.Count} of {rows.Count} that restore every text";
        if (restoring.Count == 0) all += string.Create(CultureInfo.InvariantCulture, $", none of which restores every text (this one {quality.All.RestoredRate:P1})");
        var unknown = quality.All.Unknown == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" of known text, {quality.All.UnknownByteRate:P1} of the text unknown");
        return string.Create(CultureInfo.InvariantCulture, $"{name}: {quality.All.KnownBytesPerToken:0.00} bytes a token{unknown}, {quality.All.Fertility:0.00} tokens a word{(rows.Count > 1 ? $", the most compact{all}" : restoring.Count == 0 ? string.Create(CultureInfo.InvariantCulture, $", restores {quality.All.RestoredRate:P1} of the texts") : "")}");
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<List<TokenizerQuality>> MeasureAsync(Artifact<Documents> documents, ArtifactFile file, List<(string Name, TokenizerModel Model)> models, StepContext context)
    {
        var measured = models.Select(each => new TokenizerQuality(new(each.Model))).ToList();
        await foreach (var document in DocumentReader.ReadAsync([(file.Path, documents.Locate(file.Path))], context.Cancellation))
        {
            foreach (var quality in measured) quality.Add(document.Text, document.Language);
        }

        return measured;
    }

    private static IEnumerable<(string Name, double Value)> FiguresOf(TokenizerQuality quality) =>
    [
        ("bytes_per_token", quality.All.BytesPerToken), ("known_bytes_per_token", quality.All.KnownBytesPerToken), ("comparable_bytes_per_token", quality.All.ComparableBytesPerToken), ("characters_per_token", quality.All.CharactersPerToken), ("tokens_per_word", quality.All.Fertility), ("unknown_rate", quality.All.UnknownRate), ("unknown_byte_rate", quality.All.UnknownByteRate),
        ("restored_rate", quality.All.RestoredRate), ("vocabulary_use", quality.VocabularyUse), ("tokens", quality.All.Tokens),
    ];

    private static JsonObject Json(string name, TokenizerModel model, TokenizerQuality quality)
    {
        var json = new JsonObject { ["name"] = name, ["vocabulary"] = model.VocabularySize, ["documents"] = quality.All.Documents, ["bytes"] = quality.All.Bytes };
        foreach (var (figure, value) in FiguresOf(quality)) json[figure] = value;
        json["languages"] = new JsonObject(quality.Languages.Select(language => KeyValuePair.Create(language.Key, (JsonNode?)new JsonObject
        {
            ["documents"] = language.Value.Documents,
            ["bytes_per_token"] = language.Value.BytesPerToken,
            ["comparable_bytes_per_token"] = language.Value.ComparableBytesPerToken,
            ["tokens_per_word"] = language.Value.Fertility,
            ["unknown_rate"] = language.Value.UnknownRate,
        })));
        json["longest_tokens"] = new JsonArray([.. quality.Longest(LongestShown).Select(token => (JsonNode)new JsonObject { ["text"] = token.Text, ["uses"] = token.Uses })]);
        return json;
    }

    private static string Page(string title, List<(string Name, TokenizerModel Model, TokenizerQuality Quality)> rows)
    {
        var head = rows.Select(row => row.Name).Prepend("");
        var figures = FiguresOf(rows[0].Quality).Select((figure, i) => rows.Select(row => Html.Number(FiguresOf(row.Quality).ElementAt(i).Value)).Prepend(Html.Text(figure.Name.Replace('_', ' '))));
        var languages = rows[0].Quality.Languages.Keys.Select(language => rows.Select(row => $"{Html.Number(row.Quality.Languages[language].Fertility)} / {Html.Number(row.Quality.Languages[language].ComparableBytesPerToken)}").Prepend(Html.Text(language)));
        var longest = rows.Select(row => (IEnumerable<string>)[Html.Text(row.Name), string.Join(" · ", row.Quality.Longest(LongestShown).Select(token => $"<code>{Html.Text(token.Text)}</code> {Html.Number(token.Uses)}"))]);
        var all = rows[0].Quality.All;
        return Html.Head(title, "body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{padding:.2rem .7rem;border-bottom:1px solid #e3e7ee;text-align:left}code{background:#f3f5f8;white-space:pre}")
            + string.Create(CultureInfo.InvariantCulture, $"<p>{all.Documents:N0} documents, {all.Bytes:N0} bytes, {all.Words:N0} words between white space.</p>\n")
            + string.Concat(rows.Where(row => row.Quality.All.Unknown > 0).Select(row => string.Create(CultureInfo.InvariantCulture, $"<p>⚠ {Html.Text(row.Name)} leaves {row.Quality.All.UnknownByteRate:P1} of the bytes unknown, which makes its tokens fewer; in <i>comparable bytes per token</i> each of these bytes counts as a token.</p>\n")))
            + Html.Table(head, [rows.Select(row => Html.Number(row.Model.VocabularySize)).Prepend("vocabulary"), .. figures])
            + $"<h2>By language: tokens a word / comparable bytes a token</h2>\n{Html.Table(head, languages)}<h2>The longest tokens that occur, and how often</h2>\n{Html.Table(["", "tokens"], longest)}</body></html>\n";
    }
}
