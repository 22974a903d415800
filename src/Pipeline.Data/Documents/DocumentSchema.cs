using System.Text.Encodings.Web;
using System.Text.Json;
using Parquet.Schema;

namespace Pipeline.Data.Documents;

/// <summary>The columns of a shard, all UTF-8 text; <c>metadata</c> is a JSON object of strings so that every Parquet reader can read it.</summary>
internal static class DocumentSchema
{
    public const string Metadata = "metadata";

    public static readonly IReadOnlyList<(string Name, bool Nullable, Func<Document, string?> Value)> Columns =
    [
        ("id", false, d => d.Id),
        ("text", false, d => d.Text),
        ("source", false, d => d.Source),
        ("url", true, d => d.Url),
        ("media_type", false, d => d.MediaType),
        ("language", true, d => d.Language),
        ("license", false, d => d.License),
        ("robots", false, d => d.Robots),
        (Metadata, false, d => d.Metadata.Count == 0 ? "{}" : JsonSerializer.Serialize(d.Metadata, Json)),
    ];

    public static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Which of the columns is the text.</summary>
    public const int Text = 1;

    public static ParquetSchema Of(Type values) => new(Columns.Select(Field (c) => new DataField(c.Name, values, c.Nullable)));

    public static Document FromRow(string?[][] columns, int row) => new()
    {
        Id = columns[0][row]!,
        Text = columns[1][row]!,
        Source = columns[2][row]!,
        Url = columns[3][row],
        MediaType = columns[4][row]!,
        Language = columns[5][row],
        License = columns[6][row]!,
        Robots = columns[7][row]!,
        Metadata = columns[8][row] is "{}" or null ? NoMetadata : JsonSerializer.Deserialize<Dictionary<string, string>>(columns[8][row]!) ?? NoMetadata,
    };

    private static readonly Dictionary<string, string> NoMetadata = [];
}
