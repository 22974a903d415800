namespace Pipeline.Training;

/// <summary>What processors are sold to reach, in dense bfloat16 floating-point operations a second (their makers' data sheets). Those that are not listed are unknown, never guessed.</summary>
public static class PeakFlops
{
    static readonly (string Name, string[] Slower, double Peak)[] Table =
    [
        ("A100", [], 312e12),
        // The PCIe and NVL boards are slower ones.
        ("H100", ["PCIe", "NVL"], 989e12),
        ("H200", ["NVL"], 989e12),
    ];

    /// <param name="device">As its driver names it.</param>
    /// <returns>Null where it is unknown.</returns>
    public static double? Of(string device)
    {
        foreach (var (name, slower, peak) in Table)
        {
            if (device.Contains(name, StringComparison.Ordinal) && !slower.Any(each => device.Contains(each, StringComparison.Ordinal)))
                return peak;
        }
        return null;
    }
}
