using System.Text;
using Lucene.Net.Tartarus.Snowball;
using Lucene.Net.Tartarus.Snowball.Ext;

namespace Pipeline.Data.Words;

/// <summary>The stemmers of Snowball; <see cref="Porter"/> is the original of 1980, <see cref="English"/> its successor.</summary>
public enum StemmingAlgorithm
{
    None,
    Porter,
    English,
    Armenian,
    Basque,
    Catalan,
    Danish,
    Dutch,
    French,
    German,
    Hungarian,
    Irish,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Turkish,
}

/// <summary>Words in lower case and without their endings. One thread at a time.</summary>
public sealed class Stemmer
{
    private readonly SnowballProgram program;

    public Stemmer(StemmingAlgorithm algorithm) => program = algorithm switch
    {
        StemmingAlgorithm.Porter => new PorterStemmer(),
        StemmingAlgorithm.English => new EnglishStemmer(),
        StemmingAlgorithm.Armenian => new ArmenianStemmer(),
        StemmingAlgorithm.Basque => new BasqueStemmer(),
        StemmingAlgorithm.Catalan => new CatalanStemmer(),
        StemmingAlgorithm.Danish => new DanishStemmer(),
        StemmingAlgorithm.Dutch => new DutchStemmer(),
        StemmingAlgorithm.French => new FrenchStemmer(),
        StemmingAlgorithm.German => new GermanStemmer(),
        StemmingAlgorithm.Hungarian => new HungarianStemmer(),
        StemmingAlgorithm.Irish => new IrishStemmer(),
        StemmingAlgorithm.Italian => new ItalianStemmer(),
        StemmingAlgorithm.Norwegian => new NorwegianStemmer(),
        StemmingAlgorithm.Portuguese => new PortugueseStemmer(),
        StemmingAlgorithm.Romanian => new RomanianStemmer(),
        StemmingAlgorithm.Russian => new RussianStemmer(),
        StemmingAlgorithm.Spanish => new SpanishStemmer(),
        StemmingAlgorithm.Swedish => new SwedishStemmer(),
        StemmingAlgorithm.Turkish => new TurkishStemmer(),
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "There is no such stemmer."),
    };

    /// <param name="word">In lower case.</param>
    public string StemOf(string word)
    {
        program.SetCurrent(word);
        program.Stem();
        return program.Current;
    }

    /// <summary>Every run of letters as its stem, everything between them as it is.</summary>
    public string Stem(string text)
    {
        var stemmed = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            while (at < text.Length && !IsLetter(text, at)) at++;
            stemmed.Append(text, start, at - start);
            start = at;
            while (at < text.Length && IsLetter(text, at)) at++;
            if (at > start) stemmed.Append(StemOf(text[start..at].ToLowerInvariant()));
        }

        return stemmed.ToString();
    }

    /// <summary>An apostrophe between letters belongs to the word: the English stemmers cut what follows it.</summary>
    private static bool IsLetter(string text, int at) =>
        char.IsLetter(text[at]) || (text[at] == '\'' && at > 0 && at + 1 < text.Length && char.IsLetter(text[at - 1]) && char.IsLetter(text[at + 1]));
}
