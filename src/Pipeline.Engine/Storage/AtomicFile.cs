using System.Runtime.InteropServices;

namespace Pipeline.Engine.Storage;

/// <summary>Files that are either wholly there or not there at all, also after a power cut.</summary>
public static class AtomicFile
{
    /// <param name="durable">False for what is checked when it is read: it is not flushed, so a power cut may leave it torn.</param>
    /// <param name="more">Written behind, without a copy of both.</param>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool durable = true, ReadOnlySpan<byte> more = default)
    {
        var temporary = TemporaryBeside(path);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1))
            {
                stream.Write(bytes);
                stream.Write(more);
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

    /// <summary>As <see cref="Write(string, ReadOnlySpan{byte}, bool, ReadOnlySpan{byte})"/>, but a file that is there already stays.</summary>
    public static void WriteNew(string path, string text)
    {
        var temporary = TemporaryBeside(path);
        Write(temporary, text);
        try
        {
            _ = TryMoveNew(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Moves a finished file to a name that is free, of many who try at once for one only. File.Move looks first and renames then, so it may tell two
    /// that they did; link(2) cannot. File systems without hard links get File.Move.
    /// </summary>
    /// <returns>False where the name is taken; the source is left then.</returns>
    public static bool TryMoveNew(string source, string path)
    {
        const int exists = 17;
        if (!OperatingSystem.IsWindows())
        {
            if (Link(source, path) == 0)
            {
                File.Delete(source);
                return true;
            }

            if (Marshal.GetLastPInvokeError() == exists) return false;
        }

        try
        {
            File.Move(source, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    public static void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Moves a finished file into place; its content is on disk before its name is. Falls back to a copy across file systems.</summary>
    public static void MoveInto(string source, string path)
    {
        using (var stream = new FileStream(source, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1)) stream.Flush(flushToDisk: true);
        File.Move(source, path, overwrite: true);
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string source, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    private static string TemporaryBeside(string path) => $"{path}.{UniqueName.Next()}.tmp";
}
