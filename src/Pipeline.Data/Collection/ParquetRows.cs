using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;
using Pipeline.Data.Collection.Containers;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>Rows of a Parquet file: a document each. One row group of the columns that are mapped is in memory at a time.</summary>
internal static class ParquetRows
{
    public static bool IsParquet(ReadOnlySpan<byte> head) => head.StartsWith("PAR1"u8);

    public static IEnumerable<RawRecord> Cut(Input input)
    {
        var file = Spool.Seekable(input.Content, input.Options.Scratch);
        try
        {
            file.Position = 0;
            var reader = Open(file);
            try
            {
                var (fields, found) = Fields(reader.Schema, input.Options.Columns);
                if (!fields.ContainsKey(input.Options.Columns.Text))
                    yield return new("", 0, () => throw new InvalidDataException($"has no column '{input.Options.Columns.Text}' for the text; it has: {string.Join(", ", found.There)}.")) { Columns = found };
                if (!fields.ContainsKey(input.Options.Columns.Text)) yield break;
                var number = input.From.Number;
                for (var index = (int)input.From.Offset; index < reader.RowGroupCount; index++)
                {
                    var (rows, columns, fault) = Group(reader, index, fields, input.Options.Limits);
                    var next = new Restart(index + 1, number + rows);
                    if (fault is not null) yield return new($"row group {index}", 0, () => throw fault, next);
                    for (var row = 0; row < rows && fault is null; row++)
                    {
                        var (at, part) = (row, $"{number + row + 1}");
                        yield return new($"row {part}", 2L * columns.Values.Sum(c => c[at]?.Length ?? 0), () => [Document(input, part, at, columns)], row == rows - 1 ? next : null) { Columns = found };
                    }

                    number += rows;
                }
            }
            finally
            {
                Wait(reader.DisposeAsync().AsTask().ContinueWith(_ => true, TaskScheduler.Default));
            }
        }
        finally
        {
            if (file != input.Content) file.Dispose();
        }
    }

    private static Document Document(Input input, string part, int row, Dictionary<string, string?[]> columns)
    {
        var map = input.Options.Columns;
        var text = columns[map.Text][row] ?? throw new InvalidDataException($"has nothing in '{map.Text}'.");
        return FieldMap.Document(input.Name, part, text, map, name => columns.GetValueOrDefault(name)?[row]);
    }

    /// <summary>The columns that are mapped, by the names of the map; fields of a structure with points.</summary>
    private static (Dictionary<string, DataField> Fields, ColumnsFound Found) Fields(ParquetSchema schema, ColumnMap map)
    {
        var all = new Dictionary<string, DataField>(StringComparer.Ordinal);
        foreach (var field in schema.DataFields) all.TryAdd(string.Join('.', field.Path.ToList()), field);
        var found = new ColumnsFound();
        found.Look(map, all.ContainsKey, () => all.Keys);
        var asked = map.Named.Select(n => n.Column).ToHashSet(StringComparer.Ordinal);
        return (all.Where(f => f.Value.MaxRepetitionLevel == 0 && asked.Contains(f.Key)).ToDictionary(StringComparer.Ordinal), found);
    }

    private static (long Rows, Dictionary<string, string?[]> Columns, Exception? Fault) Group(ParquetReader reader, int index, Dictionary<string, DataField> fields, ReadLimits limits)
    {
        var (rows, columns) = (0L, new Dictionary<string, string?[]>(StringComparer.Ordinal));
        try
        {
            using var group = reader.OpenRowGroupReader(index);
            DocumentReader.RefuseOversized(group);
            var bytes = fields.Values.Sum(f => group.GetMetadata(f)?.MetaData?.TotalUncompressedSize ?? 0);
            if (bytes > limits.FileBytes) throw OverLimit.File(limits, $"has {bytes} bytes in the columns that are read");
            foreach (var (name, field) in fields) columns[name] = Values(group, field);
            rows = group.RowCount;
            return (rows, columns, null);
        }
        catch (Exception e) when (Faults.IsDamage(e))
        {
            return (rows, columns, e is RefusedException || (e is InvalidDataException && Faults.IsOurs(e)) ? e : new InvalidDataException("is damaged, or packed in a way that cannot be read: get the file anew.", e));
        }
    }

    private static ParquetReader Open(Stream file)
    {
        try
        {
            return Wait(ParquetReader.CreateAsync(file, null, leaveStreamOpen: true));
        }
        catch (Exception e) when (Faults.IsDamage(e))
        {
            throw new InvalidDataException("is no Parquet file, or has lost its end, where it says what is in it: get it anew.", e);
        }
    }

    private static string?[] Values(ParquetRowGroupReader group, DataField field)
    {
        var type = Nullable.GetUnderlyingType(field.ClrType) ?? field.ClrType;
        if (type == typeof(string) || type == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string?[group.RowCount];
            Wait(group.ReadAsync(field, texts.AsMemory()!, null, CancellationToken.None));
            return texts;
        }

        if (type == typeof(byte[]) || type == typeof(ReadOnlyMemory<byte>))
        {
            var bytes = new byte[]?[group.RowCount];
            Wait(group.ReadAsync(field, bytes.AsMemory()!, null, CancellationToken.None));
            return Array.ConvertAll(bytes, b => b is null ? null : Encoding.UTF8.GetString(b));
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => Numbers<bool>(group, field),
            TypeCode.SByte => Numbers<sbyte>(group, field),
            TypeCode.Byte => Numbers<byte>(group, field),
            TypeCode.Int16 => Numbers<short>(group, field),
            TypeCode.UInt16 => Numbers<ushort>(group, field),
            TypeCode.Int32 => Numbers<int>(group, field),
            TypeCode.UInt32 => Numbers<uint>(group, field),
            TypeCode.Int64 => Numbers<long>(group, field),
            TypeCode.UInt64 => Numbers<ulong>(group, field),
            TypeCode.Single => Numbers<float>(group, field),
            TypeCode.Double => Numbers<double>(group, field),
            TypeCode.Decimal => Numbers<decimal>(group, field),
            TypeCode.DateTime => Numbers<DateTime>(group, field),
            _ => throw new InvalidDataException($"has values of type {type.Name} in column '{field.Path}', which are no text."),
        };
    }

    private static string?[] Numbers<T>(ParquetRowGroupReader group, DataField field)
        where T : struct
    {
        if (!field.IsNullable)
        {
            var all = new T[group.RowCount];
            Wait(group.ReadAsync<T>(field, all.AsMemory(), null, CancellationToken.None));
            return Array.ConvertAll(all, v => Plain(v));
        }

        var values = new T?[group.RowCount];
        Wait(group.ReadAsync<T>(field, values.AsMemory(), null, CancellationToken.None));
        return Array.ConvertAll(values, v => v is { } value ? Plain(value) : null);
    }

    private static string? Plain<T>(T value) => value switch
    {
        bool truth => truth ? "true" : "false",
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString(),
    };

    // The library reads asynchronously; on a thread of its own a file on disk gains nothing from that.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static void Wait(ValueTask task) => task.AsTask().GetAwaiter().GetResult();
}
