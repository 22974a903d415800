namespace Pipeline.Engine.Storage;

/// <summary>Files that are either wholly there or not there at all, also after a power cut.</summary>
public static class AtomicFile
{
    /// <param name="durable">False for what is checked when it is read: it is not flushed, so a power cut may leave it torn.</param>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool durable = true)
    {
        var temporary = TemporaryBeside(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1))
            {
                stream.Write(bytes);
                if (durable) stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>As <see cref="Write(string, ReadOnlySpan{byte}, bool)"/>, but a file that is there already stays.</summary>
    public static void WriteNew(string path, string text)
    {
        var temporary = TemporaryBeside(path);
        Write(temporary, text);
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }

    public static void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Moves a finished file into place; its content is on disk before its name is. Falls back to a copy across file systems.</summary>
    public static void MoveInto(string source, string path)
    {
        using (var stream = new FileStream(source, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1)) stream.Flush(flushToDisk: true);
        File.Move(source, path, overwrite: true);
    }

    private static string TemporaryBeside(string path) => $"{path}.{UniqueName.Next()}.tmp";
}
