using System.Collections.Concurrent;
using System.Globalization;
using Pipeline.Data.Cleaning;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Words;

public sealed record WordOptions
{
    /// <summary>As <see cref="CleaningOptions.ProtectCode"/>, to the character. Web and mail addresses are never changed.</summary>
    public bool ProtectCode { get; init; } = true;

    /// <summary>Abbreviation to what it stands for.</summary>
    public IReadOnlyDictionary<string, string> Abbreviations { get; init; } = new Dictionary<string, string>();
    public bool Definitions { get; init; }

    /// <summary>Null for no correction of spelling.</summary>
    public SpellingDictionary? Dictionary { get; init; }
    public int MostDistance { get; init; } = SpellingDictionary.MostDistance;
    public int LeastLength { get; init; } = 3;
    public StemmingAlgorithm Stemming { get; init; }
}

/// <summary>Changes words and not only characters: for search and for classifiers of words. It harms language models, which learn what they are given.</summary>
public sealed class WordFilter : DocumentFilter
{
    private readonly bool protectCode;
    private readonly List<(string Rule, string? Threshold, Func<string, string> Apply)> operations = [];
    private readonly ConcurrentBag<Stemmer> stemmers = [];

    public WordFilter(WordOptions options)
    {
        protectCode = options.ProtectCode;
        if (options.Abbreviations.Count > 0 || options.Definitions) operations.Add(("abbreviations", null, new Abbreviations(options.Abbreviations, options.Definitions).Expand));
        if (options.Dictionary is { } dictionary)
            operations.Add(("spelling", options.MostDistance.ToString(CultureInfo.InvariantCulture), new Speller(dictionary, options.MostDistance, options.LeastLength).Correct));
        if (options.Stemming != StemmingAlgorithm.None) operations.Add(("stemming", options.Stemming.ToString().ToLowerInvariant(), text => Stem(text, options.Stemming)));
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules => [.. operations.Select(o => (o.Rule, o.Threshold))];

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        var shield = CodeShield.OverWords(document.Text, document, protectCode);
        shield.Count(tally);
        var any = false;
        for (var i = 0; i < operations.Count; i++)
        {
            var length = shield.Length;
            if (!shield.Apply(operations[i].Apply)) continue;
            any = true;
            tally.Changed(i, document.Id, length - shield.Length, shield.Texts);
        }

        return any ? document with { Text = shield.Text } : document;
    }

    private string Stem(string text, StemmingAlgorithm algorithm)
    {
        if (!stemmers.TryTake(out var stemmer)) stemmer = new(algorithm);
        var stemmed = stemmer.Stem(text);
        stemmers.Add(stemmer);
        return stemmed;
    }
}
