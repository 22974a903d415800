using System.ComponentModel;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>What steps have in common that fetch files from a store, beside how they read them.</summary>
public abstract record DownloadParams : ReadingParams
{
    [Description("Gigabytes (2^30 bytes) of all files; the step fails before it fetches more.")]
    [Engine.Authoring.Range(0.000001, 1e9)]
    [WholeOnly]
    public double MaxGigabytes { get; init; } = 1024;

    [Description("Files fetched at once.")]
    [Engine.Authoring.Range(1, 64)]
    [WholeOnly]
    public int Together { get; init; } = 4;

    [Description("Times that a file is asked for again, from where it broke off.")]
    [Engine.Authoring.Range(0, 100)]
    [WholeOnly]
    public int Retries { get; init; } = 5;

    [Description("How often it was looked for what is there. Raise it to look again; documents of files that have not changed are found again.")]
    [Engine.Authoring.Range(0, int.MaxValue)]
    [WholeOnly]
    public int Refresh { get; init; }
}
