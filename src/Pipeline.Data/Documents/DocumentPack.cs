using System.IO.Compression;
using System.Text;

namespace Pipeline.Data.Documents;

/// <summary>Documents as compressed bytes: smaller and faster than a Parquet file where there are few of them. Lone surrogates become U+FFFD, as in a shard.</summary>
public static class DocumentPack
{
    private const long LargeCharacters = 1 << 20;

    public static byte[] Pack(IReadOnlyCollection<Document> documents)
    {
        // Of large texts what they will about come to: doubling would take three times that.
        var characters = documents.Sum(d => (long)d.Text.Length);
        using var bytes = new MemoryStream(characters < LargeCharacters ? 0 : (int)Math.Min(characters / 4 * 3, int.MaxValue / 2));
        using (var writer = new BinaryWriter(new BufferedStream(new DeflateStream(bytes, CompressionLevel.Fastest, leaveOpen: true), 1 << 16), Encoding.UTF8))
        {
            writer.Write(documents.Count);
            foreach (var document in documents)
            {
                foreach (var text in (ReadOnlySpan<string>)[document.Id, document.Text, document.Source, document.MediaType, document.License, document.Robots]) writer.Write(text);
                foreach (var text in (ReadOnlySpan<string?>)[document.Url, document.Language])
                {
                    writer.Write(text is not null);
                    if (text is not null) writer.Write(text);
                }

                writer.Write(document.Metadata.Count);
                foreach (var (key, value) in document.Metadata)
                {
                    writer.Write(key);
                    writer.Write(value);
                }
            }
        }

        return bytes.ToArray();
    }

    public static List<Document> Unpack(byte[] bytes)
    {
        using var reader = new BinaryReader(new BufferedStream(new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress), 1 << 16), Encoding.UTF8);
        var count = reader.ReadInt32();
        var documents = new List<Document>(count);
        for (var i = 0; i < count; i++)
        {
            documents.Add(new()
            {
                Id = Text(),
                Text = Text(),
                Source = Text(),
                MediaType = Text(),
                License = Text(),
                Robots = Text(),
                Url = Optional(),
                Language = Optional(),
                Metadata = Metadata(),
            });
        }

        return documents;

        // The reader's own takes twice the memory of a large text, 128 bytes at a time.
        string Text() => Encoding.UTF8.GetString(reader.ReadBytes(reader.Read7BitEncodedInt()));

        string? Optional() => reader.ReadBoolean() ? Text() : null;

        Dictionary<string, string> Metadata()
        {
            var entries = reader.ReadInt32();
            var metadata = new Dictionary<string, string>(entries);
            for (var i = 0; i < entries; i++) metadata.Add(Text(), Text());
            return metadata;
        }
    }
}
