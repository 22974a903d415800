using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Pipeline.Data.Tokenizers;

/// <summary>
/// Turns text into ids and back. Text never yields a special token, whatever it spells. Lone surrogates count as U+FFFD; all other text comes back exactly.
/// One instance serves one thread: <see cref="TokenizerPool"/> has one for each.
/// </summary>
public sealed class TextTokenizer
{
    private readonly BpeTokenizer bpe;
    private readonly LongWord longWord;
    private readonly byte[][] bytesOf;

    public TextTokenizer(BpeModel model)
    {
        Model = model;
        var special = model.SpecialTokens.ToHashSet(StringComparer.Ordinal);
        bytesOf = [.. model.Tokens.Select(t => special.Contains(t) ? [] : t.Select(symbol => (byte)ByteAlphabet.ByteOf(symbol)).ToArray())];
        longWord = new(model);
        bpe = BpeTokenizer.Create(new BpeOptions(model.Tokens.Select((token, id) => KeyValuePair.Create(token, id)))
        {
            Merges = model.Merges.Select(m => $"{model.Tokens[m.Left]} {model.Tokens[m.Right]}"),
            ByteLevel = true,
            PreTokenizer = new Words(model.Pattern),
        });
    }

    public BpeModel Model { get; }

    public List<int> Encode(string text)
    {
        text = WellFormed(text);
        var ids = new List<int>();
        var done = 0;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordScanner.EndOfWord(Model.Pattern, text, start);
            if (end - start <= LongWord.Longest) continue;
            if (start > done) ids.AddRange(bpe.EncodeToIds(text[done..start]));
            longWord.Encode(text.AsSpan(start, end - start), ids);
            done = end;
        }

        if (done == 0) return text.Length == 0 ? ids : [.. bpe.EncodeToIds(text)];
        if (done < text.Length) ids.AddRange(bpe.EncodeToIds(text[done..]));
        return ids;
    }

    /// <summary>The text of ids. Bytes that are no UTF-8 (a symbol cut in two) become U+FFFD; special tokens are spelled out or left out.</summary>
    public string Decode(IEnumerable<int> ids, bool spellSpecialTokens = false)
    {
        var text = new StringBuilder();
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)bytesOf.Length) throw new InvalidDataException($"The id {id} is outside the vocabulary of {bytesOf.Length} tokens.");
            bytes.AddRange(bytesOf[id]);
            if (bytesOf[id].Length > 0 || !spellSpecialTokens) continue;
            Flush();
            text.Append(Model.Tokens[id]);
        }

        Flush();
        return text.ToString();

        void Flush()
        {
            text.Append(Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes)));
            bytes.Clear();
        }
    }

    /// <summary>The text with U+FFFD for each lone surrogate, which UTF-8 cannot spell.</summary>
    public static string WellFormed(string text) =>
        text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private sealed class Words(SplitPattern pattern) : PreTokenizer
    {
        public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
        {
            for (int start = 0, end; start < text.Length; start = end)
            {
                end = WordScanner.EndOfWord(pattern, text, start);
                yield return (start, end - start);
            }
        }

        public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());
    }
}
