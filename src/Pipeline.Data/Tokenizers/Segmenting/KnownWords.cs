namespace Pipeline.Data.Tokenizers.Segmenting;

internal sealed class KnownWords(WordModel model) : WordEncoder
{
    protected override void Segment(ReadOnlySpan<char> word, List<int> ids)
    {
        if (model.Ids.TryGetValue(word, out var id) && model.IsOrdinary(id)) ids.Add(id);
        else if (model.Unknown is { } unknown) ids.Add(unknown);
    }
}
