using System.Globalization;
using System.Text;

namespace Pipeline.Data.Words;

/// <summary>Corrects words of prose that no dictionary has. Code, names and short words stay as they are.</summary>
internal sealed class Speller(SpellingDictionary dictionary, int mostDistance, int leastLength)
{
    /// <summary>A word must be longer than this for two mistakes; in a shorter one two changes make any word of any other.</summary>
    private const int LongestForOneMistake = 7;

    /// <summary>Of words this short, and of those in capitals, which may be abbreviations, only two letters that are swapped are a mistake, and only of words as frequent as <c>the</c>.</summary>
    private const int LongestForSwap = 3;

    public string Correct(string text)
    {
        HashSet<string>? names = null;
        StringBuilder? corrected = null;
        var copied = 0;
        // A word that does not fit is none of a dictionary, nor near to one.
        var buffer = new char[SpellingDictionary.LongestWord];
        foreach (var word in PlainWords.Of(text, shouted: true))
        {
            if (word.Length < leastLength) continue;
            var written = text.AsSpan(word.Start, word.Length);
            var capital = char.IsUpper(written[0]);
            if (capital && !word.BeginsSentence && !word.Shouted) continue;
            if (written.ToLowerInvariant(buffer) < 0) continue;
            if (dictionary.Has(buffer.AsSpan(0, word.Length))) continue;
            var lower = new string(buffer, 0, word.Length);
            if (lower.AsSpan().ContainsAny('\'', '’')) continue;
            if (capital && !word.Shouted && (names ??= Names(text)).Contains(written.ToString())) continue;
            if (Right(lower, word.Shouted) is not { } right) continue;
            (corrected ??= new(text.Length + 16)).Append(text, copied, word.Start - copied).Append(word.Shouted ? right.ToUpperInvariant() : capital ? char.ToUpperInvariant(right[0]) + right[1..] : right);
            copied = word.Start + word.Length;
        }

        return corrected is null ? text : corrected.Append(text, copied, text.Length - copied).ToString();
    }

    private string? Right(string word, bool shouted)
    {
        if (word.Length <= LongestForSwap || shouted) return dictionary.Swapped(word);
        var marks = Marks(word);
        // What differs by its marks alone (naïve and naive) is the same word, and no correction takes a mark away.
        if (marks > 0 && dictionary.Has(WithoutMarks(word))) return null;
        var right = dictionary.Nearest(word, word.Length > LongestForOneMistake ? mostDistance : Math.Min(1, mostDistance));
        return right is null || (marks > 0 && Marks(right) < marks) ? null : right;
    }

    private static int Marks(string word)
    {
        var marks = 0;
        foreach (var c in word)
            if (!char.IsAscii(c)) marks++;
        return marks;
    }

    private static string WithoutMarks(string word)
    {
        var plain = new StringBuilder(word.Length);
        ICU4N.Text.Normalizer2.NFDInstance.Normalize(word, plain);
        var kept = 0;
        for (var i = 0; i < plain.Length; i++)
            if (char.GetUnicodeCategory(plain[i]) != UnicodeCategory.NonSpacingMark) plain[kept++] = plain[i];
        return plain.ToString(0, kept);
    }

    /// <summary>Words with a capital where no sentence begins.</summary>
    private static HashSet<string> Names(string text)
    {
        var names = new HashSet<string>();
        foreach (var word in PlainWords.Of(text))
            if (!word.BeginsSentence && char.IsUpper(text[word.Start])) names.Add(text.Substring(word.Start, word.Length));
        return names;
    }
}
