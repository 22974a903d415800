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

    /// <summary>Addresses that failed for a moment and are as an earlier crawl found them; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RefusalCount>? Kept { get; init; }

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
        SheetText.Line(page, $"{Found.Documents:N0} documents with {Found.Characters:N0} characters, from {Sources.Count:N0} source{(Sources.Count == 1 ? "" : "s")} of {Sources.Sum(s => s.Bytes):N0} bytes.");
        SheetText.Line(page, $"Without text: {Found.Empty:N0}. Damaged, refused or over a limit: {Found.Damaged:N0} ({Found.DamagedShare:P2} of all records).");
        foreach (var (title, counts) in new[] { ("Licence", Found.Licenses), ("Format", Found.Formats), ("Language, as stated", Found.Languages), ("robots.txt", Found.Robots) })
            SheetText.Table(page, [title, "documents"], counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new[] { c.Key, SheetText.Number(c.Value) }));
        SheetText.Table(page, ["Filter", "documents in", "out"], Filters.Select(f => new[] { f.Rule, SheetText.Number(f.DocumentsIn), SheetText.Number(f.DocumentsOut) }));
        SheetText.Table(page, ["Source", "bytes", "documents", "damaged"], Sources.Select(s => new[] { s.Name, SheetText.Number(s.Bytes), SheetText.Number(s.Documents), SheetText.Number(s.Damaged) }));
        SheetText.Table(page, ["Damage", "records"], Found.Faults.Select(f => new[] { f.Key.ToLowerInvariant(), SheetText.Number(f.Value) }));
        SheetText.Table(page, ["Column", "records without it"], Found.Lacking.Select(c => new[] { c.Key, SheetText.Number(c.Value) }));
        SheetText.Table(page, ["Gave no document, and is not damaged"], Found.EmptyFiles.Select(f => new[] { f }));
        SheetText.Table(page, ["Encoding is a guess that may be wrong"], (Found.DoubtfullyEncoded ?? []).Select(f => new[] { f }));
        foreach (var (title, counts) in new[] { ("Not taken", Refused), ("Kept from before, as it failed for a moment", Kept) })
            SheetText.Table(page, [title, "addresses", "such as"], (counts ?? []).Select(r => new[] { r.Reason, SheetText.Number(r.Count), string.Join("; ", r.Samples.Take(3)) }));
        SheetText.Table(page, ["Where", "what"], Found.Damages.Select(d => new[] { d.Where.Length > 0 ? $"{d.Source}:{d.Where}" : d.Source, d.What }));
        return page.ToString();
    }
}

/// <param name="Sha256">Lower-case hex; empty where the source is not one file.</param>
public sealed record DatasheetSource(string Name, long Bytes, string Sha256, long Documents, long Damaged);

/// <summary>What was left out after it had been read, such as by a sample.</summary>
public sealed record DatasheetFilter(string Rule, long DocumentsIn, long DocumentsOut);
