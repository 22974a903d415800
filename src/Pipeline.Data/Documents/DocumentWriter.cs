using System.IO.Compression;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace Pipeline.Data.Documents;

/// <summary>Writes documents as one shard in the order given. The bytes follow from the documents alone. The file appears whole at <see cref="CompleteAsync"/> or not at all.</summary>
public sealed class DocumentWriter(string path) : IAsyncDisposable
{
    private const int DocumentsPerGroup = 2_048;
    private const int CharactersPerGroup = 8 << 20;

    /// <summary>The library writes the least and the greatest text of a group four times each, as statistics. From here on they would be most of the file.</summary>
    private const int LargeText = 1 << 20;

    private readonly List<Document> group = [];
    private readonly ParquetSchema schema = DocumentSchema.New(), withoutStatistics = DocumentSchema.OfBytes();
    private long groupCharacters;
    private int longest;
    private Stream? stream;
    private ParquetWriter? writer;

    public int Count { get; private set; }

    public async Task AddAsync(Document document)
    {
        if (group.Count > 0 && groupCharacters + document.Text.Length > CharactersPerGroup) await WriteGroupAsync();
        group.Add(document);
        groupCharacters += document.Text.Length;
        longest = Math.Max(longest, document.Text.Length);
        Count++;
        if (group.Count >= DocumentsPerGroup) await WriteGroupAsync();
    }

    /// <summary>Writes what is left. A set of no documents is a shard without rows.</summary>
    public async Task CompleteAsync()
    {
        await WriteGroupAsync();
        if (writer is null) await OpenAsync();
        await CloseAsync();
        File.Move(Unfinished, path, overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (writer is null) return;
        await CloseAsync();
        File.Delete(Unfinished);
    }

    private string Unfinished => path + ".tmp";

    private async Task OpenAsync()
    {
        stream = new FileStream(Unfinished, FileMode.Create, FileAccess.ReadWrite);
        // Dictionary pages would cost a sample of hashed values per column and save little under zstd.
        writer = await ParquetWriter.CreateAsync(schema, stream, new ParquetOptions
        {
            CompressionMethod = CompressionMethod.Zstd,
            CompressionLevel = CompressionLevel.Fastest,
            DictionaryEncodingThreshold = 0,
        });
    }

    private async Task WriteGroupAsync()
    {
        if (group.Count == 0) return;
        if (writer is null) await OpenAsync();
        var texts = longest >= LargeText ? TakeTexts() : null;
        using (var rows = writer!.CreateRowGroup())
        {
            for (var c = 0; c < schema.DataFields.Length; c++)
            {
                var value = DocumentSchema.Columns[c].Value;
                if (c == DocumentSchema.Text && texts is not null) await rows.WriteAsync(withoutStatistics.DataFields[c], texts);
                else await rows.WriteAsync(schema.DataFields[c], group.ConvertAll(d => value(d))!);
            }

            rows.CompleteValidate();
        }

        (groupCharacters, longest) = (0, 0);
        group.Clear();
    }

    /// <summary>In UTF-8, and no longer in the documents: both together are thrice their size.</summary>
    private List<byte[]> TakeTexts()
    {
        var texts = new List<byte[]>();
        for (var i = 0; i < group.Count; i++)
        {
            texts.Add(Encoding.UTF8.GetBytes(group[i].Text));
            group[i] = group[i] with { Text = "" };
        }

        LargeGarbage.Collect(longest);
        return texts;
    }

    private async Task CloseAsync()
    {
        await writer!.DisposeAsync();
        await stream!.DisposeAsync();
        writer = null;
    }
}
