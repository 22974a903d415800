using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>What the fields of a record mean, the same for every format that has fields.</summary>
internal static class FieldMap
{
    /// <param name="field">The value of a field as text; null where the record has none.</param>
    public static Document Document(string name, string part, string text, ColumnMap columns, Func<string, string?> field)
    {
        var id = Value(columns.Id);
        var metadata = new Dictionary<string, string>();
        metadata[id is null ? Documents.Document.RecordKey : "id"] = id ?? part;
        foreach (var key in columns.Metadata)
            if (field(key) is { } value) metadata[key] = value;
        return Documents.Document.Create(name, text, id ?? part) with
        {
            Url = Value(columns.Url),
            License = Value(columns.License) is { } license && !string.IsNullOrWhiteSpace(license) ? license : Documents.Document.UnknownLicense,
            Language = Value(columns.Language),
            Metadata = metadata,
        };

        string? Value(string? key) => key is null ? null : field(key);
    }
}
