using Pipeline.Data.Damages;
using SharpCompress.Compressors.Xz;

namespace Pipeline.Data.Collection.Containers;

/// <summary>The content of an xz file of one or more streams.</summary>
internal sealed class XzStreams(Stream compressed) : ForwardStream
{
    private const int Lzma2 = 0x21;

    /// <summary>128 MiB, twice what <c>xz -9</c> takes: the decoder holds as much as a header claims.</summary>
    private const int MostDictionary = 30;

    private Stream rest = compressed;
    private XZStream? current;

    public static bool IsXz(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]);

    public override int Read(Span<byte> buffer)
    {
        var bytes = new byte[Math.Min(buffer.Length, 1 << 16)];
        while (bytes.Length > 0 && (current is not null || Open()))
        {
            if (current!.Read(bytes, 0, bytes.Length) is > 0 and var read)
            {
                bytes.AsSpan(0, read).CopyTo(buffer);
                return read;
            }

            current = null;
        }

        return 0;
    }

    private bool Open()
    {
        // A stream may be followed by zeros, four at a time.
        byte[] head;
        do rest = PeekedStream.Of(rest, 24, out head);
        while (head.Length >= 4 && head.AsSpan(0, 4).IndexOfAnyExcept((byte)0) < 0 && rest.Read(new byte[4]) == 4);
        if (head.Length == 0) return false;
        if (head.Length > 16 && (head[13] & 3) == 0 && head[14] == Lzma2 && head[16] > MostDictionary) throw new RefusedException(DamageKind.Limit, "asks for a dictionary of more than 128 megabytes, which no option allows; pack it anew with xz -9 or less.");
        current = new(new Counted(rest));
        return true;
    }

    /// <summary>The decoder asks where it is.</summary>
    private sealed class Counted(Stream stream) : ForwardStream
    {
        private long count;

        public override long Position
        {
            get => count;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var read = stream.Read(buffer);
            count += read;
            return read;
        }
    }
}
