using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>Where a step may run but on this machine, as options like those of step types: one member for each such place.</summary>
public sealed record ExecutorOptions
{
    public const string Local = "local";
    public const string OnSlurm = "slurm";

    [Description("As a job of the Slurm cluster whose commands are on PATH here. The folder of the pipeline, its state folder and this program must be visible on the nodes under the same paths.")]
    public SlurmOptions? Slurm { get; init; }

    public static Option Tree { get; } = OptionReader.Read(typeof(ExecutorOptions));
}

/// <summary>How a step's job is submitted to Slurm. What the step asks for under <c>resources</c> is asked of Slurm.</summary>
public sealed partial record SlurmOptions
{
    [Description("The partition; without it the cluster's default.")]
    public string? Partition { get; init; }

    [Description("Whom the time is charged to.")]
    public string? Account { get; init; }

    [Description("The quality of service.")]
    public string? Qos { get; init; }

    [Description("How long one job may run, such as 4h; without it the partition's limit. A step that takes longer goes on in another job from what it kept in its workspace.")]
    public string? Time { get; init; }

    [Description("More options of sbatch, each as --NAME or --NAME=VALUE, such as --constraint=a100.")]
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>A job is asked to stop up to two minutes before its time is over.</summary>
    private static readonly TimeSpan ShortestJob = TimeSpan.FromMinutes(3);

    /// <summary>What the engine says itself: of <c>sbatch</c>'s options, those that would take the job out of its sight or its hand.</summary>
    private static readonly string[] Own =
    [
        "job-name", "output", "error", "input", "open-mode", "parsable", "wrap", "array", "export", "export-file", "chdir", "signal", "wait", "test-only", "requeue", "no-requeue",
        "time", "partition", "account", "qos", "ntasks", "cpus-per-task", "mem", "dependency", "begin", "hold", "help", "version", "usage", "clusters", "uid", "gid",
    ];

    internal static SlurmOptions From(JsonObject bound) => new()
    {
        Partition = (string?)bound["partition"],
        Account = (string?)bound["account"],
        Qos = (string?)bound["qos"],
        Time = (string?)bound["time"],
        Options = [.. bound["options"]!.AsArray().Select(o => (string)o!)],
    };

    /// <summary>The option and what is wrong with it.</summary>
    internal IEnumerable<(string Option, string Message, string Remedy)> Check()
    {
        foreach (var (option, value) in new[] { ("partition", Partition), ("account", Account), ("qos", Qos) })
        {
            if (value is not null && !Word().IsMatch(value)) yield return (option, $"'{Excerpt.Short(value)}' is no name that Slurm has", "write letters, digits, and any of . , _ - + = @ : %");
        }

        if (Time is not null && (TimeText.Parse(Time) is not { } limit || limit < ShortestJob)) yield return ("time", $"'{Excerpt.Short(Time)}' is no time for a job", "write a length of time of three minutes or more: 30m, 4h, 1d");
        for (var i = 0; i < Options.Count; i++)
        {
            var name = Flag().Match(Options[i]) is { Success: true } match ? match.Groups[1].Value : null;
            if (name is null) yield return ($"options[{i}]", $"'{Excerpt.Short(Options[i])}' is no option of sbatch", "write --NAME or --NAME=VALUE, in one line");
            else if (Own.Contains(name)) yield return ($"options[{i}]", $"--{name} is not to be given here", Remedy(name));
        }
    }

    private static string Remedy(string name) => name switch
    {
        "time" or "partition" or "account" or "qos" => $"write {name}: beside options",
        "ntasks" or "cpus-per-task" or "mem" => "write ranks, cpus or memory under the step's resources",
        "dependency" or "begin" or "hold" => "the engine submits a step when its inputs are there",
        _ => "the engine says it itself",
    };

    /// <summary>Minutes, rounded up: what sbatch takes.</summary>
    internal string? Minutes => Time is null ? null : Math.Ceiling(TimeText.Parse(Time)!.Value.TotalMinutes).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A[\w.,+=@:%-]{1,200}\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"\A--([a-z][a-z0-9-]*)(=[^\r\n\0]*)?\z")]
    private static partial Regex Flag();
}
