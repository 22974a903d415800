using System.Text;
using Pipeline.Data.Damages;

namespace Pipeline.Data.Collection;

/// <summary>One document a line.</summary>
internal static class JsonLines
{
    public static IEnumerable<RawRecord> Cut(Input input)
    {
        var (name, columns) = (input.Name, input.Options.Columns);
        var lines = input.Lines();
        for (var number = input.From.Number + 1; lines.Read(); number++)
        {
            if (lines.Gap is { } gap)
            {
                // Nowhere to begin anew: before the gap one would meet it again.
                yield return RawRecord.Damaged($"{number}", gap);
                continue;
            }

            var line = lines.Line.Trim(" \t\r"u8);
            if (lines.LineOffset == 0 && line.StartsWith(Encoding.UTF8.Preamble)) line = line[3..];
            if (line.IsEmpty) continue;
            var (where, next) = ($"{number}", new Restart(lines.Offset, number));
            if (lines.IsTooLong)
            {
                yield return RawRecord.Damaged(where, OverLimit.Record(input.Options.Limits), next, DamageKind.Limit);
                continue;
            }

            var bytes = line.ToArray();
            var found = new ColumnsFound();
            yield return new(where, bytes.Length, () => [JsonRecord.Read(name, where, bytes, columns, found)], next) { Columns = found };
        }
    }
}
