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

    /// <summary>What is taken out of memory as soon as it is held a second time.</summary>
    private const int LargeText = 1 << 20;

    private readonly List<Document> group = [];

    // Of texts the library writes the least and the greatest of a group four times each, as statistics, which makes a long document many. Of bytes it writes none. So the file has columns of text, and bytes go into them.
    private readonly ParquetSchema schema = DocumentSchema.Of(typeof(string)), given = DocumentSchema.Of(typeof(byte[]));
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
        using (var rows = writer!.CreateRowGroup())
        {
            for (var c = 0; c < given.DataFields.Length; c++) await rows.WriteAsync(given.DataFields[c], Take(c));
            rows.CompleteValidate();
        }

        (groupCharacters, longest) = (0, 0);
        group.Clear();
    }

    /// <summary>A column in UTF-8. Large texts are no longer in the documents then: both together are thrice their size.</summary>
    private List<byte[]?> Take(int column)
    {
        var value = DocumentSchema.Columns[column].Value;
        var isLarge = column == DocumentSchema.Text && longest >= LargeText;
        var values = new List<byte[]?>(group.Count);
        for (var i = 0; i < group.Count; i++)
        {
            values.Add(value(group[i]) is { } text ? Encoding.UTF8.GetBytes(text) : null);
            if (isLarge) group[i] = group[i] with { Text = "" };
        }

        if (isLarge) LargeGarbage.Collect(longest);
        return values;
    }

    private async Task CloseAsync()
    {
        await writer!.DisposeAsync();
        await stream!.DisposeAsync();
        writer = null;
    }
}
