using CsCheck;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tests.Tokenizers;

public class TextTokenizerTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Char.Array[0, 60].Select(c => new string(c)),
        Pieces.Of(" ", "\n", "<|end|>", "<|endoftext|>", "ab", "bba", "Permission", " software", "é", "漢", "😀", "'s", "12", "\r\n").Select(string.Concat));

    [Fact]
    public void Any_text_comes_back()
    {
        foreach (var model in (BpeModel[])[Corpus.Small, Corpus.SmallCl100k])
        {
            var tokenizer = new TextTokenizer(model);
            Text.Sample(text => Assert.Equal(WellFormedText.Of(text), tokenizer.Decode(tokenizer.Encode(text))), iter: 3000, threads: 1);
        }
    }

    [Fact]
    public void The_library_gives_the_ids_of_the_plain_merge_loop()
    {
        var tokenizer = new TextTokenizer(Corpus.Small);
        Text.Sample(text => Assert.Equal(PlainIds(Corpus.Small, WellFormedText.Of(text)), tokenizer.Encode(text)), iter: 3000, threads: 1);
    }

    [Fact]
    public void A_long_word_gets_the_ids_of_the_plain_merge_loop()
    {
        var random = new Random(5);
        var word = string.Concat(Enumerable.Range(0, 1100).Select(_ => "abé"[random.Next(3)]));
        Assert.Equal(PlainIds(Corpus.Small, word), new TextTokenizer(Corpus.Small).Encode(word));
        var text = $"the {word}!  {word}\n\n {word}";
        Assert.Equal(PlainIds(Corpus.Small, text), new TextTokenizer(Corpus.Small).Encode(text));
    }

    [Fact]
    public void A_word_of_half_a_million_letters_is_encoded_in_seconds()
    {
        var random = new Random(5);
        var word = string.Concat(Enumerable.Range(0, 500_000).Select(_ => "ab"[random.Next(2)]));
        var tokenizer = new TextTokenizer(Corpus.Small);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(word, tokenizer.Decode(tokenizer.Encode(word)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Text_never_yields_a_special_token()
    {
        var tokenizer = new TextTokenizer(Corpus.Small);
        var special = Corpus.Small.SpecialTokens.Select(Corpus.Small.SpecialId).ToHashSet();
        foreach (var text in (string[])["<|end|>", "a<|endoftext|>b", "<|user|><|assistant|>", " <|end|> "])
            Assert.DoesNotContain(tokenizer.Encode(text), special.Contains);
    }

    [Fact]
    public void Special_tokens_are_spelled_only_when_asked_and_half_symbols_become_replacement_characters()
    {
        var tokenizer = new TextTokenizer(Corpus.Small);
        var end = Corpus.Small.SpecialId(SpecialTokens.End);
        var half = Corpus.Small.Find(ByteAlphabet.SymbolOf(0xF0).ToString())!.Value;
        int[] ids = [.. tokenizer.Encode("a"), end, half];
        Assert.Equal("a\uFFFD", tokenizer.Decode(ids));
        Assert.Equal("a<|end|>\uFFFD", tokenizer.Decode(ids, spellSpecialTokens: true));
        Assert.Contains("outside the vocabulary", Assert.Throws<InvalidDataException>(() => tokenizer.Decode([70_000])).Message);
    }

    [Fact]
    public void Any_number_of_workers_gives_the_same_ids_in_the_same_order()
    {
        var texts = Enumerable.Range(0, 2000).Select(i => Corpus.Text.Substring(i % 500, i % 90)).ToList();
        var tokenizer = new TextTokenizer(Corpus.Small);
        var pool = new TokenizerPool(Corpus.Small);
        var encoded = texts.Chunk(100).AsParallel().AsOrdered().WithDegreeOfParallelism(8).SelectMany(part => Texts(pool.Encode(part)));
        Assert.Equal(texts.Select(t => string.Join(',', tokenizer.Encode(t))), encoded);
    }

    [Fact]
    public void Encoded_texts_come_back_from_bytes() =>
        Gen.Int[0, int.MaxValue].List[0, 20].List[0, 20].Sample(texts =>
        {
            var encoded = new EncodedTexts();
            texts.ForEach(encoded.Add);
            Assert.Equal(texts.Select(t => string.Join(',', t)), Texts(new(encoded.ToBytes(), encoded.Lengths)));
        });

    private static List<string> Texts(EncodedTexts encoded)
    {
        var texts = new List<string>();
        encoded.ForEach(ids => texts.Add(string.Join(',', ids.ToArray())));
        return texts;
    }

    [Fact]
    public void An_unknown_special_token_is_named_with_those_that_exist() =>
        Assert.Contains("it has: <|endoftext|>, <|user|>", Assert.Throws<InvalidDataException>(() => Corpus.Small.SpecialId("<|tool|>")).Message);

    /// <summary>Of all merges that apply the first learned one, over and over: slow, and plainly right.</summary>
    private static List<int> PlainIds(BpeModel model, string text)
    {
        var ranks = model.Merges.Select((m, rank) => (m, rank)).ToDictionary(x => (x.m.Left, x.m.Right), x => (x.rank, x.m.Result));
        var ids = new List<int>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordScanner.EndOfWord(((PatternWords)model.Splitters[0]).Pattern, text, start);
            var word = ByteAlphabet.SymbolsOf(text.AsSpan(start, end - start)).Select(c => model.Find(c.ToString())!.Value).ToList();
            while (true)
            {
                var best = Enumerable.Range(0, Math.Max(0, word.Count - 1)).Where(i => ranks.ContainsKey((word[i], word[i + 1])))
                    .OrderBy(i => ranks[(word[i], word[i + 1])].rank).ThenBy(i => i).Cast<int?>().FirstOrDefault();
                if (best is not { } at) break;
                word[at] = ranks[(word[at], word[at + 1])].Result;
                word.RemoveAt(at + 1);
            }

            ids.AddRange(word);
        }

        return ids;
    }
}
