using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Readers;

/// <summary>The parts of a zip by the header before each (APPNOTE 4.3.7), for one that has lost the directory at its end.</summary>
internal static class LocalZipParts
{
    private const int HeaderBytes = 30;
    private const int MostNameBytes = 1024;
    private const int Encrypted = 1, SizesFollow = 8;
    private const int Stored = 0, Deflated = 8;

    /// <summary>In their order. A part that is cut off fails when it is read to there.</summary>
    public static IEnumerable<(string Name, Func<Stream> Open)> Find(byte[] zip)
    {
        for (var at = NextHeader(zip, 0); at >= 0;)
        {
            var header = zip.AsSpan(at);
            if (header.Length < HeaderBytes) yield break;
            var (flags, method, packed) = (Number(header, 6), Number(header, 8), BinaryPrimitives.ReadUInt32LittleEndian(header[18..]));
            var name = Number(header, 26);
            var start = at + HeaderBytes + name + Number(header, 28);
            if (name is 0 or > MostNameBytes || start > zip.Length || (flags & Encrypted) != 0 || method is not (Stored or Deflated))
            {
                at = NextHeader(zip, at + 4);
                continue;
            }

            var known = (flags & SizesFollow) == 0;
            // Of a part that says its size only behind itself, the next header ends it at the latest.
            var next = known ? (int)Math.Min(zip.Length, start + (long)packed) : NextHeader(zip, start) is > 0 and var found ? found : zip.Length;
            var cut = known ? start + (long)packed > zip.Length : method == Stored;
            yield return (Encoding.UTF8.GetString(zip, at + HeaderBytes, name), () => Open(new MemoryStream(zip, start, next - start, writable: false), method, cut));
            at = NextHeader(zip, next);
        }
    }

    private static Stream Open(MemoryStream packed, int method, bool cut)
    {
        Stream whole = cut ? new CutStream(packed) : packed;
        return method == Stored ? whole : new DeflateStream(whole, CompressionMode.Decompress);
    }

    private static int NextHeader(byte[] zip, int from) => zip.AsSpan(from).IndexOf("PK\u0003\u0004"u8) is >= 0 and var found ? from + found : -1;

    private static int Number(ReadOnlySpan<byte> header, int at) => BinaryPrimitives.ReadUInt16LittleEndian(header[at..]);

    /// <summary>Fails at its end, as there should be more.</summary>
    private sealed class CutStream(MemoryStream rest) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            var read = rest.Read(buffer);
            return read > 0 || buffer.IsEmpty ? read : throw new InvalidDataException("is truncated");
        }
    }
}
