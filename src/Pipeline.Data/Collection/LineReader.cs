using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>Lines of a stream, ended by a line feed; a carriage return stays. One longer than the limit is passed over, not held.</summary>
/// <param name="stream">At its beginning.</param>
internal sealed class LineReader(Stream stream, int mostBytes)
{
    private byte[] buffer = new byte[1 << 16];
    private int start, end;
    private bool ended;

    /// <summary>Offset of the line read last, and of what follows it.</summary>
    public long LineOffset { get; private set; }

    public long Offset { get; private set; }

    /// <summary>The line read last was longer than the limit; <see cref="Line"/> is its beginning.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>What is lost where the line read last should be; the next one may be cut short at its beginning.</summary>
    public string? Gap { get; private set; }

    /// <summary>The line read last, without its end; until the next is read.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(lineStart, lineLength);

    private int lineStart, lineLength;

    public bool Read()
    {
        (LineOffset, IsTooLong, Gap) = (Offset, false, null);
        var searched = 0;
        while (true)
        {
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (at >= 0) return Take(searched + at, 1);
            searched = end - start;
            if (searched > mostBytes) return PassOver();
            if (!Fill()) return searched > 0 && Take(searched, 0);
            if (Gap is not null) return Take(searched, 0);
        }
    }

    /// <summary>Goes on at an offset that lies ahead.</summary>
    public void SkipTo(long offset)
    {
        if (stream.CanSeek)
        {
            stream.Position = Offset = offset;
            (start, end, ended) = (0, 0, false);
            return;
        }

        while (Offset < offset)
        {
            if (start == end) end = PastGaps(stream, buffer) + (start = 0);
            if (start == end) return;
            var passed = (int)Math.Min(offset - Offset, end - start);
            start += passed;
            Offset += passed;
        }
    }

    /// <summary>Reads what follows, as lines or not; fewer bytes where the stream ends. A <see cref="StreamGapException"/> goes to the caller.</summary>
    public int ReadBytes(Span<byte> bytes)
    {
        var count = Math.Min(bytes.Length, end - start);
        buffer.AsSpan(start, count).CopyTo(bytes);
        start += count;
        Offset += count;
        while (count < bytes.Length && stream.Read(bytes[count..]) is > 0 and var read)
        {
            count += read;
            Offset += read;
        }

        return count;
    }

    /// <summary>Whether what follows begins so, or nothing follows.</summary>
    public bool IsAt(ReadOnlySpan<byte> bytes)
    {
        while (end - start < bytes.Length && Fill())
        {
            if (Gap is not null) throw new StreamGapException(Gap);
        }

        return end == start || buffer.AsSpan(start, end - start).StartsWith(bytes);
    }

    /// <summary>Puts back what was read last, to be read again.</summary>
    public void Unread(ReadOnlySpan<byte> bytes)
    {
        var all = new byte[Math.Max(1 << 16, bytes.Length + end - start)];
        bytes.CopyTo(all);
        buffer.AsSpan(start, end - start).CopyTo(all.AsSpan(bytes.Length));
        (buffer, start, end) = (all, 0, bytes.Length + end - start);
        Offset -= bytes.Length;
    }

    /// <summary>As <see cref="Stream.Read(Span{byte})"/>, and goes on behind gaps as if there were none.</summary>
    public static int PastGaps(Stream stream, Span<byte> buffer)
    {
        while (true)
        {
            try
            {
                return stream.Read(buffer);
            }
            catch (StreamGapException)
            {
                // What follows it is read.
            }
        }
    }

    private bool Take(int length, int terminator)
    {
        (lineStart, lineLength) = (start, length);
        IsTooLong = length > mostBytes;
        start += length + terminator;
        Offset += length + terminator;
        return true;
    }

    private bool PassOver()
    {
        var kept = buffer.AsSpan(start, Math.Min(end - start, 256)).ToArray();
        while (true)
        {
            var at = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            var passed = at < 0 ? end - start : at + 1;
            start += passed;
            Offset += passed;
            if (at >= 0 || !Fill() || Gap is not null) break;
        }

        // What was buffered behind the line stays where it is.
        var rest = buffer.AsSpan(start, end - start).ToArray();
        if (buffer.Length < kept.Length + rest.Length) Array.Resize(ref buffer, kept.Length + rest.Length);
        kept.CopyTo(buffer, 0);
        rest.CopyTo(buffer, kept.Length);
        (lineStart, lineLength, start, end) = (0, kept.Length, kept.Length, kept.Length + rest.Length);
        IsTooLong = true;
        return true;
    }

    private bool Fill()
    {
        if (ended) return false;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, Math.Max(buffer.Length + 1L, mostBytes + (1L << 16))));
        try
        {
            var read = stream.Read(buffer.AsSpan(end));
            end += read;
            ended = read == 0;
            return read > 0;
        }
        catch (StreamGapException e)
        {
            Gap = e.Message;
            return true;
        }
    }
}
