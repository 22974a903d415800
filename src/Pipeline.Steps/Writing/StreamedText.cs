using Pipeline.Data.Tokenizers;

namespace Pipeline.Steps.Writing;

/// <summary>Text as its tokens come. A character is told when all its bytes are there, and what may be the beginning of a stop text when it is known not to be.</summary>
internal sealed class StreamedText(TextTokenizer tokenizer, IReadOnlyCollection<string> stops, Action<string> told)
{
    // A character has at most 4 bytes: more tokens than that are no UTF-8.
    private const int LongestCharacter = 4;

    private readonly List<int> pending = [];
    private readonly System.Text.StringBuilder all = new();
    private int said;
    private bool stopped;

    /// <summary>What was told.</summary>
    public string Text => all.ToString(0, said);

    public void Add(int token)
    {
        pending.Add(token);
        var text = tokenizer.Decode(pending);
        if (text.EndsWith('\uFFFD') && pending.Count < LongestCharacter) return;
        pending.Clear();
        all.Append(text);
        Tell(last: false);
    }

    /// <summary>No more tokens come.</summary>
    public void End()
    {
        all.Append(tokenizer.Decode(pending));
        pending.Clear();
        Tell(last: true);
    }

    private void Tell(bool last)
    {
        if (stopped) return;
        var text = all.ToString(said, all.Length - said);
        var ends = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).ToList();
        stopped = ends.Count > 0;
        var length = stopped ? ends.Min() : last ? text.Length : text.Length - Held(text);
        if (length == 0) return;
        said += length;
        told(text[..length]);
    }

    private int Held(string text) => stops.Select(stop => Enumerable.Range(1, Math.Max(0, Math.Min(text.Length, stop.Length - 1))).LastOrDefault(length => text.EndsWith(stop[..length], StringComparison.Ordinal))).DefaultIfEmpty().Max();
}
