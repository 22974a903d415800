using System.Runtime.InteropServices;
using System.Text;
using Pipeline.Data.Documents;
using Pipeline.Data.Tokenizers.Segmenting;
using Pipeline.Data.Tokenizers.Splitting;

namespace Pipeline.Data.Tokenizers;

/// <summary>
/// Turns text into ids and back. Text never yields a special token, whatever it spells, unless it is asked for. Lone surrogates count as U+FFFD; where tokens are made of bytes, or what is unknown is spelled in bytes, all other text comes back exactly.
/// One instance serves one thread: <see cref="TokenizerPool"/> has one for each.
/// </summary>
public sealed class TextTokenizer
{
    private readonly WordEncoder words;
    private readonly AddedTokens added;
    private readonly AddedTokens addedAndSpecial;
    private byte[][]? bytesOf;
    private readonly WordCutter cutter;

    public TextTokenizer(TokenizerModel model)
    {
        Model = model;
        words = model.NewEncoder();
        added = new(model, specials: false);
        addedAndSpecial = new(model, specials: true);
        cutter = new(model.Normalizers, model.EncodingSplitters);
    }

    public TokenizerModel Model { get; }

    public List<int> Encode(string text) => Encode(text, specialTokens: false);

    /// <param name="specialTokens">Whether a special token that the text spells is that token: for text that is known to be harmless.</param>
    public List<int> Encode(string text, bool specialTokens)
    {
        var ids = new List<int>(text.Length / 3);
        Cut(text, specialTokens, ids.Add, word => words.Encode(word, ids));
        return ids;
    }

    /// <summary>How many bytes of a text, as it is once it is normalized, unknown tokens stand for.</summary>
    internal long UnknownBytes(string text)
    {
        if (Model.Unknown is not { } unknown) return 0;
        var bytes = 0L;
        var ids = new List<int>();
        Cut(text, specialTokens: false, _ => { }, word =>
        {
            ids.Clear();
            words.Encode(word, ids);
            if (ids.Contains(unknown)) bytes += Encoding.UTF8.GetByteCount(word) - ids.Where(id => id != unknown).Sum(id => (long)SpelledBy(Model.Tokens[id]));
        });
        return bytes;

        // A word with an unknown part is all unknown to models that mark the parts of words.
        static int SpelledBy(string token) => ByteTokens.ByteOf(token) is not null ? 1 : Encoding.UTF8.GetByteCount(token);
    }

    private void Cut(string text, bool specialTokens, Action<int> tellAdded, Action<ReadOnlySpan<char>> tellWord)
    {
        text = WellFormedText.Of(text);
        var search = specialTokens ? addedAndSpecial : added;
        if (search.IsEmpty)
        {
            cutter.Cut(cutter.Normalized(text), begins: true, tellWord);
            return;
        }

        search.Find(text, 0, normalized: false, (start, end, id) =>
        {
            if (id is { } token) tellAdded(token);
            else
            {
                var part = cutter.Normalized(text[start..end]);
                search.Find(part, 0, normalized: true, (from, to, inner) =>
                {
                    if (inner is { } within) tellAdded(within);
                    else cutter.Cut(part[from..to], start == 0 && from == 0, tellWord);
                });
            }
        });
    }

    /// <summary>The bytes that a token stands for within a text; none for a special token.</summary>
    public ReadOnlySpan<byte> BytesOf(int id)
    {
        if ((uint)id >= (uint)Model.VocabularySize) throw new InvalidDataException($"The id {id} is outside the vocabulary of {Model.VocabularySize} tokens.");
        return (bytesOf ??= AllBytes(Model))[id];
    }

    /// <summary>The text of ids, as it stands within a longer one: a space before it that <see cref="DecodeWhole"/> takes away is there. Bytes that are no UTF-8 (a symbol cut in two) become U+FFFD; special tokens are spelled out or left out.</summary>
    public string Decode(IEnumerable<int> ids, bool spellSpecialTokens = false) => Decode(ids, spellSpecialTokens, whole: false);

    /// <summary>As <see cref="Decode(IEnumerable{int}, bool)"/>, of ids that begin a text.</summary>
    public string DecodeWhole(IEnumerable<int> ids, bool spellSpecialTokens = false) => Decode(ids, spellSpecialTokens, whole: true);

    private static byte[][] AllBytes(TokenizerModel model)
    {
        var added = model.Added.Where(token => !token.Special).Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        return [.. model.Tokens.Select((token, id) => !model.IsOrdinary(id) ? [] : added.Contains(token) ? model.Decoder.Added(token) : model.Decoder.Within(token))];
    }

    private string Decode(IEnumerable<int> ids, bool spellSpecialTokens, bool whole)
    {
        var bytes = new List<byte>();
        var first = whole;
        foreach (var id in ids)
        {
            var within = BytesOf(id);
            if (!Model.IsOrdinary(id))
            {
                if (!spellSpecialTokens) continue;
                within = Model.Decoder.Added(Model.Tokens[id]);
            }

            bytes.AddRange(first ? Model.Decoder.First(Model.Tokens[id]) : within);
            first = false;
        }

        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes));
    }
}
