namespace Pipeline.Data.Damages;

/// <summary>How much of a file is taken in. What goes beyond is damage of kind <see cref="DamageKind.Limit"/>.</summary>
public sealed record ReadLimits
{
    private const long FreeBytes = 16 << 20;

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

    /// <summary>Pages of one PDF.</summary>
    public int Pages { get; init; } = 20_000;

    /// <summary>Seconds that one PDF may be read; a made one can keep its parser busy without end.</summary>
    public double PdfSeconds { get; init; } = 300;

    /// <summary>Bytes that a file of a size may unpack to.</summary>
    internal long MostUnpacked(long size) => (long)Math.Min(ExpandedBytes, Math.Max(FreeBytes, Expansion * size));
}
