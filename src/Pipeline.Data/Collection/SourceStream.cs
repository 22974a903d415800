using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>A source file on disk, whose own failures are told apart from damage in it.</summary>
internal sealed class SourceStream(string name, string path) : Stream
{
    private readonly Stream file = Guarded(name, () => IsEmpty(path) ? Null : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16));

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => Guarded(name, () => file.Length);

    public override long Position
    {
        get => file.Position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return file.Read(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What has no length need not be opened, and must not be: a pipe would wait for who writes into it.</summary>
    private static bool IsEmpty(string path) => (new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) ?? new FileInfo(path)) is FileInfo { Exists: true, Length: 0 };

    private static T Guarded<T>(string name, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(name, e);
        }
    }

    private static SourceUnreadableException Unreadable(string name, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => new($"{name}: is gone since the run began; run again.", e),
        UnauthorizedAccessException => new($"{name}: may not be read by the user who runs this; change its rights, or leave it out.", e),
        _ => new($"{name}: cannot be read: the disk or the network failed ({e.Message.TrimEnd('.')}).", e),
    };
}
