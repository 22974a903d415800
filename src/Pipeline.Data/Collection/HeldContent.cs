namespace Pipeline.Data.Collection;

/// <summary>The content of a file from when it is cut from its source to when it is its turn to be read: where it is large, on disk.</summary>
internal sealed class HeldContent(Stream content)
{
    public long Length { get; } = content.Length;

    /// <summary>All of it, once.</summary>
    public byte[] Take()
    {
        using (content)
        {
            var bytes = GC.AllocateUninitializedArray<byte>((int)Length);
            content.ReadExactly(bytes);
            return bytes;
        }
    }
}
