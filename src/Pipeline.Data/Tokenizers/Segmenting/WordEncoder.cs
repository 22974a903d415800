using System.Runtime.InteropServices;

namespace Pipeline.Data.Tokenizers.Segmenting;

/// <summary>Segments words into tokens. One instance serves one thread.</summary>
internal abstract class WordEncoder
{
    private readonly ShortWordCache shortWords = new();
    private readonly WordCache words = new();

    public void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        var key = ShortWordKey.Of(word);
        if (key.Length > 0 && shortWords.TryAdd(key, ids)) return;
        EncodeOther(word, key, ids);
    }

    protected abstract void Segment(ReadOnlySpan<char> word, List<int> ids);

    private void EncodeOther(ReadOnlySpan<char> word, ShortWordKey key, List<int> ids)
    {
        if (word.Length > WordCache.LongestWord)
        {
            Segment(word, ids);
            return;
        }

        ref var entry = ref words.Slot(word);
        if (entry.Ids is not null && word.SequenceEqual(entry.Word))
        {
            ids.AddRange(entry.Ids.AsSpan());
            return;
        }

        var start = ids.Count;
        Segment(word, ids);
        var tokens = CollectionsMarshal.AsSpan(ids)[start..];
        if (key.Length == 0 || !shortWords.Keep(key, tokens)) entry = new(word.ToString(), tokens.ToArray());
    }
}
