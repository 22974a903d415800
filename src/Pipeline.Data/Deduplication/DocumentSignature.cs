using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>The keys of a text's bands, see <see cref="MinHash"/>.</summary>
[InlineArray(MinHash.Bands)]
internal struct BandKeys
{
    private ulong first;
}

/// <summary>The first 32 bytes of a document's id as UTF-8, the rest zero: ids made here are no longer.</summary>
[InlineArray(Length)]
internal struct IdStart : IComparable<IdStart>
{
    public const int Length = 32;

    private byte first;

    public static IdStart Of(string id)
    {
        var start = default(IdStart);
        Encoding.UTF8.GetEncoder().Convert(id, start, flush: true, out _, out _, out _);
        return start;
    }

    public readonly int CompareTo(IdStart other) => ((ReadOnlySpan<byte>)this).SequenceCompareTo(other);
}

/// <summary>All that comparing a document with others begins with; the same bytes on every machine.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DocumentSignature
{
    /// <summary>Of <see cref="TextFingerprint"/>.</summary>
    public UInt128 Text;

    public IdStart Id;

    /// <summary>The value of the metadata that documents are ordered by; NaN where there is none.</summary>
    public double Order;

    /// <summary>UTF-16 units.</summary>
    public int Length;

    /// <summary>Shingles with repeats; 0 where the text has no words, and then no bands.</summary>
    public int Shingles;

    public BandKeys Bands;

    /// <param name="near">Whether bands are wanted.</param>
    /// <param name="field">Metadata to order by, or null.</param>
    public static DocumentSignature Of(Document document, bool near, string? field, ShingleRoom room)
    {
        var signature = new DocumentSignature
        {
            Text = TextFingerprint.Of(document.Text),
            Id = IdStart.Of(document.Id),
            Order = field is null ? double.NaN : MetadataValue.Of(document, field) ?? double.NaN,
            Length = document.Text.Length,
        };
        if (!near) return signature;
        var shingles = room.Of(document.Text, Deduplication.Shingles.Words);
        signature.Shingles = shingles.Length;
        if (shingles.Length > 0) MinHash.BandsOf(shingles, signature.Bands);
        return signature;
    }
}

/// <summary>Lists that are used again for the next text.</summary>
public sealed class ShingleRoom
{
    private readonly List<ulong> words = [];
    private readonly List<ulong> shingles = [];

    /// <summary>As <see cref="Shingles.Of"/>; valid until the next call.</summary>
    /// <param name="partial">Whether a text of fewer words is one shingle; else it has none.</param>
    public ReadOnlySpan<ulong> Of(string text, int n, bool partial = true)
    {
        NormalizedWords.HashesOf(text, words);
        if (!partial && words.Count < n) return [];
        Shingles.Of(words, n, shingles);
        return CollectionsMarshal.AsSpan(shingles);
    }
}
