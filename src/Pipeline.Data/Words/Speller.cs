using System.Text;

namespace Pipeline.Data.Words;

/// <summary>Corrects words of prose that no dictionary has. Code, names and short words stay as they are.</summary>
internal sealed class Speller(SpellingDictionary dictionary, int mostDistance, int leastLength)
{
    /// <summary>A word must be longer than this for two mistakes; in a shorter one two changes make any word of any other.</summary>
    private const int LongestForOneMistake = 7;

    public string Correct(string text)
    {
        HashSet<string>? names = null;
        StringBuilder? corrected = null;
        var copied = 0;
        foreach (var word in PlainWords.Of(text))
        {
            if (word.Length < leastLength) continue;
            var written = text.AsSpan(word.Start, word.Length);
            var capital = char.IsUpper(written[0]);
            if (capital && !word.BeginsSentence) continue;
            var lower = written.ToString().ToLowerInvariant();
            if (dictionary.Has(lower) || lower.AsSpan().ContainsAny('\'', '’')) continue;
            if (capital && (names ??= Names(text)).Contains(written.ToString())) continue;
            if (dictionary.Nearest(lower, word.Length > LongestForOneMistake ? mostDistance : Math.Min(1, mostDistance)) is not { } right) continue;
            (corrected ??= new(text.Length + 16)).Append(text, copied, word.Start - copied).Append(capital ? char.ToUpperInvariant(right[0]) + right[1..] : right);
            copied = word.Start + word.Length;
        }

        return corrected is null ? text : corrected.Append(text, copied, text.Length - copied).ToString();
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
