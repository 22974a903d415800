using System.Numerics;
using System.Runtime.InteropServices;

namespace Pipeline.Data.Tokenizers;

/// <summary>The ids of several texts, in their order.</summary>
public sealed class EncodedTexts
{
    private readonly List<int> ids;
    private readonly List<int> lengths;

    public EncodedTexts() => (ids, lengths) = ([], []);

    /// <param name="bytes">Of <see cref="ToBytes"/>.</param>
    /// <param name="lengths">Of <see cref="Lengths"/>.</param>
    public EncodedTexts(ReadOnlySpan<byte> bytes, IEnumerable<int> lengths)
    {
        this.lengths = [.. lengths];
        ids = new(bytes.Length / 2);
        for (var at = 0; at < bytes.Length;)
        {
            var (id, shift) = (0, 0);
            for (var more = true; more; at++, shift += 7)
            {
                id |= (bytes[at] & 0x7F) << shift;
                more = bytes[at] > 0x7F;
            }

            ids.Add(id);
        }

        if (this.lengths.Sum(l => (long)l) != ids.Count) throw new InvalidDataException($"{ids.Count} ids are not those of texts of {this.lengths.Sum(l => (long)l)} ids in all.");
    }

    /// <summary>How many ids each text has.</summary>
    public IReadOnlyList<int> Lengths => lengths;

    public void Add(List<int> text)
    {
        ids.AddRange(text);
        lengths.Add(text.Count);
    }

    /// <summary>Calls <paramref name="use"/> with the ids of each text.</summary>
    public void ForEach(Action<ReadOnlySpan<int>> use)
    {
        var start = 0;
        foreach (var length in lengths)
        {
            use(CollectionsMarshal.AsSpan(ids).Slice(start, length));
            start += length;
        }
    }

    /// <summary>Seven bits a byte, low ones first, the eighth where more follow: frequent ids are small ones.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[ids.Sum(id => (long)((BitOperations.Log2((uint)id | 1) / 7) + 1))];
        var at = 0;
        foreach (var id in ids)
        {
            var rest = (uint)id;
            for (; rest > 0x7F; rest >>= 7) bytes[at++] = (byte)(rest | 0x80);
            bytes[at++] = (byte)rest;
        }

        return bytes;
    }
}
