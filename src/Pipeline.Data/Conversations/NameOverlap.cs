using System.Text.RegularExpressions;

namespace Pipeline.Data.Conversations;

/// <summary>
/// The baseline that a preference model has to beat: it prefers the answer that has more of the words of the subject's name. A name is cut at case, digits and signs;
/// words are lower-case and lose a plural or verbal ending.
/// </summary>
public static partial class NameOverlap
{
    /// <summary>The share of preferences that the baseline gets right; a tie counts half. NaN for no preferences.</summary>
    /// <param name="nameKey">The metadata key of the name. For a qualified name with arguments its last part before them counts.</param>
    public static double Accuracy(IEnumerable<Preference> preferences, string nameKey)
    {
        var (right, count) = (0.0, 0);
        foreach (var preference in preferences)
        {
            if (!preference.Metadata.TryGetValue(nameKey, out var name))
                throw new InvalidDataException($"The preference {preference.Id} lacks the metadata key '{nameKey}'. It has: {string.Join(", ", preference.Metadata.Keys)}.");
            var words = WordsOf(LastPart(name));
            var (chosen, rejected) = (Score(words, preference.Chosen), Score(words, preference.Rejected));
            right += chosen > rejected ? 1 : chosen == rejected ? 0.5 : 0;
            count++;
        }

        return right / count;
    }

    /// <summary>How many of the name's words an answer has.</summary>
    private static int Score(HashSet<string> name, string answer)
    {
        var words = WordsOf(answer);
        return name.Count(words.Contains);
    }

    private static string LastPart(string name)
    {
        var end = name.IndexOfAny(['(', '[']);
        if (end >= 0) name = name[..end];
        name = TypeArguments().Replace(name, "").Replace(".#ctor", "", StringComparison.Ordinal);
        return name[(name.LastIndexOf('.') + 1)..];
    }

    [GeneratedRegex("<[^<>]*>")]
    private static partial Regex TypeArguments();

    internal static HashSet<string> WordsOf(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = start + 1;
            if (!char.IsLetter(text[start])) continue;
            // "HttpClient" -> http client, "XMLReader" -> xml reader.
            while (end < text.Length && char.IsLetter(text[end]) && !StartsWord(text, end)) end++;
            words.Add(Stem(text[start..end].ToLowerInvariant()));
        }

        return words;
    }

    private static bool StartsWord(string text, int at) =>
        char.IsUpper(text[at]) && (char.IsLower(text[at - 1]) || (at + 1 < text.Length && char.IsLower(text[at + 1])));

    private static string Stem(string word)
    {
        foreach (var ending in (ReadOnlySpan<string>)["ing", "ies", "es", "ed", "s", "e"])
        {
            if (word.Length - ending.Length >= 3 && word.EndsWith(ending, StringComparison.Ordinal)) return word[..^ending.Length];
        }

        return word;
    }
}
