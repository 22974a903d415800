using System.Buffers;
using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>Text of which some lines are UTF-8 and others are not, as where files of two ages were put together, or UTF-8 in which a few bytes are damaged.</summary>
internal static class MixedUtf8
{
    /// <summary>One line of so many that are not ASCII has to be UTF-8 and nothing else.</summary>
    private const int Few = 8;

    /// <summary>Bytes of lines by which they are judged.</summary>
    private const int Sample = 1 << 14;

    /// <summary>Null where it is no UTF-8 at all.</summary>
    /// <param name="content">Not all of it is UTF-8.</param>
    public static (string Text, string Encoding)? Decode(ReadOnlySpan<byte> content)
    {
        if (IsCut(content)) return (Encoding.UTF8.GetString(content), "utf-8 (damaged)");
        var (whole, broken, sound, stray) = (0L, 0L, 0L, 0L);
        var (modern, legacy) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range];
            var (good, bad) = Count(line);
            sound += good;
            stray += bad;
            if (bad > 0) broken++;
            if (good > 0 && bad == 0)
            {
                whole++;
                Keep(modern, line);
            }

            if (bad > good) Keep(legacy, line);
        }

        var damaged = sound >= 20 * stray;
        if (!damaged && (whole == 0 || Few * whole < whole + broken)) return null;
        if (legacy.WrittenCount == 0) return (Encoding.UTF8.GetString(content), "utf-8 (damaged)");
        var other = CharsetDetector.Detect(legacy.WrittenSpan)?.Encoding ?? Charsets.Named("windows-1252")!;
        // Other encodings have a line of UTF-8 by chance.
        if (!damaged && !IsLikelierUtf8(modern.WrittenSpan, other)) return null;
        var text = new StringBuilder(content.Length);
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range];
            if (range.Start.Value > 0) text.Append('\n');
            text.Append((IsOther(line, other) ? other : Encoding.UTF8).GetString(line));
        }

        return (text.ToString(), $"utf-8 (some lines {other.WebName})");
    }

    private static void Keep(ArrayBufferWriter<byte> lines, ReadOnlySpan<byte> line)
    {
        if (lines.WrittenCount >= Sample) return;
        lines.Write(line);
        lines.Write("\n"u8);
    }

    /// <summary>A line of another encoding, not one of UTF-8 with damage in it.</summary>
    private static bool IsOther(ReadOnlySpan<byte> line, Encoding other)
    {
        var (sound, stray) = Count(line);
        return stray > sound || (stray > 0 && !IsLikelierUtf8(line, other));
    }

    private static bool IsLikelierUtf8(ReadOnlySpan<byte> bytes, Encoding other)
    {
        bytes = bytes[..Math.Min(bytes.Length, Sample)];
        return Charsets.Strictly(other, bytes) is not { } text || CharsetDetector.Likelihood(Encoding.UTF8.GetString(bytes)) > CharsetDetector.Likelihood(text);
    }

    /// <summary>All of it is UTF-8 up to its last character, of which the end is missing.</summary>
    private static bool IsCut(ReadOnlySpan<byte> content)
    {
        var last = content[Math.Max(0, content.Length - 3)..].LastIndexOfAnyInRange((byte)0xc2, (byte)0xf4);
        if (last < 0) return false;
        var start = Math.Max(0, content.Length - 3) + last;
        return Rune.DecodeFromUtf8(content[start..], out _, out _) == OperationStatus.NeedMoreData && content[..start].ContainsAnyInRange((byte)0x80, (byte)0xff) && System.Text.Unicode.Utf8.IsValid(content[..start]);
    }

    /// <summary>Characters beyond ASCII that are UTF-8, and bytes that are not.</summary>
    private static (long Sound, long Stray) Count(ReadOnlySpan<byte> bytes)
    {
        var (sound, stray) = (0L, 0L);
        while (bytes.IndexOfAnyExceptInRange((byte)0, (byte)0x7f) is >= 0 and var at)
        {
            bytes = bytes[at..];
            if (Rune.DecodeFromUtf8(bytes, out _, out var length) == OperationStatus.Done) sound++;
            else stray += length;
            bytes = bytes[length..];
        }

        return (sound, stray);
    }
}
