namespace Pipeline.Data.Collection;

public sealed record CollectionOptions
{
    /// <summary>The format of every file, also of those in archives; null goes by extension and content.</summary>
    public FileFormat? Format { get; init; }

    public ColumnMap Columns { get; init; } = new();

    public TableLayout Table { get; init; } = new();

    public WikiSelection Wiki { get; init; } = new();

    /// <summary>UTF-8 that was once read as something else becomes what it was.</summary>
    public bool RepairMojibake { get; init; }

    /// <summary>Where the source file is from, where that is not a path beside the pipeline; null for those.</summary>
    public Origin? Origin { get; init; }

    /// <summary>SPDX identifier for documents whose file does not state one; null leaves <c>unknown</c>.</summary>
    public string? License { get; init; }

    public ReadLimits Limits { get; init; } = new();

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
}

/// <summary>How much of a file is taken in. What goes beyond is damage of kind <see cref="DamageKind.Limit"/>.</summary>
public sealed record ReadLimits
{
    /// <summary>Bytes of a file (or file in an archive) whose format is read as a whole.</summary>
    public long FileBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of one record of a format that is read record by record.</summary>
    public int RecordBytes { get; init; } = 64 << 20;

    /// <summary>How deep containers may lie in containers; 0 opens none.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>Files that may be in one source file with all that lies in it.</summary>
    public long Entries { get; init; } = 1_000_000;

    /// <summary>Bytes that one source file may unpack to.</summary>
    public long ExpandedBytes { get; init; } = 256L << 30;

    /// <summary>Times its own size that one source file may unpack to, above the first 16 MiB.</summary>
    public double Expansion { get; init; } = 1000;
}
