using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>What a collection is made of, for people who decide whether to use it: <c>datasheet.json</c> and, to read, <c>datasheet.md</c>.</summary>
/// <param name="Limits">Those that held, whether they were reached or not.</param>
public sealed record Datasheet(IReadOnlyList<DatasheetSource> Sources, CollectionTally Found, IReadOnlyList<DatasheetFilter> Filters, ReadLimits Limits)
{
    /// <summary>Addresses that were found and not taken; null where nothing was fetched.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RefusalCount>? Refused { get; init; }

    private const int MostRows = 50;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    public static Datasheet FromJson(string json) => JsonSerializer.Deserialize<Datasheet>(json, Json) ?? throw new JsonException("expected a datasheet, found null");

    public string ToMarkdown()
    {
        var page = new StringBuilder("# Datasheet\n\n");
        Line(page, $"{Found.Documents:N0} documents with {Found.Characters:N0} characters, from {Sources.Count:N0} source{(Sources.Count == 1 ? "" : "s")} of {Sources.Sum(s => s.Bytes):N0} bytes.");
        Line(page, $"Without text: {Found.Empty:N0}. Damaged, refused or over a limit: {Found.Damaged:N0} ({Found.DamagedShare:P2} of all records).");
        foreach (var (title, counts) in new[] { ("Licence", Found.Licenses), ("Format", Found.Formats), ("Language, as stated", Found.Languages), ("robots.txt", Found.Robots) })
            Table(page, [title, "documents"], counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new[] { c.Key, Number(c.Value) }));
        Table(page, ["Filter", "documents in", "out"], Filters.Select(f => new[] { f.Rule, Number(f.DocumentsIn), Number(f.DocumentsOut) }));
        Table(page, ["Source", "bytes", "documents", "damaged"], Sources.Select(s => new[] { s.Name, Number(s.Bytes), Number(s.Documents), Number(s.Damaged) }));
        Table(page, ["Damage", "records"], Found.Faults.Select(f => new[] { f.Key.ToLowerInvariant(), Number(f.Value) }));
        Table(page, ["Column", "records without it"], Found.Lacking.Select(c => new[] { c.Key, Number(c.Value) }));
        Table(page, ["Gave no document, and is not damaged"], Found.EmptyFiles.Select(f => new[] { f }));
        Table(page, ["Not taken", "addresses", "such as"], (Refused ?? []).Select(r => new[] { r.Reason, Number(r.Count), string.Join("; ", r.Samples.Take(3)) }));
        Table(page, ["Where", "what"], Found.Damages.Select(d => new[] { d.Where.Length > 0 ? $"{d.Source}:{d.Where}" : d.Source, d.What }));
        return page.ToString();
    }

    private static void Line(StringBuilder page, FormattableString line) => page.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Table(StringBuilder page, string[] head, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        page.Append('\n').Append("| ").AppendJoin(" | ", head).Append(" |\n|").Insert(page.Length, " --- |", head.Length).Append('\n');
        foreach (var row in all.Take(MostRows)) page.Append("| ").AppendJoin(" | ", row.Select(Cell)).Append(" |\n");
        if (all.Count > MostRows) Line(page, $"\n… and {all.Count - MostRows:N0} more in datasheet.json");
    }

    /// <summary>Names and messages come from the data: they must stay in their cell and say nothing in Markdown or HTML.</summary>
    private static string Cell(string text)
    {
        var cell = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsControl(c) || c is '\u2028' or '\u2029') cell.Append(' ');
            else if (c is '<' or '>' or '&') cell.Append(c switch { '<' => "&lt;", '>' => "&gt;", _ => "&amp;" });
            else if (c is '|' or '`' or '*' or '_' or '[' or ']' or '\\' or '!') cell.Append('\\').Append(c);
            else cell.Append(c);
        }

        return cell.ToString();
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}

/// <param name="Sha256">Lower-case hex; empty where the source is not one file.</param>
public sealed record DatasheetSource(string Name, long Bytes, string Sha256, long Documents, long Damaged);

/// <summary>What was left out after it had been read, such as by a sample.</summary>
public sealed record DatasheetFilter(string Rule, long DocumentsIn, long DocumentsOut);
