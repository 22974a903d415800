using System.ComponentModel;
using Pipeline.Data.Damages;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>How much of a source file is taken in; what goes beyond is left out, counted and named.</summary>
public sealed record LimitParams
{
    [Description("Megabytes (2^20 bytes) of a file whose format is read as a whole, such as a page; it is held in memory.")]
    [Engine.Authoring.Range(1, 2047)]
    public int FileMegabytes { get; init; } = 256;

    [Description("Megabytes of one record (a line, a row, a message) of a format that is read record by record.")]
    [Engine.Authoring.Range(1, 2047)]
    public int RecordMegabytes { get; init; } = 64;

    [Description("How deep archives and compressed files may lie in one another; 0 opens none.")]
    [Engine.Authoring.Range(0, 16)]
    public int Depth { get; init; } = 4;

    [Description("Files that may lie in one source file.")]
    [Engine.Authoring.Range(1, 1_000_000_000)]
    public int Entries { get; init; } = 1_000_000;

    [Description("Gigabytes (2^30 bytes) that one source file may unpack to.")]
    [Engine.Authoring.Range(1, 1 << 20)]
    public int UnpackedGigabytes { get; init; } = 256;

    [Description("Times its own size that one source file may unpack to; the first 16 megabytes are free.")]
    [Engine.Authoring.Range(1, 1_000_000)]
    public double Expansion { get; init; } = 1000;

    [Description("Pages of one PDF that are read; those after them are left out.")]
    [Engine.Authoring.Range(1, 10_000_000)]
    public int Pages { get; init; } = 20_000;

    [Description("Seconds that one PDF may be read; pages after them are left out. It is there for files made to be read without end: where it is reached by others, what is collected depends on how fast the machine is.")]
    [Engine.Authoring.Range(1, 86_400)]
    public double PdfSeconds { get; init; } = 300;

    [Description("Megabytes of files that all CPUs of the step together make documents of at once; a larger one is worked on alone. A text takes some six times its size in memory while it is. Without it 64 for each CPU.")]
    [Engine.Authoring.Range(1, 1 << 20)]
    [SpeedOnly]
    public int? HeldMegabytes { get; init; }

    internal long? HeldBytes => HeldMegabytes is { } megabytes ? (long)megabytes << 20 : null;

    internal ReadLimits ToLimits() => new()
    {
        FileBytes = (long)FileMegabytes << 20,
        RecordBytes = RecordMegabytes << 20,
        Depth = Depth,
        Entries = Entries,
        ExpandedBytes = (long)UnpackedGigabytes << 30,
        Expansion = Expansion,
        Pages = Pages,
        PdfSeconds = PdfSeconds,
    };
}
