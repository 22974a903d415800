using System.ComponentModel;

namespace Pipeline.Steps.Collecting;

/// <summary>Which fields of records are what.</summary>
public sealed record ColumnParams
{
    [Description("Field with the text. `a.b` is field b of field a where no field is called `a.b`; so for all fields.")]
    public string Text { get; init; } = "text";

    [Description("Field with an id; it becomes part of the document's id and is kept as metadata `id`. Without it the document's id contains the record's place in the file, which is kept as metadata `record`: a record that is inserted or removed gives all behind it other ids, and with them other parts of a split. Give a field of ids where files change.")]
    public string? Id { get; init; }

    [Description("Field with the address.")]
    public string? Url { get; init; }

    [Description("Field with the licence.")]
    public string? License { get; init; }

    [Description("Field with the language.")]
    public string? Language { get; init; }

    [Description("Fields kept as metadata under their own names.")]
    public IReadOnlyList<string> Metadata { get; init; } = [];

    internal bool AreDefault => ToMap().IsDefault;

    internal Data.Collection.ColumnMap ToMap() => new() { Text = Text, Id = Id, Url = Url, License = License, Language = Language, Metadata = Metadata };
}
