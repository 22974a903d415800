using System.Buffers;
using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>Text of which some lines are UTF-8 and others are not, as where files of two ages were put together, or UTF-8 in which a few bytes are damaged.</summary>
internal static class MixedUtf8
{
    /// <summary>One line of so many that are not ASCII has to be UTF-8 and nothing else.</summary>
    private const int Few = 8;

    /// <summary>Null where it is no UTF-8 at all.</summary>
    /// <param name="content">Not all of it is UTF-8.</param>
    public static (string Text, string Encoding)? Decode(ReadOnlySpan<byte> content)
    {
        if (IsCut(content)) return (Encoding.UTF8.GetString(content), "utf-8 (damaged)");
        var (whole, broken, sound, stray) = (0L, 0L, 0L, 0L);
        var legacy = new ArrayBufferWriter<byte>();
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range];
            var (good, bad) = Count(line);
            sound += good;
            stray += bad;
            if (good > 0 && bad == 0) whole++;
            if (bad > 0) broken++;
            if (IsOther(good, bad))
            {
                legacy.Write(line);
                legacy.Write("\n"u8);
            }
        }

        // Other encodings have a sequence of UTF-8 by chance, and seldom a line of nothing else.
        if (sound < 20 * stray && (whole == 0 || Few * whole < whole + broken)) return null;
        if (legacy.WrittenCount == 0) return (Encoding.UTF8.GetString(content), "utf-8 (damaged)");
        var other = CharsetDetector.Detect(legacy.WrittenSpan)?.Encoding ?? Charsets.Named("windows-1252")!;
        var text = new StringBuilder(content.Length);
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range];
            var (good, bad) = Count(line);
            if (range.Start.Value > 0) text.Append('\n');
            text.Append((IsOther(good, bad) ? other : Encoding.UTF8).GetString(line));
        }

        return (text.ToString(), $"utf-8 (some lines {other.WebName})");
    }

    /// <summary>All of it is UTF-8 up to its last character, of which the end is missing.</summary>
    private static bool IsCut(ReadOnlySpan<byte> content)
    {
        var last = content[Math.Max(0, content.Length - 3)..].LastIndexOfAnyInRange((byte)0xc2, (byte)0xf4);
        if (last < 0) return false;
        var start = Math.Max(0, content.Length - 3) + last;
        return Rune.DecodeFromUtf8(content[start..], out _, out _) == OperationStatus.NeedMoreData && content[..start].ContainsAnyInRange((byte)0x80, (byte)0xff) && System.Text.Unicode.Utf8.IsValid(content[..start]);
    }

    /// <summary>A line of another encoding, not one of UTF-8 with damage in it.</summary>
    private static bool IsOther(long sound, long stray) => stray > sound;

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
