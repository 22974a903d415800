using System.ComponentModel;
using Pipeline.Data.Collection;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>How files and pages become documents, wherever they are from.</summary>
public abstract record TextParams
{
    [Description("SPDX identifier of the licence, for documents that do not state their own; without it they are marked `unknown`.")]
    public virtual string? License { get; init; }

    [Description("Give items of the ordered lists of HTML pages their numbers. Without it they have a dash as others: the numbers are drawn beside a page's text and are none of it. Books and Word documents keep theirs.")]
    public bool ListNumbers { get; init; }

    [Description("Repair text that was UTF-8 and has been read as Windows-1252 or Latin-1 before, once or more often (`cafÃ©`).")]
    public bool RepairMojibake { get; init; }

    [Description("How much of a file or page, or of what lies in an archive, is taken in; what goes beyond is left out, counted and named.")]
    public LimitParams Limits { get; init; } = new();

    [Description("Share of all records that may be damaged before the step fails; 1 never fails while there is one document.")]
    [Engine.Authoring.Range(0, 1)]
    [WholeOnly]
    public double MaxDamaged { get; init; } = 1;

    internal virtual CollectionOptions ToReading(string scratch) => new()
    {
        License = License,
        ListNumbers = ListNumbers,
        RepairMojibake = RepairMojibake,
        Limits = Limits.ToLimits(),
        HeldBytes = Limits.HeldBytes,
        Scratch = scratch,
    };
}
