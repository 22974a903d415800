using System.ComponentModel;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>When <c>watch</c> runs a pipeline, as options like those of step types.</summary>
public sealed record TriggerOptions
{
    [Description("Times as cron writes them, such as \"0 3 * * 1-5\": minute, hour, day of month, month, day of week; six fields begin with seconds.")]
    public IReadOnlyList<string> Schedule { get; init; } = [];

    [Description("The time zone of the schedule, such as Europe/Berlin.")]
    public string TimeZone { get; init; } = "UTC";

    [Description("Files, by globs relative to the pipeline file, that start a run when their content changes.")]
    public IReadOnlyList<string> Files { get; init; } = [];

    [Description("Whether the files that the steps read, and the pipeline file itself, start a run when their content changes.")]
    public bool Sources { get; init; }

    [Description("How long files must have been at rest.")]
    public string Debounce { get; init; } = "1s";

    [Description("Stores whose objects start a run when they change: file:FOLDER, az://ACCOUNT/CONTAINER/PREFIX or s3://BUCKET/PREFIX.")]
    public IReadOnlyList<string> Blobs { get; init; } = [];

    [Description("Branches, local or as last fetched (origin/main), that start a run when they get commits.")]
    public IReadOnlyList<string> Commits { get; init; } = [];

    public static Option Tree { get; } = OptionReader.Read(typeof(TriggerOptions));
}

/// <summary>When <c>watch</c> runs a pipeline.</summary>
public sealed record Triggers(IReadOnlyList<Cronos.CronExpression> Schedule, TimeZoneInfo TimeZone, IReadOnlyList<string> Files, bool Sources, TimeSpan Debounce, IReadOnlyList<string> Blobs, IReadOnlyList<string> Commits)
{
    public static Triggers None { get; } = new([], TimeZoneInfo.Utc, [], false, TimeSpan.Zero, [], []);

    public bool IsEmpty => Schedule.Count + Files.Count + Blobs.Count + Commits.Count == 0 && !Sources;

    /// <summary>The first time of the schedule after <paramref name="after"/>; null where there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => Schedule.Select(cron => cron.GetNextOccurrence(after, TimeZone)).Where(t => t is not null).Min();
}
