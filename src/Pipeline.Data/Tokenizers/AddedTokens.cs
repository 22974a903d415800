using System.Buffers;
using System.Text;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers;

/// <summary>Finds added tokens in text: the first one, of several at a place the longest.</summary>
internal sealed class AddedTokens
{
    private readonly Set raw;
    private readonly Set normalized;

    public AddedTokens(TokenizerModel model, bool specials)
    {
        var all = model.Added.Where(token => specials || !token.Special).ToList();
        raw = new(all.Where(token => !token.Normalized).Select(token => (token.Content, token)), model);
        normalized = new(all.Where(token => token.Normalized).Select(token => (model.Normalizers.Aggregate(token.Content, (text, normalizer) => normalizer.Apply(text)), token)), model);
    }

    public bool IsEmpty => raw.Values is null && normalized.Values is null;

    /// <summary>Tells of each token its id, and of what lies between them null.</summary>
    public void Find(string text, int done, bool normalized, Action<int, int, int?> tell)
    {
        var set = normalized ? this.normalized : raw;
        var at = done;
        while (set.Values is not null && at < text.Length && text.AsSpan(at).IndexOfAny(set.Values) is >= 0 and var offset)
        {
            var start = at + offset;
            var (content, token, id) = set.Longest(text, start);
            var end = at = start + content.Length;
            if (token.SingleWord && (WordBefore(text, start) || WordAfter(text, end))) continue;
            while (token.LeftStrip && start > done && char.IsWhiteSpace(text[start - 1])) start--;
            while (token.RightStrip && end < text.Length && char.IsWhiteSpace(text[end])) end++;
            start = Math.Max(start, done);
            if (done < start) tell(done, start, null);
            tell(start, end, id);
            done = end;
            at = Math.Max(at, end);
        }

        if (done < text.Length) tell(done, text.Length, null);
    }

    private static bool WordBefore(string text, int at) => Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out var rune, out _) == OperationStatus.Done && RuneKinds.IsWord(rune);

    private static bool WordAfter(string text, int at) => Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _) == OperationStatus.Done && RuneKinds.IsWord(rune);

    private sealed class Set
    {
        private readonly Dictionary<char, List<(string Content, AddedToken Token, int Id)>> byFirst = [];

        public Set(IEnumerable<(string Content, AddedToken Token)> tokens, TokenizerModel model)
        {
            var found = tokens.Where(each => each.Content.Length > 0).ToList();
            foreach (var (content, token) in found.OrderByDescending(each => each.Content.Length))
            {
                if (!byFirst.TryGetValue(content[0], out var list)) byFirst[content[0]] = list = [];
                list.Add((content, token, model.Find(token.Content)!.Value));
            }

            if (found.Count > 0) Values = SearchValues.Create([.. found.Select(each => each.Content)], StringComparison.Ordinal);
        }

        public SearchValues<string>? Values { get; }

        public (string Content, AddedToken Token, int Id) Longest(string text, int at) => byFirst[text[at]].First(each => string.CompareOrdinal(text, at, each.Content, 0, each.Content.Length) == 0);
    }
}
