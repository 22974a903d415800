using System.Globalization;
using System.Text;
using ICU4N.Text;

namespace Pipeline.Data.Deduplication;

/// <summary>
/// The words of a text as duplicates are compared: lower-case, marks removed (NFD), a number as one 0, everything but letters and numbers a gap.
/// Scripts written without spaces give a word a letter. A word is a 64-bit hash.
/// </summary>
public static class NormalizedWords
{
    private const ulong Basis = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    /// <summary>Puts the hashes of the words in place of what <paramref name="words"/> held.</summary>
    public static void HashesOf(string text, List<ulong> words)
    {
        words.Clear();
        if (Ascii.IsValid(text))
        {
            HashAscii(text, words);
            return;
        }

        HashRunes(Normalizer2.NFDInstance.Normalize(Tokenizers.TextTokenizer.WellFormed(text)), words);
    }

    private static void HashAscii(string text, List<ulong> words)
    {
        var (word, length) = (Basis, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var symbol = text[i];
            if (char.IsAsciiLetter(symbol)) (word, length) = ((word ^ (symbol | 0x20u)) * Prime, length + 1);
            else if (char.IsAsciiDigit(symbol))
            {
                (word, length) = ((word ^ '0') * Prime, length + 1);
                while (i + 1 < text.Length && (char.IsAsciiDigit(text[i + 1]) || (text[i + 1] == '.' && i + 2 < text.Length && char.IsAsciiDigit(text[i + 2])))) i++;
            }
            else if (length > 0)
            {
                words.Add(Mix(word));
                (word, length) = (Basis, 0);
            }
        }

        if (length > 0) words.Add(Mix(word));
    }

    private static void HashRunes(string text, List<ulong> words)
    {
        var (word, length) = (Basis, 0);
        for (var i = 0; i < text.Length;)
        {
            var rune = Rune.GetRuneAt(text, i);
            i += rune.Utf16SequenceLength;
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) continue;
            var isNumber = category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
            var alone = category == UnicodeCategory.OtherLetter && IsWrittenWithoutSpaces(rune.Value);
            if ((alone || !(isNumber || category <= UnicodeCategory.OtherLetter || category == UnicodeCategory.SpacingCombiningMark)) && length > 0)
            {
                words.Add(Mix(word));
                (word, length) = (Basis, 0);
            }

            if (alone) words.Add(Mix((Basis ^ (uint)rune.Value) * Prime));
            else if (isNumber)
            {
                (word, length) = ((word ^ '0') * Prime, length + 1);
                i = EndOfNumber(text, i);
            }
            else if (category <= UnicodeCategory.OtherLetter || category == UnicodeCategory.SpacingCombiningMark)
                (word, length) = ((word ^ (uint)Rune.ToLowerInvariant(rune).Value) * Prime, length + 1);
        }

        if (length > 0) words.Add(Mix(word));
    }

    private static int EndOfNumber(string text, int i)
    {
        while (i < text.Length && (char.IsDigit(text[i]) || (text[i] == '.' && i + 1 < text.Length && char.IsDigit(text[i + 1])))) i++;
        return i;
    }

    /// <summary>Han, kana, Thai, Lao, Myanmar, Khmer.</summary>
    private static bool IsWrittenWithoutSpaces(int value) =>
        value is (>= 0x2E80 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF)
            or (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF);

    /// <summary>The finalizer of MurmurHash3: every bit of the result depends on every bit of the value.</summary>
    internal static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
        value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }
}
