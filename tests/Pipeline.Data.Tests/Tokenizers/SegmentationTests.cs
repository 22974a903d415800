using CsCheck;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tests.Tokenizers;

/// <summary>Segmentations beside slow and plain programs, on random vocabularies of few letters.</summary>
public class SegmentationTests
{
    private static readonly Gen<string> Letters = Gen.Char["ab𠮷"[..2]].Array[1, 4].Select(letters => new string(letters));
    private static readonly Gen<string> Word = Gen.Char["abc"].Array[1, 14].Select(letters => new string(letters));

    [Fact]
    public void Word_pieces_are_the_longest_from_the_left() =>
        Gen.Select(Letters.List[1, 12], Letters.List[1, 12], Word).Sample((first, inner, word) =>
        {
            List<string> tokens = [.. new[] { "[UNK]" }.Concat(first).Concat(inner.Select(token => "##" + token)).Distinct()];
            var model = new WordPieceModel(tokens, []) { Unknown = 0, Decoder = new WordPieceDecoder("##", false), Splitters = [new WhitespaceSplit()] };
            Assert.Equal(Longest(model, word), new TextTokenizer(model).Encode(word));
        });

    [Fact]
    public void A_long_word_of_short_pieces_takes_a_time_that_is_linear_in_it()
    {
        // Each prefix of the longest token is a spelling of its own, which searching from every place anew would read a thousand times.
        List<string> tokens = ["[UNK]", "a", "##a", .. Enumerable.Range(1, 10).Select(i => "##" + new string('a', i * 100) + "b")];
        var model = new WordPieceModel(tokens, []) { Unknown = 0, LongestWord = 2_000_000, Decoder = new WordPieceDecoder("##", false) };
        Assert.Equal(1_000_000, new TextTokenizer(model).Encode(new string('a', 1_000_000)).Count);
        Assert.Equal([0], new TextTokenizer(new WordPieceModel(tokens, []) { Unknown = 0, Decoder = new WordPieceDecoder("##", false) }).Encode(new string('a', 101)));
    }

    [Fact]
    public void A_word_that_was_seen_has_the_tokens_of_a_first_sight()
    {
        // Words that have much in common: their length apart, one character apart, with U+2581 before them, too wide for a byte a character.
        var words = new List<string>();
        foreach (var letter in (string[])["a", "é", "ÿ", "Ā", "▁", "漢", "\0"])
        {
            for (var length = 1; length <= 20; length++)
            {
                var word = string.Concat(Enumerable.Repeat(letter, length));
                words.AddRange([word, "▁" + word, .. Enumerable.Range(0, length).Select(at => word[..at] + "b" + word[(at + 1)..])]);
            }
        }

        foreach (var model in (TokenizerModel[])[Characters(words), Corpus.SmallCl100k])
        {
            var seen = new TextTokenizer(model);
            for (var round = 0; round < 2; round++)
                Assert.All(words, word => Assert.Equal(word.Replace('▁', ' '), seen.Decode(seen.Encode(word)).Replace('▁', ' ')));
        }

        static UnigramModel Characters(List<string> words)
        {
            List<string> tokens = ["<unk>", .. words.SelectMany(word => word).Distinct().Order().Select(symbol => symbol.ToString()), "aa", "aaaa", "漢漢", "▁a"];
            return new(tokens, [], [.. tokens.Select(token => -1.0 - (1.0 / token.Length))]) { Unknown = 0, Decoder = new SpaceSymbolDecoder(FirstSpace.Kept, Bytes: false) };
        }
    }

    [Fact]
    public void Unigram_pieces_are_the_most_probable_of_all_spellings() =>
        Gen.Select(Letters.List[1, 12], Gen.Double[-9, -1].Array[12], Word).Sample((pieces, scores, word) =>
        {
            List<string> tokens = [.. pieces.Distinct().Prepend("<unk>")];
            var model = new UnigramModel(tokens, [], [.. scores.Take(tokens.Count - 1).Prepend(0)]) { Unknown = 0, Decoder = new FuseDecoder() };
            var spellings = Spellings(model, word).ToList();
            var most = spellings.Max(spelling => spelling.Score);
            // Two orders of the same pieces are as probable as each other, but for the order of the sum.
            var best = spellings.Where(spelling => spelling.Score > most - 1e-9).Select(spelling => OneUnknownInARow([.. spelling.Ids]));
            Assert.Contains(new TextTokenizer(model).Encode(word), best);
        });

    private static List<int> OneUnknownInARow(List<int> ids) => [.. ids.Where((id, i) => id != 0 || i == 0 || ids[i - 1] != 0)];

    private static List<int> Longest(WordPieceModel model, string word)
    {
        var ids = new List<int>();
        for (int start = 0, end; start < word.Length; start = end)
        {
            for (end = word.Length; end > start && model.Find((start > 0 ? "##" : "") + word[start..end]) is null;) end--;
            if (end == start) return [0];
            ids.Add(model.Find((start > 0 ? "##" : "") + word[start..end])!.Value);
        }

        return ids;
    }

    private static IEnumerable<(double Score, IEnumerable<int> Ids)> Spellings(UnigramModel model, string word)
    {
        if (word.Length == 0) return [(0, [])];
        return Enumerable.Range(1, Math.Min(4, word.Length)).SelectMany(length =>
        {
            var id = model.Find(word[..length]);
            if (id is null && length > 1) return [];
            var score = id is { } known ? model.Scores[known] : model.Scores.Min() - 10;
            return Spellings(model, word[length..]).Select(rest => (score + rest.Score, rest.Ids.Prepend(id ?? 0)));
        });
    }
}
