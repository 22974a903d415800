using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Words;

/// <summary>Counts of the words of a corpus in lower case. Beyond the limit rare words are forgotten, so that memory does not grow with the corpus.</summary>
public sealed class Vocabulary(int mostWords)
{
    private readonly Dictionary<string, long> counts = [];

    public int Count => counts.Count;

    /// <summary>The words of a document outside its code.</summary>
    public void Add(Document document)
    {
        var text = CodeShield.Over(document.Text, document).Prose;
        foreach (var word in PlainWords.Of(text)) Add(text.Substring(word.Start, word.Length).ToLowerInvariant(), 1);
        Forget();
    }

    /// <summary>What another vocabulary wrote.</summary>
    public void AddLines(byte[] lines)
    {
        foreach (var (word, count) in SpellingDictionary.Read("a part of the vocabulary", Encoding.UTF8.GetString(lines).Split('\n'), int.MaxValue)) Add(word, count);
        Forget();
    }

    /// <summary>A word, a tab and its count a line, the most frequent first.</summary>
    public byte[] ToLines(long leastCount = 1)
    {
        var lines = new StringBuilder();
        foreach (var (word, count) in counts.Where(c => c.Value >= leastCount).OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(mostWords))
            lines.Append(word).Append('\t').Append(count.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return Encoding.UTF8.GetBytes(lines.ToString());
    }

    private void Add(string word, long count) => CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _) += count;

    private void Forget()
    {
        for (var least = 2L; counts.Count > 2L * mostWords; least++)
            foreach (var (word, _) in counts.Where(c => c.Value < least).ToList()) counts.Remove(word);
    }
}
