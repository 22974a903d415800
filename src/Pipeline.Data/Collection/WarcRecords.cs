using System.Globalization;
using System.Text;
using Pipeline.Data.Damages;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>WARC (ISO 28500): a document of each response, resource and conversion (WET). After damage it goes on at the next record.</summary>
internal static class WarcRecords
{
    private const int MostHeaderBytes = 1 << 20;
    private const string NoRecord = "is no WARC record; what stands before the next one is left out.";

    public static bool IsWarc(ReadOnlySpan<byte> head) => head.StartsWith("WARC/"u8);

    public static IEnumerable<RawRecord> Cut(Input input)
    {
        var (name, options) = (input.Name, input.Options);
        var lines = input.Lines();
        var records = new RecordReader(lines, options.Limits);
        var lost = false;
        for (var number = input.From.Number; lines.Read();)
        {
            if (lines.Gap is null && lines.Line.Trim("\r"u8).IsEmpty) continue;
            var at = lines.LineOffset;
            string Where() => $"record {number} at byte {at}";
            if (lines.Gap is null && !IsWarc(lines.Line))
            {
                if (!lost) yield return RawRecord.Damaged($"byte {at}", NoRecord);
                lost = true;
                continue;
            }

            number++;
            lost = false;
            records.Read();
            var (where, next) = (Where(), records.IsSound ? new Restart(lines.Offset, number) : null);
            if (records.Fault is { } fault) yield return RawRecord.Damaged(where, fault, next, records.Kind);
            else if (records.IsWanted)
            {
                var (headers, block) = (records.Headers, records.Block);
                yield return new(where, block.Length, () => Documents(name, headers, block, options), next);
            }
        }
    }

    private static IEnumerable<Document> Documents(string name, WarcHeaders headers, byte[] block, CollectionOptions options)
    {
        if (!headers.Matches(block)) throw new InvalidDataException("is damaged: its digest does not match.");
        var payload = headers.Type == "response" ? HttpPayload.Parse(block, options.Limits) : new(200, headers["Content-Type"] ?? (headers.Type == "conversion" ? "text/plain" : null), block);
        if (payload is not { IsSuccess: true }) return [];
        var metadata = new Dictionary<string, string>();
        foreach (var (header, key) in new[] { ("WARC-Date", "warc_date"), ("WARC-Record-ID", "warc_record_id"), ("WARC-Identified-Content-Language", "identified_language") })
            if (headers[header] is { Length: > 0 } value) metadata[key] = value;
        return payload.Documents(name, headers["WARC-Target-URI"]?.Trim('<', '>'), headers["WARC-Identified-Payload-Type"], metadata, options);
    }

    /// <summary>Reads the record whose first line was read.</summary>
    private sealed class RecordReader(LineReader lines, ReadLimits limits)
    {
        private long read, reread;

        public WarcHeaders Headers { get; private set; } = new();
        public byte[] Block { get; private set; } = [];
        public string? Fault { get; private set; }
        public DamageKind Kind { get; private set; }

        /// <summary>Whether what follows the record can be found without it.</summary>
        public bool IsSound { get; private set; }

        public bool IsWanted => Headers.Type is "conversion" or "response" || (Headers.Type == "resource" && Headers["WARC-Target-URI"]?.TrimStart('<').StartsWith("http", StringComparison.OrdinalIgnoreCase) == true);

        public void Read()
        {
            (Fault, Kind, IsSound, Headers, Block) = (null, DamageKind.Damaged, false, new(), []);
            if (!ReadHeaders()) return;
            if (!long.TryParse(Headers["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            {
                Fault = "has no Content-Length.";
                return;
            }

            try
            {
                if (length > limits.RecordBytes || !IsWanted) PassOver(length);
                else ReadBlock((int)length);
            }
            catch (StreamGapException e)
            {
                Fault = e.Message;
            }
        }

        private bool ReadHeaders()
        {
            var bytes = 0L;
            while (Fault is null)
            {
                // The first line is the version, and may be a gap as any other.
                if (lines.Gap is { } gap) Fault = gap;
                else if ((bytes += lines.Line.Length) > MostHeaderBytes || lines.IsTooLong) Fault = $"has more than {MostHeaderBytes} bytes of headers.";
                else if (lines.Line.Trim("\r"u8).IsEmpty) return true;
                else Headers.Add(Encoding.UTF8.GetString(lines.Line).TrimEnd('\r'));
                if (Fault is null && !lines.Read()) Fault = "is truncated: its file ends within its headers.";
            }

            return false;
        }

        private void PassOver(long length)
        {
            if (length > limits.RecordBytes && IsWanted) (Fault, Kind) = (OverLimit.Record(limits), DamageKind.Limit);
            var buffer = new byte[1 << 16];
            var left = length;
            while (left > 0 && lines.ReadBytes(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length))) is > 0 and var got) left -= got;
            if (left > 0) (Fault, Kind) = ("is truncated: its file ends within it.", DamageKind.Damaged);
            IsSound = left == 0;
        }

        private void ReadBlock(int length)
        {
            // Not all at once: the length may be a lie.
            var block = new MemoryStream();
            var buffer = new byte[Math.Min(length, 1 << 16)];
            while (block.Length < length && lines.ReadBytes(buffer.AsSpan(0, (int)Math.Min(length - block.Length, buffer.Length))) is > 0 and var got) block.Write(buffer, 0, got);
            Block = block.ToArray();
            read += Block.Length;
            var whole = Block.Length == length;
            IsSound = whole && lines.IsAt("\r\n"u8);
            if (IsSound) return;
            Fault = whole ? "does not end where it should." : "is truncated: its file ends within it.";
            var next = Block.AsSpan().IndexOf("\nWARC/1."u8);
            // A file of lengths that all lie would be read again for each of them.
            if (next < 0 || reread > 2 * read) return;
            lines.Unread(Block.AsSpan(next + 1));
            reread += Block.Length - next - 1;
        }
    }
}
