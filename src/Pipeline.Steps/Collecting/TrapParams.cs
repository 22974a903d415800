using System.ComponentModel;
using Pipeline.Data.Crawling;

namespace Pipeline.Steps.Collecting;

/// <summary>Where a site that is made without end is left.</summary>
public sealed record TrapParams
{
    [Description("Segments of a path.")]
    [Engine.Authoring.Range(1, 1000)]
    public int Segments { get; init; } = 20;

    [Description("Times that one segment may be in a path (`/a/b/a/b/a/b`).")]
    [Engine.Authoring.Range(1, 1000)]
    public int Repeats { get; init; } = 3;

    [Description("Addresses that differ in their query alone.")]
    [Engine.Authoring.Range(0, int.MaxValue)]
    public int Queries { get; init; } = 1000;

    [Description("Addresses with a date that differ in their digits alone, such as the days of a calendar.")]
    [Engine.Authoring.Range(0, int.MaxValue)]
    public int Dates { get; init; } = 366;

    [Description("Links of one page.")]
    [Engine.Authoring.Range(1, 1_000_000)]
    public int Links { get; init; } = 5000;

    [Description("Addresses that are remembered; they are held in memory.")]
    [Engine.Authoring.Range(1, 100_000_000)]
    public int Addresses { get; init; } = 5_000_000;

    internal TrapLimits ToLimits() => new() { Segments = Segments, Repeats = Repeats, Queries = Queries, Dates = Dates, Links = Links, Addresses = Addresses };
}
