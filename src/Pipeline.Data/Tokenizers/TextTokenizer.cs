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
    private readonly BpeTokenizer? bpe;
    private readonly AppliedMerges merges;
    private readonly byte[][] bytesOf;

    public TextTokenizer(BpeModel model)
    {
        Model = model;
        var special = model.SpecialTokens.ToHashSet(StringComparer.Ordinal);
        bytesOf = [.. model.Tokens.Select(t => special.Contains(t) ? [] : BytesOf(t))];
        for (var value = 0; model.Spaces is not null && value <= byte.MaxValue; value++)
        {
            if (model.Find(model.SymbolOf((byte)value)) is { } id) bytesOf[id] = [(byte)value];
        }

        merges = new(model);
        if (model.Spaces is not null) return;
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
        if (text.Length == 0) return ids;
        if (Model.Spaces is { } spaces)
        {
            var spaced = text.Replace(' ', BpeModel.SpaceSymbol);
            merges.Encode(spaces == SpaceBefore.Always || (spaces == SpaceBefore.IfMissing && spaced[0] != BpeModel.SpaceSymbol) ? BpeModel.SpaceSymbol + spaced : spaced, ids);
            return ids;
        }

        var done = 0;
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = WordScanner.EndOfWord(Model.Pattern, text, start);
            var whole = Model.WholeWords ? Model.Find(ByteAlphabet.SymbolsOf(text.AsSpan(start, end - start))) : null;
            if (whole is null && end - start <= AppliedMerges.ShortWord) continue;
            if (start > done) ids.AddRange(bpe!.EncodeToIds(text[done..start]));
            if (whole is { } id) ids.Add(id);
            else merges.Encode(text.AsSpan(start, end - start), ids);
            done = end;
        }

        if (done == 0) return [.. bpe!.EncodeToIds(text)];
        if (done < text.Length) ids.AddRange(bpe!.EncodeToIds(text[done..]));
        return ids;
    }

    private byte[] BytesOf(string token) =>
        Model.Spaces is null ? [.. token.Select(symbol => (byte)ByteAlphabet.ByteOf(symbol))] : Encoding.UTF8.GetBytes(token.Replace(BpeModel.SpaceSymbol, ' '));

    /// <summary>The text of ids, as it stands within a longer one: what <see cref="DecodeWhole"/> takes away is there. Bytes that are no UTF-8 (a symbol cut in two) become U+FFFD; special tokens are spelled out or left out.</summary>
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

    /// <summary>As <see cref="Decode"/>, without the space that <see cref="Encode"/> put before the text.</summary>
    public string DecodeWhole(IEnumerable<int> ids) =>
        Decode(ids) is var text && Model.Spaces is not null and not SpaceBefore.Never && text.StartsWith(' ') ? text[1..] : text;

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
