using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Data.Documents;

/// <summary>A range of a document's text that goes: UTF-16 units <paramref name="From"/> up to <paramref name="To"/>.</summary>
/// <param name="Document">Its number.</param>
internal readonly record struct Cut(int Document, int From, int To) : IComparable<Cut>
{
    /// <summary>The end that stands for the end of any text; from 0 to it the document itself goes.</summary>
    public const int End = int.MaxValue;

    public static Cut Whole(int document) => new(document, 0, End);

    public int CompareTo(Cut other) =>
        Document != other.Document ? Document.CompareTo(other.Document) : From != other.From ? From.CompareTo(other.From) : To.CompareTo(other.To);
}

/// <summary>What came of a shard's cuts.</summary>
/// <param name="Dropped">Documents that went as a whole, or of which nothing but white space was left.</param>
/// <param name="Removed">UTF-16 units, those of dropped documents included.</param>
/// <param name="Changed">Documents that lost a part of their text and stay.</param>
internal sealed record EditedShard(int Dropped, long Removed, int Changed, IReadOnlyList<FunnelSample> Samples);

/// <summary>Shards with what is left of each document after cuts.</summary>
internal static class ShardEdits
{
    private const int MostSamples = 3;

    /// <param name="cuts">Ascending, numbers within the shard.</param>
    /// <param name="inBytes">Cuts count bytes of UTF-8 and not UTF-16 units; they shrink to <see cref="WholeWords"/>.</param>
    public static async Task<(EditedShard Facts, DocumentShard? Shard)> ApplyAsync(ShardWork work, DocumentShard shard, string rule, IReadOnlyList<Cut> cuts, bool inBytes = false)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(cuts.ToList()))));
        var name = Path.GetFileName(shard.Name);
        return await work.Pieces.ShardAsync<EditedShard>(name, $"{rule} {shard.Digest} {inBytes} {hash}", async () =>
        {
            var path = Path.Combine(work.Scratch, $"{rule}-{Path.GetFileNameWithoutExtension(name)}-{hash[..16]}.parquet");
            await using var writer = new DocumentWriter(path);
            var (number, at, dropped, removed, changed) = (0, 0, 0, 0L, 0);
            var samples = new List<FunnelSample>();
            await foreach (var document in shard.ReadAsync(work.Cancellation))
            {
                var start = at;
                while (at < cuts.Count && cuts[at].Document == number) at++;
                number++;
                if (at == start)
                {
                    await writer.AddAsync(document);
                    continue;
                }

                var whole = cuts[start] is { From: 0, To: Cut.End };
                var text = whole ? "" : Without(document.Text, cuts.Skip(start).Take(at - start), inBytes);
                var isLeft = !string.IsNullOrWhiteSpace(text);
                removed += document.Text.Length - (isLeft ? text.Length : 0);
                if (isLeft) changed++;
                else dropped++;
                if (!whole && samples.Count < MostSamples) samples.Add(Sample(document, isLeft ? text : null));
                if (isLeft) await writer.AddAsync(document with { Text = text });
            }

            if (writer.Count > 0) await writer.CompleteAsync();
            return (new(dropped, removed, changed, samples), writer.Count > 0 ? path : null);
        });
    }

    /// <summary>The text without some ranges, which may touch and overlap.</summary>
    private static string Without(string text, IEnumerable<Cut> cuts, bool inBytes)
    {
        if (inBytes) cuts = InWords(text, cuts);
        var left = new StringBuilder(text.Length);
        var at = 0;
        foreach (var cut in cuts)
        {
            if (cut.From > at) left.Append(text, at, cut.From - at);
            at = Math.Max(at, cut.To);
        }

        return left.Append(text, Math.Min(at, text.Length), text.Length - Math.Min(at, text.Length)).ToString();
    }

    private static List<Cut> InWords(string text, IEnumerable<Cut> cuts)
    {
        var result = new List<Cut>();
        var (bytes, at) = (0, 0);
        foreach (var cut in cuts)
        {
            while (at < text.Length && bytes < cut.From) Step();
            var from = at;
            while (at < text.Length && bytes + Next().Utf8SequenceLength <= cut.To) Step();
            var (start, end) = WholeWords.Within(text, from, at);
            if (end > start) result.Add(new(cut.Document, start, end));
        }

        return result;

        // Half of a surrogate pair takes one unit here, and as UTF-8 the three bytes of U+FFFD.
        Rune Next() => Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : Rune.ReplacementChar;

        void Step()
        {
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var units);
            (bytes, at) = (bytes + rune.Utf8SequenceLength, at + units);
        }
    }

    private static FunnelSample Sample(Document document, string? after)
    {
        var at = document.Text.AsSpan().CommonPrefixLength(after);
        return new(document.Id, null, FunnelTally.Excerpt(document.Text, at), after is null ? null : FunnelTally.Excerpt(after, at));
    }
}
