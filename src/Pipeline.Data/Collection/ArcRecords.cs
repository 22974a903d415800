using System.Globalization;
using System.Text;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>ARC, the crawl format before WARC: a line <c>address ip date type length</c> and so many bytes of HTTP response for each record.</summary>
internal static class ArcRecords
{
    private const int MostHeaderBytes = 64 << 10;

    public static bool IsArc(ReadOnlySpan<byte> head) => head.StartsWith("filedesc://"u8);

    public static IEnumerable<RawRecord> Cut(Input input)
    {
        var (name, options) = (input.Name, input.Options);
        var lines = input.Lines();
        var lost = false;
        for (var number = input.From.Number; lines.Read();)
        {
            var line = lines.Line.Trim("\r"u8);
            if (lines.Gap is null && line.IsEmpty) continue;
            var at = lines.LineOffset;
            if (lines.Gap is not null || Header(line) is not { } header)
            {
                if (!lost) yield return RawRecord.Damaged($"byte {at}", lines.Gap ?? "is no ARC record; what stands before the next one is left out.");
                lost = true;
                continue;
            }

            lost = false;
            number++;
            var where = $"record {number} at byte {at}";
            var (block, fault) = Block(lines, header.Length, options.Limits);
            if (fault is not null) yield return RawRecord.Damaged(where, fault, kind: header.Length > options.Limits.RecordBytes ? DamageKind.Limit : DamageKind.Damaged);
            else if (header.Address.StartsWith("http", StringComparison.OrdinalIgnoreCase))
                yield return new(where, block.Length, () => HttpPayload.Parse(block, options.Limits) is { IsSuccess: true } payload
                    ? payload.Documents(name, header.Address, null, new Dictionary<string, string> { ["arc_date"] = header.Date }, options) : [], new(lines.Offset, number));
        }
    }

    private sealed record RecordHeader(string Address, string Date, long Length);

    private static RecordHeader? Header(ReadOnlySpan<byte> line)
    {
        if (line.Length > MostHeaderBytes) return null;
        var fields = Encoding.Latin1.GetString(line).Split(' ');
        return fields.Length is 5 or 10 && fields[0].Contains(':', StringComparison.Ordinal) && fields[2].AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            && long.TryParse(fields[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? new(fields[0], fields[2], length) : null;
    }

    private static (byte[] Block, string? Fault) Block(LineReader lines, long length, ReadLimits limits)
    {
        var block = new MemoryStream();
        var buffer = new byte[1 << 16];
        try
        {
            var left = length;
            while (left > 0 && lines.ReadBytes(buffer.AsSpan(0, (int)Math.Min(left, buffer.Length))) is > 0 and var got)
            {
                left -= got;
                if (length <= limits.RecordBytes) block.Write(buffer, 0, got);
            }

            if (left > 0) return ([], "is truncated: its file ends within it.");
            return length > limits.RecordBytes ? ([], OverLimit.Record(limits)) : (block.ToArray(), null);
        }
        catch (StreamGapException e)
        {
            return ([], e.Message);
        }
    }
}
