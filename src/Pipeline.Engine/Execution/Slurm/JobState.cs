using System.Globalization;

namespace Pipeline.Engine.Execution.Slurm;

/// <summary>A job as <c>squeue</c> shows it.</summary>
/// <param name="State">Slurm's word: PENDING, RUNNING, NODE_FAIL.</param>
/// <param name="Ran">How long it has run.</param>
/// <param name="Reason">Why it waits, in Slurm's words.</param>
internal sealed record JobState(string Id, string Name, string State, TimeSpan Ran, string Reason)
{
    /// <summary>What <see cref="Parse"/> reads.</summary>
    public const string Format = "%i|%j|%T|%M|%r";

    private static readonly string[] Waiting = ["PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT"];
    private static readonly string[] Going = ["RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"];

    public bool Waits => Waiting.Contains(State);

    public bool IsActive => Waits || Going.Contains(State);

    /// <summary>Its end is no fault of the step: the node went, or somebody more important came.</summary>
    public bool LostItsNode => State is "NODE_FAIL" or "BOOT_FAIL" or "PREEMPTED";

    public static JobState? Parse(string line) =>
        line.Split('|', 5) is [var id, var name, var state, var ran, var reason] ? new(id, name, state, Elapsed(ran), reason) : null;

    /// <summary>As Slurm writes it: <c>[days-][[hours:]minutes:]seconds</c>; nothing where it is not that.</summary>
    private static TimeSpan Elapsed(string text)
    {
        var (days, time) = text.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? (text[..dash], text[(dash + 1)..]) : ("0", text);
        double seconds = 0;
        foreach (var part in time.Split(':'))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return TimeSpan.Zero;
            seconds = (seconds * 60) + number;
        }

        return int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? TimeSpan.FromSeconds((whole * 86400.0) + seconds) : TimeSpan.Zero;
    }
}
