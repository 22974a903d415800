namespace Pipeline.Training.Batches;

/// <summary>Well-mixed 64-bit numbers as pure functions of their arguments (the finaliser of SplitMix64), so that order and randomness need no state.</summary>
static class Mix
{
    public static ulong Of(ulong a)
    {
        a += 0x9E3779B97F4A7C15;
        a = (a ^ (a >> 30)) * 0xBF58476D1CE4E5B9;
        a = (a ^ (a >> 27)) * 0x94D049BB133111EB;
        return a ^ (a >> 31);
    }

    public static ulong Of(long a, long b) => Of(Of((ulong)a) ^ (ulong)b);

    public static ulong Of(long a, long b, long c) => Of(Of(a, b) ^ (ulong)c);
}
