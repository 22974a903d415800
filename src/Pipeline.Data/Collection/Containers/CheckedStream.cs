using System.IO.Hashing;

namespace Pipeline.Data.Collection.Containers;

/// <summary>Compares what was read with the checksum that its container has of it; at the end, when it is too late for what was taken from it before.</summary>
/// <param name="crc32">Asked at the end; null where none is known.</param>
internal sealed class CheckedStream(Stream unpacked, Func<uint?> crc32) : ForwardStream
{
    private readonly Crc32 hash = new();

    public override int Read(Span<byte> buffer)
    {
        var read = unpacked.Read(buffer);
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
