using System.Globalization;
using System.Text;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection.Containers;

/// <summary>Files of a tar archive (ustar, pax, GNU). After a damaged header it goes on at the next block that is one; a reader of the platform would stop there, and hold what a header claims.</summary>
internal static class TarEntries
{
    private const int BlockBytes = 512;
    private const int MostNameBytes = 64 << 10;
    private const int MostPaxBytes = 1 << 20;

    public static bool IsTar(ReadOnlySpan<byte> head) => head.Length >= BlockBytes && IsHeader(head[..BlockBytes]);

    public static IEnumerable<Entry> Read(Stream archive)
    {
        var block = new byte[BlockBytes];
        var (lost, longPath, longSize) = (false, (string?)null, (long?)null);
        for (var offset = 0L; Fill(archive, block) is var got && got > 0; offset += BlockBytes)
        {
            if (got < BlockBytes) throw new InvalidDataException($"ends within a header at byte {offset}: it is truncated.");
            if (!block.AsSpan().ContainsAnyExcept((byte)0))
            {
                if (!lost) yield break;
                continue;
            }

            if (!IsHeader(block))
            {
                var at = offset;
                if (!lost) yield return new("", () => throw new InvalidDataException($"has a damaged header at byte {at}; files up to the next header are lost."));
                (lost, longPath, longSize) = (true, null, null);
                continue;
            }

            lost = false;
            var type = (char)block[156];
            var size = longSize ?? Number(block.AsSpan(124, 12));
            var path = longPath ?? Path(block);
            if (size < 0) throw new InvalidDataException($"has a file of {size} bytes at byte {offset}.");
            using var content = new EntryStream(archive, size);
            if (type is 'L' or 'K')
            {
                var name = Text(content.All(MostNameBytes)).TrimEnd('\0');
                if (type == 'L') longPath = name;
            }
            else if (type is 'x')
            {
                var (paxPath, paxSize) = Pax(content.All(MostPaxBytes));
                (longPath, longSize) = (paxPath ?? longPath, paxSize ?? longSize);
            }
            else
            {
                if (type is '0' or '\0' or '7') yield return new(path, () => content);
                else if (type is '1' or '2') yield return Entry.Refused(path, DamageKind.Refused, "is a link.");
                else if (type is not ('5' or 'g')) yield return Entry.Refused(path, DamageKind.Refused, $"is no regular file (type '{type}').");
                (longPath, longSize) = (null, null);
            }

            content.SkipRest();
            offset += (size + BlockBytes - 1) / BlockBytes * BlockBytes;
        }
    }

    private static bool IsHeader(ReadOnlySpan<byte> block)
    {
        var sum = 8 * ' ';
        for (var i = 0; i < BlockBytes; i++)
            if (i is < 148 or >= 156) sum += block[i];
        return sum > 8 * ' ' && Number(block.Slice(148, 8)) == sum;
    }

    /// <summary>Octal digits, or base 256 where the first bit is set; -1 for what is no number.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        var value = 0L;
        if ((field[0] & 0x80) != 0)
        {
            if (field[0] != 0x80) return -1;
            foreach (var b in field[1..])
            {
                if (value > long.MaxValue >> 8) return -1;
                value = (value << 8) | b;
            }

            return value;
        }

        field = field.Trim(" \0"u8);
        foreach (var digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7') return -1;
            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }

    private static string Path(ReadOnlySpan<byte> block)
    {
        var name = Text(UpToZero(block[..100]));
        var isPosix = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        return isPosix && Text(UpToZero(block.Slice(345, 155))) is { Length: > 0 } prefix ? prefix + "/" + name : name;
    }

    /// <summary>Records of <c>length key=value\n</c>; only path and size matter here.</summary>
    private static (string? Path, long? Size) Pax(ReadOnlySpan<byte> records)
    {
        var (path, size) = ((string?)null, (long?)null);
        while (!records.IsEmpty)
        {
            var space = records.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space + 1 || length > records.Length)
                throw new InvalidDataException("has a damaged extended header.");
            var record = records[(space + 1)..length].TrimEnd((byte)'\n');
            if (record.StartsWith("path="u8)) path = Text(record[5..]);
            if (record.StartsWith("size="u8) && long.TryParse(record[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) size = bytes;
            records = records[length..];
        }

        return (path, size);
    }

    private static ReadOnlySpan<byte> UpToZero(ReadOnlySpan<byte> field) => field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field;

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static int Fill(Stream stream, Span<byte> block) => stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false);

    /// <summary>The content of one file, in an archive that is read on from where it ends.</summary>
    private sealed class EntryStream(Stream archive, long size) : ForwardStream
    {
        private readonly int padding = (int)((BlockBytes - (size % BlockBytes)) % BlockBytes);
        private long left = size;

        public override int Read(Span<byte> buffer)
        {
            if (left == 0 || buffer.IsEmpty) return 0;
            var read = archive.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
            if (read == 0) throw new InvalidDataException("is truncated: its archive ends within it.");
            left -= read;
            return read;
        }

        public byte[] All(int most)
        {
            if (left > most) throw new InvalidDataException($"has an extended header of {left} bytes.");
            var all = new byte[left];
            this.ReadExactly(all);
            return all;
        }

        /// <summary>With the padding behind it.</summary>
        public void SkipRest()
        {
            var buffer = new byte[1 << 16];
            while (left > 0) _ = Read(buffer);
            _ = Fill(archive, buffer.AsSpan(0, padding));
        }
    }
}
