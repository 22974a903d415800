namespace Pipeline.Engine.Caching;

/// <summary>Files of one step that outlive an attempt of it. Two that make the same one write the same; the last stays.</summary>
/// <param name="share">Where several processes make them.</param>
internal sealed class KeptFiles(string folder, PieceShare? share)
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private int attempts;

    public bool Has(string name) => File.Exists(PathOf(name));

    /// <param name="name">Fit for a file.</param>
    /// <param name="whole">It is for the first process to make.</param>
    public async Task<(string Path, bool IsMade)> GetAsync(string name, bool whole, Func<string, Task> make)
    {
        if (Has(name)) return (PathOf(name), false);
        var mine = share is null || (whole ? share.Rank == 0 : share.Owns(name[(name.LastIndexOf('-') + 1)..]));
        if (!mine && await share!.WaitAsync(() => Has(name) ? PathOf(name) : null, () => File.GetLastWriteTimeUtc(Sign(name)).Ticks) is { } made) return (made, false);
        Directory.CreateDirectory(folder);
        var unfinished = $"{PathOf(name)}.{share?.Rank ?? 0}-{Interlocked.Increment(ref attempts)}.tmp";
        if (share is null)
        {
            await make(unfinished);
        }
        else
        {
            await using var beat = new Timer(_ => Touch(Sign(name)), null, whole ? TimeSpan.Zero : Beat, Beat);
            await share.MeasuredAsync(async () =>
            {
                await make(unfinished);
                return true;
            });
        }

        File.Move(unfinished, PathOf(name), overwrite: true);
        return (PathOf(name), true);
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Is written again and again while the file is made.</summary>
    private string Sign(string name) => PathOf(name) + ".making";

    private static void Touch(string path)
    {
        try
        {
            File.WriteAllBytes(path, []);
        }
        catch (IOException)
        {
            // The next beat tries again.
        }
    }
}
