using System.Runtime.CompilerServices;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace Pipeline.Data.Documents;

/// <summary>Reads shards of documents in order, one row group in memory at a time. Whatever is wrong with a shard is an <see cref="InvalidDataException"/> that names it.</summary>
public static class DocumentReader
{
    private const int MostRowsPerGroup = 1 << 22;
    private const long MostBytesPerGroup = 2L << 30;

    /// <summary>The columns of every shard, all of them text.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. DocumentSchema.Columns.Select(c => c.Name)];

    /// <summary>The shards of a folder as name and path, sorted by name.</summary>
    public static IReadOnlyList<(string Name, string Path)> Shards(string folder)
    {
        var shards = Directory.GetFiles(folder, "*.parquet").Select(p => (Name: Path.GetFileName(p), Path: p)).OrderBy(s => s.Name, StringComparer.Ordinal).ToList();
        return shards.Count > 0 ? shards : throw new InvalidDataException($"{folder}: has no *.parquet file; expected shards of documents such as part-00000.parquet.");
    }

    public static IAsyncEnumerable<Document> ReadAsync(string folder, CancellationToken cancellation = default) => ReadAsync(Shards(folder), cancellation);

    /// <param name="shards">Name (for messages) and path on disk of each shard, in order.</param>
    public static async IAsyncEnumerable<Document> ReadAsync(IReadOnlyList<(string Name, string Path)> shards, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var (name, path) in shards)
        {
            await using var file = File.OpenRead(path);
            var (reader, fields) = await OpenAsync(name, file, cancellation);
            await using var _ = reader;
            for (var g = 0; g < reader.RowGroupCount; g++)
            {
                foreach (var document in await ReadGroupAsync(name, reader, g, fields, cancellation)) yield return document;
            }
        }
    }

    public static async Task<List<Document>> ReadAllAsync(IReadOnlyList<(string Name, string Path)> shards, CancellationToken cancellation = default)
    {
        var all = new List<Document>();
        await foreach (var document in ReadAsync(shards, cancellation)) all.Add(document);
        return all;
    }

    /// <summary>The number of documents, from the shards' footers alone.</summary>
    public static async Task<long> CountAsync(IReadOnlyList<(string Name, string Path)> shards, CancellationToken cancellation = default)
    {
        var rows = 0L;
        foreach (var (name, path) in shards)
        {
            await using var file = File.OpenRead(path);
            var (reader, _) = await OpenAsync(name, file, cancellation);
            rows += reader.Metadata!.NumRows;
            await reader.DisposeAsync();
        }

        return rows;
    }

    internal static async Task<(ParquetReader Reader, DataField[] Fields)> OpenAsync(string name, Stream file, CancellationToken cancellation)
    {
        ParquetReader? reader = null;
        Dictionary<string, DataField> fields;
        try
        {
            reader = await ParquetReader.CreateAsync(file, null, leaveStreamOpen: true, cancellation);
            fields = reader.Schema.DataFields.Where(IsText).ToDictionary(f => f.Name);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            if (reader is not null) await reader.DisposeAsync();
            throw new InvalidDataException($"{name}: is no whole Parquet file ({e.Message}); expected a shard of documents. Collect the documents again.", e);
        }

        var missing = DocumentSchema.Columns.Where(c => !fields.ContainsKey(c.Name)).Select(c => c.Name).ToList();
        if (missing.Count == 0) return (reader, [.. DocumentSchema.Columns.Select(c => fields[c.Name])]);
        await reader.DisposeAsync();
        throw new InvalidDataException(
            $"{name}: lacks the text column{(missing.Count == 1 ? "" : "s")} {string.Join(", ", missing)}; it has: {string.Join(", ", reader.Schema.DataFields.Select(f => f.Path.ToString()))}.");
    }

    internal static bool IsText(DataField field) =>
        (field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>)) && !field.IsArray && field.Path.Length == 1;

    private static async Task<List<Document>> ReadGroupAsync(string name, ParquetReader reader, int index, DataField[] fields, CancellationToken cancellation)
    {
        try
        {
            using var group = reader.OpenRowGroupReader(index);
            RefuseOversized(group);
            var columns = new string?[fields.Length][];
            for (var c = 0; c < fields.Length; c++)
            {
                columns[c] = new string?[group.RowCount];
                await group.ReadAsync(fields[c], columns[c].AsMemory()!, null, cancellation);
                var hole = DocumentSchema.Columns[c].Nullable ? -1 : Array.IndexOf(columns[c], null);
                if (hole >= 0) throw new InvalidDataException($"row {hole} has no {fields[c].Name}");
            }

            return [.. Enumerable.Range(0, (int)group.RowCount).Select(row => DocumentSchema.FromRow(columns, row))];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{name}: row group {index}: {DocumentSchema.Metadata} is not a JSON object of strings ({e.Message}).", e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            throw new InvalidDataException($"{name}: row group {index} is damaged ({e.Message}).", e);
        }
    }

    /// <summary>The footer is input too: what it claims must not decide how much memory is taken.</summary>
    internal static void RefuseOversized(ParquetRowGroupReader group)
    {
        if (group.RowCount is < 0 or > MostRowsPerGroup || group.RowGroup.TotalByteSize is < 0 or > MostBytesPerGroup)
            throw new InvalidDataException($"claims {group.RowCount} rows of {group.RowGroup.TotalByteSize} bytes, expected at most {MostRowsPerGroup} rows and {MostBytesPerGroup} bytes");
    }
}
