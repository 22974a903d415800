using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Engine.Caching;

/// <summary>The part of a step's pieces that is this process's to make, where several work on one step: each piece is one process's by its key, and the others wait until it is there.</summary>
/// <param name="patience">At least so long is waited for a piece of another; null: 10 seconds.</param>
public sealed class PieceShare(int rank, int ranks, TimeSpan? patience = null)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1), LongestWait = TimeSpan.FromMilliseconds(50);

    /// <summary>A piece that takes so many times longer than the longest of one's own will not come: its maker has lost it.</summary>
    private const int Patience = 10;

    private readonly Lock gate = new();
    private TimeSpan longest;

    public int Rank => rank;

    public bool Owns(string key) => uint.Parse(key.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % (uint)ranks == (uint)rank;

    public async Task<T> MeasuredAsync<T>(Func<Task<T>> make)
    {
        var watch = Stopwatch.StartNew();
        var made = await make();
        lock (gate) longest = watch.Elapsed > longest ? watch.Elapsed : longest;
        return made;
    }

    /// <summary>What another process makes; null where it does not come.</summary>
    /// <param name="pulse">Changes as long as somebody is at it, which is waited for without an end.</param>
    public async Task<T?> WaitAsync<T>(Func<T?> find, Func<long>? pulse = null)
        where T : class
    {
        var (watch, last) = (Stopwatch.StartNew(), 0L);
        for (var wait = ShortestWait; ; wait = wait < LongestWait ? 2 * wait : wait)
        {
            if (find() is { } found) return found;
            if (pulse?.Invoke() is { } beat && beat != last)
            {
                last = beat;
                watch.Restart();
            }

            TimeSpan most;
            lock (gate) most = (patience ?? TimeSpan.FromSeconds(10)) + (Patience * longest);
            if (watch.Elapsed > most) return null;
            await Task.Delay(wait);
        }
    }
}
