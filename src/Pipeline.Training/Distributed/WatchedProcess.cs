using System.Globalization;

namespace Pipeline.Training.Distributed;

/// <summary>A process told from a later one with the same number by its start time (clock ticks after boot, /proc/PID/stat field 22).</summary>
/// <param name="Machine">Boot id and pid namespace: elsewhere the number means nothing and is not watched.</param>
public sealed record WatchedProcess(int Id, ulong StartTime, string Machine)
{
    /// <summary>How a process tells its descendants whom to follow into death: <see cref="ToString"/> of one or more, separated by ';'.</summary>
    public const string Variable = "PIPELINE_FOLLOW";

    public static WatchedProcess Current() => Of(Environment.ProcessId) ?? throw new InvalidOperationException("this process is not in /proc");

    /// <summary>Null where there is no such process, or it has ended and waits to be reaped.</summary>
    public static WatchedProcess? Of(int id) => ProcessStat.StartTime(id) is > 0 and var started ? new(id, started, MachineOf()) : null;

    /// <exception cref="FormatException">The text is none that <see cref="ToString"/> gave.</exception>
    public static IReadOnlyList<WatchedProcess> Parse(string text) => [.. text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(ParseOne)];

    public bool IsAlive => ProcessStat.StartTime(Id) == StartTime;

    public bool IsHere => Machine == MachineOf();

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id},{StartTime},{Machine}");

    private static WatchedProcess ParseOne(string text) =>
        text.Split(',') is [var id, var started, { Length: > 0 } machine] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && ulong.TryParse(started, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new(number, ticks, machine)
            : throw new FormatException($"'{text}' in {Variable} is not PID,START,MACHINE");

    private static string MachineOf() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + "/" + new FileInfo("/proc/self/ns/pid").LinkTarget;
}
