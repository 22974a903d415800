using System.Text;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;
using Pipeline.Data.Extraction;

namespace Pipeline.Data.Collection;

/// <summary>How a file of rows is laid out.</summary>
public sealed record TableLayout
{
    /// <summary>The first row names the columns; else they are called 1, 2, ….</summary>
    public bool Header { get; init; } = true;

    /// <summary>Null takes that of the format: a comma, or a tab.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Fields may be put in double quotes (RFC 4180) and then hold delimiters and line ends; null for CSV alone.</summary>
    public bool? Quotes { get; init; }
}

/// <summary>CSV (RFC 4180) and TSV: one document a row.</summary>
internal static class Delimited
{
    private const int MostColumns = 16_384;

    public static IEnumerable<RawRecord> Csv(Input input) => Cut(input, input.Options.Table.Delimiter ?? ',', input.Options.Table.Quotes ?? true);

    public static IEnumerable<RawRecord> Tsv(Input input) => Cut(input, input.Options.Table.Delimiter ?? '\t', input.Options.Table.Quotes ?? false);

    private static IEnumerable<RawRecord> Cut(Input input, char delimiter, bool quotes)
    {
        var rows = new RowReader(input, delimiter, quotes);
        List<string>? header = null;
        if (input.Options.Table.Header)
        {
            if (!rows.Read()) yield break;
            if (rows.Fault is { } fault) throw new InvalidDataException($"its header {fault}");
            (header, _) = Fields(rows.Row.Span, delimiter, quotes);
        }

        rows.GoTo(input.From);
        while (rows.Read())
        {
            var where = $"{rows.Number}";
            if (rows.Fault is { } fault)
            {
                yield return new(where, 0, () => throw new InvalidDataException(fault), rows.Next);
                continue;
            }

            var (row, found) = (rows.Row, new ColumnsFound());
            yield return new(where, row.Length, () => [Document(input, where, header, row.Span, delimiter, quotes, found)], rows.Next) { Columns = found };
        }
    }

    private static Document Document(Input input, string where, List<string>? header, ReadOnlySpan<byte> row, char delimiter, bool quotes, ColumnsFound found)
    {
        var (fields, encoding) = Fields(row, delimiter, quotes);
        if (header is not null && fields.Count != header.Count) throw new InvalidDataException($"has {fields.Count} fields, expected {header.Count} as in the header{(header.Count == 1 ? " (if fields are set apart otherwise, say so: table.delimiter)" : "")}.");
        var columns = input.Options.Columns;
        found.Look(columns, c => Field(c) is not null, () => header ?? Enumerable.Range(1, fields.Count).Select(n => $"{n}"));
        var text = Field(columns.Text) ?? throw new InvalidDataException(header is null
            ? $"has no column '{columns.Text}' for the text; without a header columns are called 1 to {fields.Count}."
            : $"has no column '{columns.Text}' for the text; it has: {string.Join(", ", header.Take(20))}.");
        var document = FieldMap.Document(input.Name, where, text, columns, Field);
        return encoding == "utf-8" ? document : document with { Metadata = new Dictionary<string, string>(document.Metadata) { ["encoding"] = encoding } };

        string? Field(string name)
        {
            var at = header is not null ? header.IndexOf(name) : int.TryParse(name, out var number) ? number - 1 : -1;
            return at >= 0 && at < fields.Count ? fields[at] : null;
        }
    }

    private static (List<string> Fields, string Encoding) Fields(ReadOnlySpan<byte> row, char delimiter, bool quotes)
    {
        var (line, encoding) = TextDecoder.Decode("", row);
        var fields = new List<string>();
        for (var at = 0; at <= line.Length;)
        {
            if (fields.Count == MostColumns) throw new InvalidDataException($"has more than {MostColumns} fields.");
            int end;
            if (quotes && at < line.Length && line[at] == '"')
            {
                var value = new StringBuilder();
                for (end = at + 1; end < line.Length; end++)
                {
                    if (line[end] != '"') value.Append(line[end]);
                    else if (end + 1 < line.Length && line[end + 1] == '"') value.Append(line[++end]);
                    else break;
                }

                // What stands between a closing quote and the delimiter is kept, as spreadsheets do.
                var rest = Math.Min(end + 1, line.Length);
                end = line.IndexOf(delimiter, rest);
                if (end < 0) end = line.Length;
                fields.Add(value.Append(line, rest, end - rest).ToString());
            }
            else
            {
                end = line.IndexOf(delimiter, at);
                if (end < 0) end = line.Length;
                fields.Add(line[at..end]);
            }

            at = end + 1;
        }

        return (fields, encoding);
    }

    /// <summary>Rows: lines, joined where a line end is in quotes.</summary>
    private sealed class RowReader(Input input, char delimiter, bool quotes)
    {
        private readonly LineReader lines = input.LinesFromStart();
        private readonly int most = input.Options.Limits.RecordBytes;
        private long lineNumber;

        /// <summary>Of the row's first line.</summary>
        public long Number { get; private set; }

        public ReadOnlyMemory<byte> Row { get; private set; }

        public string? Fault { get; private set; }

        /// <summary>Null behind what is lost: whoever began there would meet it again.</summary>
        public Restart? Next { get; private set; }

        public void GoTo(Restart place)
        {
            if (place.Offset == 0) return;
            lines.SkipTo(place.Offset);
            lineNumber = place.Number;
        }

        public bool Read()
        {
            while (lines.Read())
            {
                lineNumber++;
                (Number, Fault, Row) = (lineNumber, null, default);
                var line = Trimmed();
                if (line.IsEmpty && lines.Gap is null) continue;
                var open = quotes && EndsInQuotes(line, false);
                if (!open && !Faulty()) Row = line.ToArray();
                else if (open) ReadOn(line);
                Next = lines.Gap is null ? new(lines.Offset, lineNumber) : null;
                return true;
            }

            return false;
        }

        private void ReadOn(ReadOnlySpan<byte> first)
        {
            var row = new MemoryStream();
            row.Write(first);
            for (var open = true; open && !Faulty();)
            {
                if (row.Length > most || !lines.Read())
                {
                    Fault = row.Length > most ? OverLimit.Record(input.Options.Limits) + " A quote may not be closed." : "opens a quote that is never closed.";
                    return;
                }

                lineNumber++;
                row.WriteByte((byte)'\n');
                var line = Trimmed();
                row.Write(line);
                open = EndsInQuotes(line, true);
            }

            Row = row.ToArray();
        }

        private bool Faulty()
        {
            if (lines.Gap is { } gap) Fault = gap;
            else if (lines.IsTooLong) Fault = OverLimit.Record(input.Options.Limits);
            return Fault is not null;
        }

        private ReadOnlySpan<byte> Trimmed()
        {
            var line = lines.Line;
            if (lines.LineOffset == 0 && line.StartsWith(Encoding.UTF8.Preamble)) line = line[3..];
            return line.EndsWith("\r"u8) ? line[..^1] : line;
        }

        /// <summary>Whether the line ends in a quoted field; only a quote that begins a field opens one.</summary>
        private bool EndsInQuotes(ReadOnlySpan<byte> line, bool inside)
        {
            for (var i = 0; i < line.Length; i++)
            {
                if (inside)
                {
                    var quote = line[i..].IndexOf((byte)'"');
                    if (quote < 0) return true;
                    i += quote;
                    if (i + 1 < line.Length && line[i + 1] == '"') i++;
                    else inside = false;
                }
                else if (line[i] == '"' && (i == 0 || line[i - 1] == delimiter)) inside = true;
            }

            return inside;
        }
    }
}
