namespace Pipeline.Data.Collection.Containers;

/// <summary>Makes a stream seekable by a copy: in memory where it is small, else in a temporary file that goes with the stream.</summary>
internal static class Spool
{
    private const int MemoryBytes = 8 << 20;

    public static Stream Seekable(Stream stream, string folder) => stream.CanSeek ? stream : Copy(stream, folder, long.MaxValue)!;

    /// <summary>What is left of a stream, at its beginning; null where that is more than <paramref name="most"/> bytes.</summary>
    public static Stream? Copy(Stream stream, string folder, long most)
    {
        var memory = new MemoryStream();
        Stream copy = memory;
        var buffer = new byte[1 << 16];
        try
        {
            while (stream.Read(buffer) is > 0 and var read)
            {
                if (copy.Length + read > most)
                {
                    copy.Dispose();
                    return null;
                }

                if (copy == memory && memory.Length + read > MemoryBytes)
                {
                    copy = new FileStream(Path.Combine(folder, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
                    memory.WriteTo(copy);
                    memory.Dispose();
                }

                copy.Write(buffer, 0, read);
            }
        }
        catch
        {
            copy.Dispose();
            throw;
        }

        copy.Position = 0;
        return copy;
    }
}
