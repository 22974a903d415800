using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

public sealed record CollectionOptions
{
    /// <summary>The format of every file, also of those in archives; null goes by extension and content.</summary>
    public FileFormat? Format { get; init; }

    public ColumnMap Columns { get; init; } = new();

    public TableLayout Table { get; init; } = new();

    public WikiSelection Wiki { get; init; } = new();

    /// <summary>Items of the ordered lists of pages have their number, which is no text of a page but drawn beside it.</summary>
    public bool ListNumbers { get; init; }

    /// <summary>UTF-8 that was once read as something else becomes what it was.</summary>
    public bool RepairMojibake { get; init; }

    /// <summary>Where the source file is from, where that is not a path beside the pipeline; null for those.</summary>
    public Origin? Origin { get; init; }

    /// <summary>SPDX identifier for documents whose file does not state one; null leaves <c>unknown</c>.</summary>
    public string? License { get; init; }

    public ReadLimits Limits { get; init; } = new();

    /// <summary>Bytes of files that all workers together make documents of at once; null goes by their number.</summary>
    public long? HeldBytes { get; init; }

    /// <summary>A folder for copies of what has to be read back and forth.</summary>
    public string Scratch { get; init; } = Path.GetTempPath();
}

/// <summary>Which fields of a record (a JSON object, a row) are what. Absent fields are errors for <see cref="Text"/> alone. <c>a.b</c> is field b of field a where there is no field <c>a.b</c>.</summary>
public sealed record ColumnMap
{
    public string Text { get; init; } = "text";

    /// <summary>Kept as metadata <c>id</c> and made part of the document's own id.</summary>
    public string? Id { get; init; }

    public string? Url { get; init; }
    public string? License { get; init; }
    public string? Language { get; init; }

    /// <summary>Fields kept as metadata under their own names; values that are no text are kept as JSON.</summary>
    public IReadOnlyList<string> Metadata { get; init; } = [];

    /// <summary>Nobody named a column.</summary>
    public bool IsDefault => Text == "text" && Named.Count() == 1;

    /// <summary>Every column that is asked for, with what it is asked for as.</summary>
    internal IEnumerable<(string Option, string Column)> Named
    {
        get
        {
            yield return ("text", Text);
            foreach (var (option, column) in ((string, string?)[])[("id", Id), ("url", Url), ("license", License), ("language", Language)])
                if (column is not null) yield return (option, column);
            foreach (var column in Metadata) yield return ("metadata", column);
        }
    }
}
