using System.Text;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace Pipeline.Data.Decontamination;

/// <summary>Reads the items of a benchmark: a line of JSON or a row of Parquet each. The text of an item is its fields, a line each.</summary>
public static class BenchmarkFiles
{
    private const int LongestLine = 16 << 20;

    /// <param name="name">Of the file, which begins the items' names.</param>
    /// <param name="fields">Those that count; none means every text, also inside lists and objects.</param>
    /// <exception cref="InvalidDataException">The file is no whole Parquet file, or no line of it is a JSON object.</exception>
    public static async Task<(long Items, long Damaged)> ReadAsync(string name, string path, IReadOnlyCollection<string> fields, BenchmarkIndex index, CancellationToken cancellation = default)
    {
        var (items, damaged) = name.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)
            ? await ReadParquetAsync(name, path, fields, index, cancellation)
            : await ReadLinesAsync(name, path, fields, index, cancellation);
        return items > 0 ? (items, damaged) : throw new InvalidDataException(
            $"{name}: has no item with text{(fields.Count > 0 ? $" in {string.Join(", ", fields)}" : "")} ({damaged} damaged lines); expected JSON lines or Parquet.");
    }

    private static async Task<(long Items, long Damaged)> ReadLinesAsync(string name, string path, IReadOnlyCollection<string> fields, BenchmarkIndex index, CancellationToken cancellation)
    {
        var (items, damaged, number) = (0L, 0L, 0L);
        using var reader = new StreamReader(path, Encoding.UTF8);
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            text.Clear();
            try
            {
                if (line.Length > LongestLine) throw new JsonException("too long");
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.ValueKind == JsonValueKind.Object)
                    foreach (var property in json.RootElement.EnumerateObject())
                        if (fields.Count == 0 || fields.Contains(property.Name)) Append(property.Value, text);
            }
            catch (JsonException)
            {
                damaged++;
                continue;
            }

            if (text.Length == 0) continue;
            index.Add($"{name}:{number}", text.ToString());
            items++;
        }

        return (items, damaged);
    }

    // JSON that parsed is at most 64 deep.
    private static void Append(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                text.Append(value.GetString()).Append('\n');
                break;
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray()) Append(element, text);
                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject()) Append(property.Value, text);
                break;
            default:
                break;
        }
    }

    private static async Task<(long Items, long Damaged)> ReadParquetAsync(string name, string path, IReadOnlyCollection<string> fields, BenchmarkIndex index, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(path);
            await using var reader = await ParquetReader.CreateAsync(file, null, leaveStreamOpen: true, cancellation);
            DataField[] columns = [.. reader.Schema.DataFields.Where(f => Documents.DocumentReader.IsText(f) && (fields.Count == 0 || fields.Contains(f.Name)))];
            var items = 0L;
            for (var g = 0; columns.Length > 0 && g < reader.RowGroupCount; g++)
            {
                using var group = reader.OpenRowGroupReader(g);
                Documents.DocumentReader.RefuseOversized(group);
                var values = new string?[columns.Length][];
                for (var c = 0; c < columns.Length; c++)
                {
                    values[c] = new string?[group.RowCount];
                    await group.ReadAsync(columns[c], values[c].AsMemory()!, null, cancellation);
                }

                for (var row = 0; row < group.RowCount; row++)
                {
                    var text = string.Join('\n', values.Select(v => v[row]).Where(v => !string.IsNullOrEmpty(v)));
                    if (text.Length == 0) continue;
                    index.Add($"{name}:{++items}", text);
                }
            }

            return (items, 0);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            throw new InvalidDataException($"{name}: is no whole Parquet file ({e.Message}).", e);
        }
    }
}
