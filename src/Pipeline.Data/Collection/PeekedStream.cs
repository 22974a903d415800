using System.Runtime.ExceptionServices;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>A stream that cannot seek, with its beginning looked at and put back.</summary>
internal sealed class PeekedStream : ForwardStream
{
    private readonly Stream rest;
    private readonly byte[] head;
    private Exception? fault;
    private int given;

    private PeekedStream(byte[] head, Exception? fault, Stream rest) => (this.head, this.fault, this.rest) = (head, fault, rest);

    /// <summary>The stream with its position where it was, and what it begins with: fewer bytes where it ends or fails before.</summary>
    public static Stream Of(Stream stream, int bytes, out byte[] head)
    {
        var start = stream.CanSeek ? stream.Position : 0;
        var buffer = new byte[bytes];
        var length = 0;
        Exception? fault = null;
        try
        {
            while (length < bytes && stream.Read(buffer.AsSpan(length)) is > 0 and var read) length += read;
        }
        catch (Exception e) when (Faults.IsDamage(e))
        {
            fault = e;
        }

        head = buffer[..length];
        if (!stream.CanSeek) return new PeekedStream(head, fault, stream);
        stream.Position = start;
        return stream;
    }

    public override int Read(Span<byte> buffer)
    {
        if (given == head.Length)
        {
            if (fault is null) return rest.Read(buffer);
            var thrown = fault;
            fault = null;
            ExceptionDispatchInfo.Throw(thrown);
        }

        var count = Math.Min(buffer.Length, head.Length - given);
        head.AsSpan(given, count).CopyTo(buffer);
        given += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) rest.Dispose();
        base.Dispose(disposing);
    }
}
