namespace Pipeline.Data.Sorting;

/// <summary>Where and in how much room something is sorted.</summary>
/// <param name="Folder">For runs; must exist.</param>
/// <param name="Memory">Bytes that records and buffers may take.</param>
/// <param name="RunWritten">Told the path of each run once it is complete.</param>
public sealed record SortSpace(string Folder, long Memory, int Workers = 1, Action<string>? RunWritten = null)
{
    private const int MostOpenRuns = 512;

    /// <summary>Runs that may be open at a time.</summary>
    internal int FanIn => (int)Math.Clamp(Memory / 3 / RunBlock.Bytes, 2, MostOpenRuns);
}

/// <summary>A run is not what was written: cut short, changed or gone. What was sorted has to be made and sorted anew.</summary>
public sealed class DamagedRunException(string path, string what, Exception? inner = null) : IOException($"{path}: {what}; the run was damaged on disk.", inner)
{
    public string Path => path;
}
