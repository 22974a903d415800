using System.Buffers;

namespace Pipeline.Data.Extraction;

/// <summary>Where letters stand in words of Greek, Hebrew and Cyrillic, whose bytes are the same in their encodings: what no word of the one does tells it from the others where there are few letters to count.</summary>
internal static class WordShapes
{
    private const int LongWord = 4;

    private static readonly SearchValues<char> GreekAccents = SearchValues.Create("άέήίόύώΐΰ"), CyrillicVowels = SearchValues.Create("аеиоуыэюяёіїєѝ");

    /// <summary>Points against a text, below zero for it, for a letter of it; those for a word count at its last letter.</summary>
    public static double Oddness(string text, int i)
    {
        var c = text[i];
        var ends = i + 1 == text.Length || !char.IsLetter(text[i + 1]);
        var odd = char.ToLowerInvariant(c) switch
        {
            // Letters that have another form at the end of a word.
            'ς' => ends ? -.4 : 2,
            'σ' => ends ? 2 : 0,
            'ΰ' or 'ΐ' or 'ϋ' or 'ϊ' => .6,
            'ך' or 'ם' or 'ן' or 'ף' or 'ץ' => ends ? -.4 : 2,
            'כ' or 'מ' or 'נ' or 'צ' => ends ? 1.5 : 0,
            'ъ' or 'ь' or 'ы' => i == 0 || !char.IsLetter(text[i - 1]) ? 1.5 : c == 'ъ' && ends ? 1 : 0,
            _ => 0.0,
        };
        if (!ends) return odd;
        var start = i;
        while (start > 0 && char.IsLetter(text[start - 1]) && i - start < 64) start--;
        var word = text.AsSpan(start, i + 1 - start);
        if (word.Length < LongWord || !char.IsLower(c)) return odd;
        // Nearly every word of more than one syllable has its accent; and all have a vowel.
        if (c is >= 'ά' and <= 'ώ' && word.IndexOfAny(GreekAccents) < 0) odd += 1.5;
        if (c is >= 'а' and <= 'џ' && word.IndexOfAny(CyrillicVowels) < 0) odd += 1.5;
        return odd;
    }
}
