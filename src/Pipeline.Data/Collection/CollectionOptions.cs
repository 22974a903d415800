namespace Pipeline.Data.Collection;

public sealed record CollectionOptions
{
    /// <summary>The format of every file; null goes by the extension.</summary>
    public FileFormat? Format { get; init; }

    public JsonlColumns Columns { get; init; } = new();

    /// <summary>SPDX identifier for documents whose file does not state one; null leaves <c>unknown</c>.</summary>
    public string? License { get; init; }

    /// <summary>Bytes. A larger file is an error: files are held in memory.</summary>
    public long MaximumFileBytes { get; init; } = 256L << 20;
}

/// <summary>Which fields of a JSON line are what. Absent fields are errors for <see cref="Text"/> alone.</summary>
public sealed record JsonlColumns
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
