using System.IO.Hashing;

namespace Pipeline.Data.Damages;

/// <summary>Says in words of our own why a library cannot unpack further, and compares what was read with the checksum that its container has of it; at the end, when it is too late for what was taken from it before.</summary>
/// <param name="crc32">Asked at the end; null, or giving null, where none is known.</param>
internal sealed class CheckedStream(Stream unpacked, Func<uint?>? crc32 = null) : ForwardStream
{
    private readonly Crc32 hash = new();

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = unpacked.Read(buffer);
        }
        catch (Exception e) when (Faults.IsDamage(e))
        {
            throw Faults.Unpacking(e);
        }

        if (crc32 is null) return read;
        hash.Append(buffer[..read]);
        if (read == 0 && !buffer.IsEmpty && crc32() is { } stated && hash.GetCurrentHashAsUInt32() != stated) throw new InvalidDataException("is damaged: its checksum does not match.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacked.Dispose();
        base.Dispose(disposing);
    }
}
