using System.IO.Compression;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;
using UglyToad.PdfPig.Util;

namespace Pipeline.Data.Readers;

/// <summary>How many bytes the library's filters unpack a PDF's stream to, told without holding them (ISO 32000-1, 7.4).</summary>
internal static class UnpackedBytes
{
    private const int Clear = 256, End = 257, MostCodes = 1 << 12;

    /// <summary>What an entry of the library's table of codes takes besides its bytes. It goes on adding entries where a stream has had all codes and does not clear them.</summary>
    private const int EntryBytes = 64;

    /// <param name="most">Counting ends above it, and does not begin where the filter cannot come to it.</param>
    public static long Of(IFilter filter, ReadOnlyMemory<byte> packed, DictionaryToken parameters, long most)
    {
        var row = filter is FlateFilter or LzwFilter ? LastRow(parameters) : 0;
        // Deflate makes 1,032 bytes of one; LZW makes 4,096 of 12 bits, and an entry as long.
        var expansion = filter switch { FlateFilter => 1032, LzwFilter => 5600, RunLengthFilter => 64, Ascii85Filter => 4, _ => 1 };
        if (packed.Length <= (most - row) / expansion) return row;
        return row + filter switch
        {
            FlateFilter => Flate(packed, most),
            LzwFilter => Lzw(packed.Span, parameters.GetIntOrDefault(NameToken.EarlyChange, 1) == 1, most),
            RunLengthFilter => RunLength(packed.Span),
            Ascii85Filter => (4L * packed.Length + 16L * packed.Span.Count((byte)'z')) / 5,
            _ => 0,
        };
    }

    /// <summary>What a predictor fills with zeros, as long as the library takes it to be.</summary>
    private static int LastRow(DictionaryToken parameters)
    {
        if (parameters.GetIntOrDefault(NameToken.Predictor, 1) <= 1) return 0;
        var bits = unchecked(parameters.GetIntOrDefault(NameToken.Columns, 1) * Math.Min(parameters.GetIntOrDefault(NameToken.Colors, 1), 32) * parameters.GetIntOrDefault(NameToken.BitsPerComponent, 8));
        // The library would fill rows of no bytes without end.
        return unchecked(bits + 7) / 8 is > 0 and var bytes ? bytes : throw new InvalidDataException("has a stream whose /DecodeParms make rows of no bytes; expected /Columns, /Colors and /BitsPerComponent of at least 1");
    }

    private static long Flate(ReadOnlyMemory<byte> packed, long most)
    {
        var (total, buffer) = (0L, new byte[1 << 16]);
        try
        {
            // As the library does: whatever the two bytes of the header are.
            using var unpacked = new DeflateStream(new MemoryStream(packed[Math.Min(2, packed.Length)..].ToArray(), writable: false), CompressionMode.Decompress);
            while (total <= most && unpacked.Read(buffer) is > 0 and var read) total += read;
        }
        catch (InvalidDataException)
        {
            // The library reads damaged streams as far as they go.
        }

        return total;
    }

    private static long Lzw(ReadOnlySpan<byte> packed, bool changesEarly, long most)
    {
        var lengths = new int[MostCodes];
        lengths.AsSpan(0, Clear).Fill(1);
        var (total, codes, previous) = (0L, End + 1, -1);
        var (bits, held) = (0u, 0);
        foreach (var value in packed)
        {
            (bits, held) = (bits << 8 | value, held + 8);
            var width = (changesEarly ? codes + 1 : codes) switch { >= 2048 => 12, >= 1024 => 11, >= 512 => 10, _ => 9 };
            if (held < width) continue;
            held -= width;
            var code = (int)(bits >> held) & (1 << width) - 1;
            if (code == Clear)
            {
                (codes, previous) = (End + 1, -1);
                continue;
            }

            var isKnown = code < codes;
            // Where there was no such code before, the library fails.
            if (code == End || total > most || !isKnown && previous < 0 || previous >= codes) break;
            var entry = previous < 0 ? 0 : lengths[previous] + 1;
            total += isKnown ? lengths[code] : entry;
            if (previous >= 0 && codes >= MostCodes) total += entry + EntryBytes;
            else if (previous >= 0) lengths[codes] = entry;
            if (previous >= 0) codes++;
            previous = code;
        }

        return total;
    }

    private static long RunLength(ReadOnlySpan<byte> packed)
    {
        var total = 0L;
        for (var at = 0; at < packed.Length && packed[at] != 128;)
        {
            var run = packed[at];
            (total, at) = run < 128 ? (total + run + 1, at + run + 2) : (total + 257 - run, at + 2);
        }

        return total;
    }
}
