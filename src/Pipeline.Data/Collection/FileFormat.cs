namespace Pipeline.Data.Collection;

/// <summary>What a file can be; <see cref="Formats"/> says how each is known and read.</summary>
public enum FileFormat
{
    Text,
    Markdown,
    Html,
    Epub,
    Pdf,
    Docx,
    Latex,
    Subtitles,
    MediaWiki,
    DotnetXml,
    Jsonl,
    Json,
    Csv,
    Tsv,
    Parquet,
    Warc,
    Arc,
    Mbox,
}

public static class FileFormats
{
    /// <summary>Whether its records have fields, which a <see cref="ColumnMap"/> names.</summary>
    public static bool HasColumns(FileFormat format) => Formats.Of(format).HasColumns;

    /// <summary>Whether it is or holds HTML, whose <see cref="CollectionOptions.ListNumbers"/> may count.</summary>
    public static bool HoldsPages(FileFormat format) => format is FileFormat.Html or FileFormat.Warc or FileFormat.Arc or FileFormat.Mbox;
}
