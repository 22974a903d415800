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
    private readonly byte[][] bytesOf;
    private readonly WordCutter cutter;

    public TextTokenizer(TokenizerModel model)
    {
        Model = model;
        words = model.NewEncoder();
        added = new(model, specials: false);
        addedAndSpecial = new(model, specials: true);
        cutter = new(model.Normalizers, model.Splitters);
        var others = model.Added.Where(token => !token.Special).Select(token => token.Content).ToHashSet(StringComparer.Ordinal);
        bytesOf = [.. model.Tokens.Select((token, id) => !model.IsOrdinary(id) ? [] : others.Contains(token) ? model.Decoder.Added(token) : model.Decoder.Within(token))];
    }

    public TokenizerModel Model { get; }

    public List<int> Encode(string text) => Encode(text, specialTokens: false);

    /// <param name="specialTokens">Whether a special token that the text spells is that token: for text that is known to be harmless.</param>
    public List<int> Encode(string text, bool specialTokens)
    {
        var ids = new List<int>(text.Length / 3);
        text = WellFormedText.Of(text);
        var search = specialTokens ? addedAndSpecial : added;
        if (search.IsEmpty) cutter.Cut(cutter.Normalized(text), begins: true, word => words.Encode(word, ids));
        else
        {
            search.Find(text, 0, normalized: false, (start, end, id) =>
            {
                if (id is { } token) ids.Add(token);
                else
                {
                    var part = cutter.Normalized(text[start..end]);
                    search.Find(part, 0, normalized: true, (from, to, inner) =>
                    {
                        if (inner is { } within) ids.Add(within);
                        else cutter.Cut(part[from..to], start == 0 && from == 0, word => words.Encode(word, ids));
                    });
                }
            });
        }

        return ids;
    }

    /// <summary>The bytes that a token stands for within a text; none for a special token.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => (uint)id < (uint)bytesOf.Length ? bytesOf[id] : throw new InvalidDataException($"The id {id} is outside the vocabulary of {bytesOf.Length} tokens.");

    /// <summary>The text of ids, as it stands within a longer one: a space before it that <see cref="DecodeWhole"/> takes away is there. Bytes that are no UTF-8 (a symbol cut in two) become U+FFFD; special tokens are spelled out or left out.</summary>
    public string Decode(IEnumerable<int> ids, bool spellSpecialTokens = false) => Decode(ids, spellSpecialTokens, whole: false);

    /// <summary>As <see cref="Decode(IEnumerable{int}, bool)"/>, of ids that begin a text.</summary>
    public string DecodeWhole(IEnumerable<int> ids, bool spellSpecialTokens = false) => Decode(ids, spellSpecialTokens, whole: true);

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
