using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace Pipeline.Data.Documents;

/// <summary>Writes documents as <c>part-00000.parquet</c>… in the order given. The bytes follow from the documents alone. A folder without <see cref="CompleteAsync"/> has only whole shards.</summary>
public sealed class DocumentWriter(string folder, int documentsPerShard = 16_384, int charactersPerShard = 64 << 20) : IAsyncDisposable
{
    private const int DocumentsPerGroup = 2_048;
    private const int CharactersPerGroup = 8 << 20;

    private readonly List<Document> group = [];
    private readonly ParquetSchema schema = DocumentSchema.New();
    private int groupCharacters, shardDocuments, shardCharacters, shards;
    private Stream? stream;
    private ParquetWriter? writer;

    public long Count { get; private set; }

    public async Task AddAsync(Document document)
    {
        if (group.Count > 0 && groupCharacters + document.Text.Length > CharactersPerGroup) await WriteGroupAsync();
        if (shardDocuments + group.Count > 0 && (long)shardCharacters + groupCharacters + document.Text.Length > charactersPerShard) await CloseShardAsync();
        group.Add(document);
        groupCharacters += document.Text.Length;
        Count++;
        if (group.Count >= Math.Min(DocumentsPerGroup, documentsPerShard - shardDocuments)) await WriteGroupAsync();
        if (shardDocuments >= documentsPerShard) await CloseShardAsync();
    }

    /// <summary>Writes what is left. A set of no documents is one shard without rows.</summary>
    public async Task CompleteAsync()
    {
        await WriteGroupAsync();
        if (shards == 0 && writer is null) await OpenShardAsync();
        await CloseShardAsync();
    }

    public static async Task<long> WriteAllAsync(string folder, IEnumerable<Document> documents)
    {
        await using var writer = new DocumentWriter(folder);
        foreach (var document in documents) await writer.AddAsync(document);
        await writer.CompleteAsync();
        return writer.Count;
    }

    public async ValueTask DisposeAsync()
    {
        if (writer is null) return;
        await writer.DisposeAsync();
        await stream!.DisposeAsync();
        File.Delete(Unfinished);
    }

    private string Shard => Path.Combine(folder, $"part-{shards:D5}.parquet");
    private string Unfinished => Shard + ".tmp";

    private async Task OpenShardAsync()
    {
        Directory.CreateDirectory(folder);
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
        if (writer is null) await OpenShardAsync();
        using (var rows = writer!.CreateRowGroup())
        {
            for (var c = 0; c < schema.DataFields.Length; c++)
            {
                var value = DocumentSchema.Columns[c].Value;
                await rows.WriteAsync(schema.DataFields[c], group.ConvertAll(d => value(d))!);
            }

            rows.CompleteValidate();
        }

        shardDocuments += group.Count;
        shardCharacters += groupCharacters;
        groupCharacters = 0;
        group.Clear();
    }

    private async Task CloseShardAsync()
    {
        await WriteGroupAsync();
        if (writer is null) return;
        await writer.DisposeAsync();
        await stream!.DisposeAsync();
        writer = null;
        File.Move(Unfinished, Shard, overwrite: true);
        (shardDocuments, shardCharacters, shards) = (0, 0, shards + 1);
    }
}
