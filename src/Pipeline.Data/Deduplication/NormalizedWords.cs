using System.Text;

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
    /// <param name="ends">In their place, if given: where each word ends in the text.</param>
    public static void HashesOf(string text, List<ulong> words, List<int>? ends = null)
    {
        words.Clear();
        ends?.Clear();
        var units = FoldedLetters.Units;
        var (word, open) = (Basis, false);
        for (var i = 0; i < text.Length; i++)
        {
            var kind = units[text[i]];
            if (kind == FoldedLetters.Gap)
            {
                if (open)
                {
                    words.Add(Mix(word));
                    ends?.Add(i);
                }

                (word, open) = (Basis, false);
            }
            else if (kind < FoldedLetters.Rare) (word, open) = ((word ^ kind) * Prime, true);
            else if (kind == FoldedLetters.Number)
            {
                (word, open) = ((word ^ '0') * Prime, true);
                i = EndOfNumber(text, i);
            }
            else if (kind == FoldedLetters.Rare) i = AddRare(text, i, ref word, ref open, words, ends);
        }

        if (!open) return;
        words.Add(Mix(word));
        ends?.Add(text.Length);
    }

    /// <summary>Returns the last unit of what was read.</summary>
    private static int AddRare(string text, int i, ref ulong word, ref bool open, List<ulong> words, List<int>? ends)
    {
        // Half of a surrogate pair is a gap, as U+FFFD would be.
        Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
        var last = i + length - 1;
        foreach (var (kind, letter, alone) in FoldedLetters.Of(rune))
        {
            if (open && (alone || kind == FoldedLetters.Gap))
            {
                words.Add(Mix(word));
                ends?.Add(i);
                (word, open) = (Basis, false);
            }

            if (alone)
            {
                words.Add(Mix((Basis ^ (uint)letter) * Prime));
                ends?.Add(last + 1);
            }
            else if (kind == FoldedLetters.Number)
            {
                (word, open) = ((word ^ '0') * Prime, true);
                last = EndOfNumber(text, last);
            }
            else if (kind == FoldedLetters.Rare) (word, open) = ((word ^ (uint)letter) * Prime, true);
        }

        return last;
    }

    private static int EndOfNumber(string text, int i)
    {
        while (i + 1 < text.Length && (char.IsDigit(text[i + 1]) || (text[i + 1] == '.' && i + 2 < text.Length && char.IsDigit(text[i + 2])))) i++;
        return i;
    }

    /// <summary>The finalizer of MurmurHash3: every bit of the result depends on every bit of the value.</summary>
    internal static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
        value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }
}
