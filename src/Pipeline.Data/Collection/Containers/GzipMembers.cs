using System.Buffers.Binary;
using System.IO.Hashing;
using ICSharpCode.SharpZipLib.Zip.Compression;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection.Containers;

/// <summary>The content of a gzip file of one or more members (RFC 1952). A damaged member is a <see cref="StreamGapException"/>, after which reading goes on at the next one that can be found.</summary>
internal sealed class GzipMembers(Stream compressed) : ForwardStream
{
    private const int TrailerBytes = 8;
    private const int LeastHeader = 10;

    private readonly Inflater inflater = new(noHeader: true);
    private readonly Crc32 hash = new();
    private readonly byte[] input = new byte[1 << 16], output = new byte[1 << 16];
    private int start, end, outStart, outEnd;
    private long base0, memberStart, produced, read, reread;
    private bool inMember, ended;

    private long Offset => base0 + start;

    public override int Read(Span<byte> buffer)
    {
        while (outStart == outEnd)
        {
            if (buffer.IsEmpty || !Next()) return 0;
        }

        var count = Math.Min(buffer.Length, outEnd - outStart);
        output.AsSpan(outStart, count).CopyTo(buffer);
        outStart += count;
        return count;
    }

    /// <summary>Goes on with decoding by a step; false at the end.</summary>
    private bool Next()
    {
        if (!inMember && !Open()) return false;
        int count;
        try
        {
            count = inflater.Inflate(output, 0, output.Length);
        }
        catch (Exception e) when (Faults.IsDamage(e))
        {
            throw Lost("is damaged: it cannot be unpacked", e);
        }

        (outStart, outEnd) = (0, count);
        hash.Append(output.AsSpan(0, count));
        produced += count;
        if (count > 0) return true;
        if (inflater.IsFinished) EndMember();
        else if (inflater.IsNeedingDictionary) throw Lost("asks for a dictionary, which gzip has not");
        else if (inflater.IsNeedingInput) Feed();
        return true;
    }

    private void Feed()
    {
        start = end;
        if (Fill(1) == 0) throw Truncated();
        inflater.SetInput(input, start, end - start);
    }

    private bool Open()
    {
        // Padding of zeros between and after members is common.
        while (true)
        {
            if (Fill(1) == 0) return false;
            if (input[start] != 0) break;
            start++;
        }

        memberStart = Offset;
        if (!SkipHeader()) throw Lost("has something else where a member should begin");
        inflater.Reset();
        hash.Reset();
        produced = 0;
        inMember = true;
        inflater.SetInput(input, start, end - start);
        return true;
    }

    private void EndMember()
    {
        start = end - inflater.RemainingInput;
        inMember = false;
        if (Fill(TrailerBytes) < TrailerBytes) throw Truncated();
        var trailer = input.AsSpan(start, TrailerBytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != hash.GetCurrentHashAsUInt32() || BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != (uint)produced)
            throw Lost("is damaged: its checksum does not match");
        start += TrailerBytes;
    }

    private bool SkipHeader()
    {
        if (Fill(LeastHeader) < LeastHeader || !IsHeader(input.AsSpan(start, LeastHeader))) return false;
        var flags = input[start + 3];
        start += LeastHeader;
        if ((flags & 4) != 0)
        {
            if (Fill(2) < 2) return false;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(input.AsSpan(start));
            start += 2;
            if (!Skip(length)) return false;
        }

        return ((flags & 8) == 0 || SkipText()) && ((flags & 16) == 0 || SkipText()) && ((flags & 2) == 0 || Skip(2));
    }

    /// <summary>Reserved flags are zero, and the byte of the operating system is one that is in use.</summary>
    private static bool IsHeader(ReadOnlySpan<byte> head) => head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 && (head[3] & 0xe0) == 0 && head[9] is <= 31 or 255;

    private bool Skip(int count)
    {
        if (Fill(count) < count) return false;
        start += count;
        return true;
    }

    private bool SkipText()
    {
        while (Fill(1) > 0)
        {
            if (input[start++] == 0) return true;
        }

        return false;
    }

    /// <summary>Finds the next member: after the beginning of the one that failed, for the failure may show long after the fault.</summary>
    private StreamGapException Lost(string what, Exception? e = null)
    {
        inMember = false;
        var failed = memberStart;
        if (compressed.CanSeek && reread <= 2 * read)
        {
            // A file made of false beginnings would be read again for each of them.
            reread += base0 + end - (failed + 1);
            compressed.Position = base0 = failed + 1;
            (start, end, ended) = (0, 0, false);
        }
        else if (start == end || Offset == failed) start = Math.Min(start + 1, end);

        while (Fill(LeastHeader) >= LeastHeader && !IsHeader(input.AsSpan(start, LeastHeader)))
        {
            var skip = input.AsSpan(start + 1, end - start - 1).IndexOf((byte)0x1f);
            start = skip < 0 ? end : start + 1 + skip;
        }

        if (end - start < LeastHeader) start = end;
        return new($"the gzip member at byte {failed} {what}; what is lost is left out.", e);
    }

    private InvalidDataException Truncated()
    {
        inMember = false;
        start = end;
        return new InvalidDataException($"ends within the gzip member that begins at byte {memberStart}: it is truncated.");
    }

    /// <summary>Buffers at least so many bytes where there are; gives how many there are.</summary>
    private int Fill(int count)
    {
        while (end - start < count && !ended)
        {
            if (start > 0)
            {
                input.AsSpan(start, end - start).CopyTo(input);
                (base0, start, end) = (base0 + start, 0, end - start);
            }

            var more = compressed.Read(input.AsSpan(end));
            ended = more == 0;
            end += more;
            read += more;
        }

        return end - start;
    }
}
