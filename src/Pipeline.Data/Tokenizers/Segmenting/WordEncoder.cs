namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>Segments words into tokens. One instance serves one thread.</summary>
internal abstract class WordEncoder
{
    private readonly WordCache cache = new();

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        if (word.Length > WordCache.LongestWord)
        {
            Segment(word, ids);
            return;
        }

        ref var entry = ref cache.Slot(word);
        if (entry.Ids is null || !word.SequenceEqual(entry.Word))
        {
            var start = ids.Count;
            Segment(word, ids);
            entry = new(word.ToString(), [.. ids.Slice(start, ids.Count - start)]);
            return;
        }

        ids.AddRange(entry.Ids.AsSpan());
    }

    protected abstract void Segment(ReadOnlySpan<char> word, List<int> ids);
}
