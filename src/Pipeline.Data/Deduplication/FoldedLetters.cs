using System.Globalization;
using System.Text;
using ICU4N.Text;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>What each UTF-16 unit is to <see cref="NormalizedWords"/>, worked out once: most text is then one look in a table a unit.</summary>
internal static class FoldedLetters
{
    public const ushort Gap = 0;

    /// <summary>Marks and format characters: as if they were not there.</summary>
    public const ushort Nothing = 0xFFFE;

    public const ushort Number = 0xFFFD;

    /// <summary>Halves of surrogate pairs, letters that decompose into several and letters of scripts without spaces: see <see cref="Of"/>.</summary>
    public const ushort Rare = 0xFFFC;

    /// <summary>One of the above, or the letter in lower case without marks.</summary>
    public static readonly ushort[] Units = [.. Enumerable.Range(0, 0x10000).Select(OfUnit)];

    /// <summary>A rune's decomposition (NFD), each rune with what it is: one of the words above, or <see cref="Rare"/> for a letter, alone where it makes a word of its own.</summary>
    public static IEnumerable<(ushort Kind, int Letter, bool Alone)> Of(Rune rune)
    {
        foreach (var part in (Normalizer2.NFDInstance.GetDecomposition(rune.Value) ?? rune.ToString()).EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(part);
            if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) continue;
            if (category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber) yield return (Number, 0, false);
            else if (category is <= UnicodeCategory.OtherLetter or UnicodeCategory.SpacingCombiningMark)
                yield return (Rare, Rune.ToLowerInvariant(part).Value, category == UnicodeCategory.OtherLetter && WholeWords.IsWrittenWithoutSpaces(part.Value));
            else yield return (Gap, 0, false);
        }
    }

    private static ushort OfUnit(int unit)
    {
        if (char.IsSurrogate((char)unit)) return Rare;
        var parts = Of(new Rune(unit)).ToList();
        return parts switch
        {
            [] => Nothing,
            [(Rare, < Rare and > Gap, false) letter] => (ushort)letter.Letter,
            [(Gap or Number, _, _) other] => other.Kind,
            _ => Rare,
        };
    }
}
