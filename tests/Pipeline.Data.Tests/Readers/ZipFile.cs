using System.IO.Compression;
using System.Text;

namespace Pipeline.Data.Tests.Readers;

internal static class ZipFile
{
    /// <summary>A zip of the entries in their order.</summary>
    public static byte[] Of(params (string Name, string Content)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return bytes.ToArray();
    }
}
