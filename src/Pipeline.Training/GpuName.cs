namespace Pipeline.Training;

/// <summary>What the driver calls the GPUs of this machine.</summary>
public static class GpuName
{
    /// <summary><c>cuda</c> where they are of several kinds or the driver does not say.</summary>
    public static string Here { get; } = Of("/proc/driver/nvidia/gpus");

    /// <param name="folder">Of the driver: a folder for each GPU, with a file <c>information</c>.</param>
    internal static string Of(string folder)
    {
        const string model = "Model:";
        if (!Directory.Exists(folder))
            return "cuda";
        var names = Directory.EnumerateDirectories(folder).Select(gpu => Path.Combine(gpu, "information")).Where(File.Exists)
            .SelectMany(File.ReadLines).Where(line => line.StartsWith(model, StringComparison.Ordinal)).Select(line => line[model.Length..].Trim()).Distinct().ToList();
        return names is [var only] ? only : "cuda";
    }
}
