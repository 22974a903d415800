using System.Buffers;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>JSON objects in one list, or one after the other: a document each. Only as much as one object is held.</summary>
internal static class JsonFile
{
    public static IEnumerable<RawRecord> Cut(Input input)
    {
        var (name, columns) = (input.Name, input.Options.Columns);
        var values = new ValueScanner(input);
        while (values.Read())
        {
            var where = $"record {values.Number}";
            var next = values.IsWhole ? values.Next : null;
            if (values.IsTooLong) yield return RawRecord.Damaged(where, OverLimit.Record(input.Options.Limits), next, DamageKind.Limit);
            else if (!values.IsWhole) yield return RawRecord.Damaged(where, "is truncated: its file ends within it.");
            else
            {
                var (bytes, part) = (values.Value, $"{values.Number}");
                var found = new ColumnsFound();
                yield return new(where, bytes.Length, () => [JsonRecord.Read(name, part, bytes, columns, found)], next) { Columns = found };
            }
        }
    }

    /// <summary>Finds where values begin and end by brackets and quotes alone; what is in them is not looked at.</summary>
    private sealed class ValueScanner
    {
        private readonly LineReader source;
        private readonly int most;
        private readonly byte[] chunk = new byte[1 << 16];
        private readonly ArrayBufferWriter<byte> value = new();
        private long offset;
        private int at, length, depth;
        private bool inString, escaped;

        /// <summary>The last sign between values; 0 behind a value and at the beginning.</summary>
        private byte sign;

        public ValueScanner(Input input)
        {
            most = input.Options.Limits.RecordBytes;
            source = new(input.Content, most);
            source.SkipTo(input.From.Offset);
            (offset, Number) = (input.From.Offset, input.From.Number);
        }

        public long Number { get; private set; }
        public byte[] Value { get; private set; } = [];
        public bool IsTooLong { get; private set; }
        public bool IsWhole { get; private set; }
        public Restart Next => new(offset, Number);

        public bool Read()
        {
            if (!FindBeginning()) return false;
            Number++;
            value.Clear();
            (IsTooLong, IsWhole, depth, inString, escaped) = (false, false, 0, false, false);
            while (!IsWhole && (at < length || Fill())) Scan();
            (Value, sign) = (value.WrittenSpan.ToArray(), 0);
            return true;
        }

        /// <summary>Commas, blanks, a byte order mark and the brackets of the list itself stand between values. A bracket that opens a list within the list begins a value.</summary>
        private bool FindBeginning()
        {
            while (at < length || Fill())
            {
                var b = chunk[at];
                if (b is (byte)'[' or (byte)']' or (byte)',')
                {
                    if (b == '[' && sign is (byte)'[' or (byte)',') return true;
                    sign = b;
                }
                else if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xef or 0xbb or 0xbf))
                {
                    return true;
                }

                at++;
                offset++;
            }

            return false;
        }

        /// <summary>Takes what the chunk has of the value.</summary>
        private void Scan()
        {
            var start = at;
            while (at < length && !IsWhole)
            {
                var b = chunk[at];
                if (inString)
                {
                    if (escaped) escaped = false;
                    else if (b == '\\') escaped = true;
                    else if (b == '"') inString = false;
                    at++;
                    IsWhole = !inString && depth == 0;
                    continue;
                }

                switch (b)
                {
                    case (byte)'"':
                        inString = true;
                        break;
                    case (byte)'{' or (byte)'[':
                        depth++;
                        break;
                    case (byte)'}' or (byte)']' when depth > 0:
                        IsWhole = --depth == 0;
                        break;
                    case (byte)',' or (byte)'\n' or (byte)']' when depth == 0:
                        // The end of a number or word; it is no part of it.
                        IsWhole = true;
                        continue;
                }

                at++;
            }

            if (value.WrittenCount + at - start > most) IsTooLong = true;
            if (!IsTooLong) value.Write(chunk.AsSpan(start, at - start));
            offset += at - start;
        }

        private bool Fill()
        {
            (at, length) = (0, source.ReadBytes(chunk));
            return length > 0;
        }
    }
}
