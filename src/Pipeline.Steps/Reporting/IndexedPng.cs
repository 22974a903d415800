using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Steps.Reporting;

/// <summary>A picture of a byte a pixel, through a palette, as PNG. Stored and not compressed, so that every version of every library writes the same bytes.</summary>
internal static class IndexedPng
{
    private const int LongestBlock = 65_535;

    private static readonly uint[] Crcs = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) == 1 ? 0xedb88320 ^ (c >> 1) : c >> 1))];

    /// <param name="pixels">By row; each is a place in the palette.</param>
    /// <param name="palette">Red, green and blue of 256 colours.</param>
    public static byte[] Encode(int width, int height, ReadOnlySpan<byte> pixels, ReadOnlySpan<byte> palette)
    {
        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        // 8 bits, a palette.
        (header[8], header[9]) = (8, 3);
        Chunk(png, "IHDR", header);
        Chunk(png, "PLTE", palette);
        // Each row begins with its filter: none.
        var rows = new byte[height * (width + 1)];
        for (var row = 0; row < height; row++) pixels.Slice(row * width, width).CopyTo(rows.AsSpan(row * (width + 1) + 1));
        Chunk(png, "IDAT", Stored(rows));
        Chunk(png, "IEND", []);
        return png.ToArray();
    }

    /// <summary>A zlib stream of blocks as they are (RFC 1950, 1951).</summary>
    private static byte[] Stored(ReadOnlySpan<byte> bytes)
    {
        using var stream = new MemoryStream();
        stream.Write([0x78, 0x01]);
        var (a, b) = (1u, 0u);
        foreach (var each in bytes)
        {
            a = (a + each) % 65521;
            b = (b + a) % 65521;
        }

        Span<byte> sizes = stackalloc byte[5];
        for (var at = 0; at < bytes.Length; at += LongestBlock)
        {
            var block = bytes[at..Math.Min(bytes.Length, at + LongestBlock)];
            sizes[0] = (byte)(at + block.Length == bytes.Length ? 1 : 0);
            BinaryPrimitives.WriteUInt16LittleEndian(sizes[1..], (ushort)block.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(sizes[3..], (ushort)~block.Length);
            stream.Write(sizes);
            stream.Write(block);
        }

        BinaryPrimitives.WriteUInt32BigEndian(sizes, b << 16 | a);
        stream.Write(sizes[..4]);
        return stream.ToArray();
    }

    private static void Chunk(MemoryStream png, string type, ReadOnlySpan<byte> data)
    {
        var named = new byte[4 + data.Length];
        Encoding.ASCII.GetBytes(type, named);
        data.CopyTo(named.AsSpan(4));
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(named);
        var crc = 0xffffffff;
        foreach (var each in named) crc = Crcs[(crc ^ each) & 0xff] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        png.Write(number);
    }
}
