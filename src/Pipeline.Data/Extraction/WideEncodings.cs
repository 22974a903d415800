using System.Text;

namespace Pipeline.Data.Extraction;

/// <summary>UTF-16 and UTF-32 without a byte order mark, told by where their zero bytes are and by making text.</summary>
internal static class WideEncodings
{
    private const int Sample = 1 << 14;

    private static readonly Encoding[] Candidates =
    [
        new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true), new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true),
    ];

    /// <summary>Null where none of them makes text of the bytes.</summary>
    public static Encoding? Detect(ReadOnlySpan<byte> content)
    {
        var (best, most) = ((Encoding?)null, .7);
        foreach (var encoding in Candidates)
        {
            var unit = encoding is UTF32Encoding ? 4 : 2;
            if (content.Length % unit != 0) continue;
            try
            {
                // All of it must decode; how much of it is text is told by its beginning.
                encoding.GetCharCount(content);
                var share = Readable(encoding.GetString(content[..Math.Min(content.Length, Sample)]));
                if (share > most) (best, most) = (encoding, share);
            }
            catch (ArgumentException)
            {
                // Its surrogates or planes are none.
            }
        }

        return best;
    }

    /// <summary>The share of blanks, ASCII and letters, where one block of Unicode holds most of those beyond ASCII.</summary>
    private static double Readable(string text)
    {
        if (text.Length == 0) return 0;
        var (good, blanks, blocks) = (0, 0, new Dictionary<int, int>());
        foreach (var c in text)
        {
            if (c is '\n' or '\r' or '\t' or ' ') blanks++;
            if (c is (>= ' ' and < '\u007f') or '\n' or '\r' or '\t') good++;
            else if (c is >= '\u4e00' and <= '\u9fff') Count(0x4e);
            else if (c is >= '\uac00' and <= '\ud7a3') Count(0xac);
            else if (char.IsLetter(c) || char.IsSurrogate(c) || char.IsPunctuation(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark) Count(c >> 8);

            void Count(int block) => blocks[block] = blocks.GetValueOrDefault(block) + 1;
        }

        // Bytes in the wrong order scatter: the two or three blocks of a real script do not.
        good += blocks.Values.OrderDescending().Take(3).Sum();
        return (double)good / text.Length + (blanks > 0 ? .01 : 0);
    }
}
