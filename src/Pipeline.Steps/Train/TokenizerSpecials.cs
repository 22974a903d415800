using Pipeline.Data.Tokenizers;
using Pipeline.Training.Batches;

namespace Pipeline.Steps.Train;

/// <summary>What objectives that change a text need of its tokenizer.</summary>
internal static class TokenizerSpecials
{
    private static readonly string[] Masks = ["<mask>", "[MASK]", "<|mask|>"];

    public static TokenSpecials Of(TokenizerModel tokenizer, bool words = false)
    {
        var sentinels = new List<long>();
        while (Id($"<extra_id_{sentinels.Count}>") is { } sentinel) sentinels.Add(sentinel);
        return new(tokenizer.VocabularySize, tokenizer.SpecialTokens.Select(token => (long)tokenizer.SpecialId(token)).ToHashSet())
        {
            Mask = Masks.Select(Id).FirstOrDefault(id => id is not null),
            Sentinels = sentinels,
            SameWord = words ? SameWord(tokenizer) : null,
        };

        long? Id(string token) => tokenizer.SpecialTokens.Contains(token) ? tokenizer.SpecialId(token) : null;
    }

    /// <summary>By the bytes on both sides of the seam: letters go on with letters, digits with digits, signs with signs. What begins with a space begins a word, as when tokenizers cut text.</summary>
    private static Func<long, long, bool> SameWord(TokenizerModel tokenizer)
    {
        var text = new TextTokenizer(tokenizer);
        var first = Enumerable.Range(0, tokenizer.VocabularySize).Select(id => text.BytesOf(id) is [var begin, ..] ? KindOf(begin) : Kind.Sign).ToArray();
        var last = Enumerable.Range(0, tokenizer.VocabularySize).Select(id => text.BytesOf(id) is [.., var end] ? KindOf(end) : Kind.Sign).ToArray();
        return (before, token) => first[token] != Kind.Space && first[token] == last[before];
    }

    private enum Kind
    {
        Space,
        Letter,
        Digit,
        Sign,
    }

    private static Kind KindOf(byte value) => value switch
    {
        <= (byte)' ' => Kind.Space,
        >= (byte)'0' and <= (byte)'9' => Kind.Digit,
        (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or >= 0x80 => Kind.Letter,
        _ => Kind.Sign,
    };
}
