using System.Security.Cryptography;

namespace Pipeline.Engine.Storage;

/// <summary>Reads a blob's file from beginning to end and hashes what passes. The last read, which finds the end, throws where the content was not what it should be: a reader that acts at the end only never acts on damage.</summary>
/// <param name="ended">Told the digest of all of it; throws to refuse it.</param>
internal sealed class VerifyingStream(string file, Action<string> ended) : Stream
{
    private readonly FileStream content = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan);
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool over;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer) => Seen(content.Read(buffer), buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Seen(await content.ReadAsync(buffer, cancellationToken), buffer.Span);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            content.Dispose();
            hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Seen(int read, ReadOnlySpan<byte> buffer)
    {
        if (read > 0) hash.AppendData(buffer[..read]);
        else if (buffer.Length > 0 && !over)
        {
            over = true;
            ended(Convert.ToHexStringLower(hash.GetHashAndReset()));
        }

        return read;
    }
}
