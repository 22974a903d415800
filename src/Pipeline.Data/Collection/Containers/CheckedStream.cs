using System.IO.Hashing;

namespace Pipeline.Data.Collection.Containers;

/// <summary>Compares what was read with the checksum that its container has of it; at the end, when it is too late for what was taken from it before.</summary>
internal sealed class CheckedStream(Stream unpacked, uint crc32) : ForwardStream
{
    private readonly Crc32 hash = new();

    public override int Read(Span<byte> buffer)
    {
        var read = unpacked.Read(buffer);
        hash.Append(buffer[..read]);
        if (read == 0 && !buffer.IsEmpty && hash.GetCurrentHashAsUInt32() != crc32) throw new InvalidDataException("is damaged: its checksum does not match.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacked.Dispose();
        base.Dispose(disposing);
    }
}
