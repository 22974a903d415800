using System.Runtime.CompilerServices;

namespace Pipeline.Data.Sorting;

/// <summary>
/// Sorts more records than memory holds: what is full is sorted and written as runs, and the runs are merged while they are read. The order is that of the records alone,
/// which is why records that compare as equal must be equal; neither memory nor workers nor the order of <see cref="Add(ReadOnlySpan{T})"/> can be seen in the outcome.
/// </summary>
/// <param name="name">Of the runs; no two sorts of a folder share one.</param>
public sealed class ExternalSort<T>(SortSpace space, string name) : IDisposable
    where T : unmanaged, IComparable<T>
{
    private const int LeastRecords = 256;

    private readonly Lock gate = new();
    private readonly int capacity = (int)Math.Clamp(space.Memory / 3 / Unsafe.SizeOf<T>(), LeastRecords, Array.MaxLength);
    private readonly int fanIn = space.FanIn;
    private readonly List<string> runs = [];
    private T[] records = [];
    private int count;
    private int written;

    public long Count { get; private set; }

    public void Add(T record) => Add(new ReadOnlySpan<T>(in record));

    /// <summary>May be called from several threads.</summary>
    public void Add(ReadOnlySpan<T> more)
    {
        lock (gate)
        {
            Count += more.Length;
            while (more.Length > 0)
            {
                if (count == records.Length) Grow(more.Length);
                var taken = Math.Min(more.Length, records.Length - count);
                more[..taken].CopyTo(records.AsSpan(count));
                count += taken;
                more = more[taken..];
            }
        }
    }

    /// <summary>All records, ascending; may be asked for more than once, after the last was added.</summary>
    /// <exception cref="DamagedRunException">While enumerating.</exception>
    public IEnumerable<T> Sorted()
    {
        var slices = SortSlices();
        while (runs.Count > fanIn) MergeOldest();
        return SortMerge.Of<T>(() => [.. slices.Select(s => new SortSource<T>(records, s.From, s.To)), .. runs.Select(r => new SortSource<T>(r))]);
    }

    public void Dispose()
    {
        foreach (var run in runs) File.Delete(run);
        runs.Clear();
        records = [];
    }

    private void Grow(int more)
    {
        if (count == capacity) Spill();
        else Array.Resize(ref records, (int)Math.Min(capacity, Math.Max(1024, Math.Max(2L * count, (long)count + more))));
    }

    private void Spill()
    {
        var slices = SortSlices();
        var paths = slices.ConvertAll(_ => NextPath());
        Parallel.For(0, slices.Count, new() { MaxDegreeOfParallelism = space.Workers }, i =>
        {
            using var run = new RunWriter<T>(paths[i]);
            run.Add(records.AsSpan(slices[i].From, slices[i].To - slices[i].From));
            run.Complete();
        });
        paths.ForEach(Written);
        count = 0;
    }

    private List<(int From, int To)> SortSlices()
    {
        var slices = Enumerable.Range(0, space.Workers).Select(i => (From: (int)((long)count * i / space.Workers), To: (int)((long)count * (i + 1) / space.Workers))).Where(s => s.To > s.From).ToList();
        Parallel.ForEach(slices, new() { MaxDegreeOfParallelism = space.Workers }, s => records.AsSpan(s.From, s.To - s.From).Sort());
        return slices;
    }

    private void MergeOldest()
    {
        var some = runs.GetRange(0, fanIn);
        var path = NextPath();
        using (var run = new RunWriter<T>(path))
        {
            foreach (var record in SortMerge.Of(() => some.ConvertAll(r => new SortSource<T>(r)))) run.Add(record);
            run.Complete();
        }

        some.ForEach(File.Delete);
        runs.RemoveRange(0, fanIn);
        Written(path);
    }

    private string NextPath() => Path.Combine(space.Folder, $"{name}-{written++:D5}.run");

    private void Written(string path)
    {
        runs.Add(path);
        space.RunWritten?.Invoke(path);
    }
}
