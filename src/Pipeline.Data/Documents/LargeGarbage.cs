namespace Pipeline.Data.Documents;

/// <summary>The platform lets large garbage lie while there is memory, and takes as much again; a few texts of a hundred megabytes so become gigabytes.</summary>
internal static class LargeGarbage
{
    private const long Least = 32 << 20;

    /// <summary>Collects it before as much as that is taken.</summary>
    public static void Collect(long bytes)
    {
        if (bytes >= Least) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
