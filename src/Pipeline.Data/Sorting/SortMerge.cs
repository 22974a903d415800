namespace Pipeline.Data.Sorting;

/// <summary>Sorted records of several sources as one sequence.</summary>
internal static class SortMerge
{
    /// <param name="open">Called when the sequence is begun; the sources are closed at its end.</param>
    public static IEnumerable<T> Of<T>(Func<List<SortSource<T>>> open)
        where T : unmanaged, IComparable<T>
    {
        var sources = open();
        try
        {
            // A heap by each source's next record.
            var heap = sources.Where(s => s.Next()).ToArray();
            var size = heap.Length;
            for (var i = (size / 2) - 1; i >= 0; i--) Sink(heap, size, i);
            while (size > 0)
            {
                yield return heap[0].Current;
                if (!heap[0].Next()) heap[0] = heap[--size];
                Sink(heap, size, 0);
            }
        }
        finally
        {
            sources.ForEach(s => s.Dispose());
        }
    }

    /// <summary>The records of one source, in the order they have.</summary>
    public static IEnumerable<T> InOrder<T>(Func<SortSource<T>> open)
        where T : unmanaged
    {
        using var source = open();
        while (source.Next()) yield return source.Current;
    }

    private static void Sink<T>(SortSource<T>[] heap, int size, int i)
        where T : unmanaged, IComparable<T>
    {
        for (int child; (child = (2 * i) + 1) < size; i = child)
        {
            if (child + 1 < size && heap[child + 1].Current.CompareTo(heap[child].Current) < 0) child++;
            if (heap[i].Current.CompareTo(heap[child].Current) <= 0) return;
            (heap[i], heap[child]) = (heap[child], heap[i]);
        }
    }
}
