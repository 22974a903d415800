using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Engine.Authoring;

namespace Pipeline.Engine.Definitions;

/// <summary>What a step may ask of the machine, as options like those of step types.</summary>
public sealed record ResourceOptions
{
    [Description("CPUs to set aside; the step type has its own default."), Range(1, 65536)]
    public int? Cpus { get; init; }

    [Description("Memory to set aside, such as 8GiB or 500MB, and the most that the step's processes may hold together: who holds more fails as out_of_memory.")]
    public string? Memory { get; init; }

    [Description("GPUs to set aside; the step type has its own default, by its options."), Range(0, 1024)]
    public int? Gpus { get; init; }

    [Description("Processes that work together on the step, for step types that can."), Range(1, 65536)]
    public int Ranks { get; init; } = 1;

    public static Option Tree { get; } = OptionReader.Read(typeof(ResourceOptions));

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    internal static Resources From(JsonObject bound, StepType type, JsonObject? with, int gpus, long memory)
    {
        var ranks = (int)(long)bound["ranks"]!;
        return new((int?)(long?)bound["cpus"] ?? type.CpusOf(with, ranks), memory, (int?)(long?)bound["gpus"] ?? gpus, ranks);
    }

    /// <summary>Bytes of <c>8GiB</c>, <c>1.5 GB</c>; null where the text is no such size.</summary>
    public static long? Bytes(string text)
    {
        var (unit, scale) = Units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.Ordinal));
        if (unit is null || Scalars.Number(text[..^unit.Length].TrimEnd(' ')) is not { } count) return null;
        var bytes = count * scale;
        return bytes is >= 1 and <= 1L << 60 ? (long)bytes : null;
    }
}
