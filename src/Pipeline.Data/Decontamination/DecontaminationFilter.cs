using System.Globalization;
using System.Text;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Quality;

namespace Pipeline.Data.Decontamination;

public enum ContaminationAction
{
    /// <summary>Drop the document.</summary>
    Drop,

    /// <summary>Cut the sentences that share a run, and drop the document where nothing is left.</summary>
    Cut,

    /// <summary>Count it and leave it.</summary>
    Report,
}

/// <summary>Looks for items of benchmarks in documents.</summary>
public sealed class DecontaminationFilter : DocumentFilter
{
    private const int LongestSentence = 400;
    private const int LeastLetters = 3;

    private readonly BenchmarkIndex index;
    private readonly ContaminationAction action;

    public DecontaminationFilter(BenchmarkIndex index, int n, ContaminationAction action)
    {
        (this.index, this.action) = (index, action);
        var run = string.Create(CultureInfo.InvariantCulture, $"{n} words");
        Rules = [("overlap_cut", action == ContaminationAction.Cut ? run : "off"), ("overlap", run)];
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        var sentences = Split(document.Text);
        var (words, sentenceOf) = Words(document.Text, sentences);
        var marked = new bool[sentences.Count];
        var item = -1;
        foreach (var (word, length, found) in index.Find(words))
        {
            if (item < 0) item = found;
            for (var s = sentenceOf[word]; s <= sentenceOf[word + length - 1]; s++) marked[s] = true;
            if (action != ContaminationAction.Cut) break;
        }

        if (item < 0) return document;
        tally.Found("contaminated");
        tally.Found("contaminated." + Benchmark(index.NameOf(item)));
        if (action == ContaminationAction.Report) return document;
        if (action == ContaminationAction.Cut && Without(document.Text, sentences, marked) is { Length: > 0 } rest)
        {
            var (start, end) = sentences[Array.IndexOf(marked, true)];
            tally.Cut(0, document.Id, document.Text[start..end], 0, document.Text.Length - rest.Length, index.NameOf(item));
            return document with { Text = rest };
        }

        tally.Dropped(1, document.Id, document.Text, document.Text.Length, index.NameOf(item));
        return null;
    }

    private static string Benchmark(string item) => item[..item.LastIndexOf(':')];

    private static List<(int Start, int End)> Split(string text)
    {
        var sentences = new List<(int Start, int End)>();
        for (var start = 0; start < text.Length;)
        {
            // A line ends a sentence as well, where nobody wrote a mark.
            var line = text.IndexOf('\n', start) is >= 0 and var stop ? stop + 1 : text.Length;
            while (start < line)
            {
                var end = start + Sentences.EndOf(text.AsSpan(start, line - start), 0);
                AddParts(text, start, end, sentences);
                start = end;
            }
        }

        return sentences;
    }

    /// <summary>Adds what lies between two ends of sentences by their marks: one sentence or several, or stretches where it goes on and on. Linear time, however many there are.</summary>
    private static void AddParts(string text, int start, int end, List<(int Start, int End)> sentences)
    {
        // Many do not begin sentences with capitals: after a word that is too long for most abbreviations a mark and a blank are enough.
        for (var at = start + 1; at + 1 < end; at++)
        {
            if (!char.IsWhiteSpace(text[at + 1]) || text[at] is not ('.' or '?' or '!' or '…') || (text[at] == '.' && !EndsInWord(text.AsSpan(start, at - start)))) continue;
            var next = AfterBlanks(text.AsSpan(0, end), at + 1);
            if (next >= end || !char.IsLower(text[next])) continue;
            sentences.Add((start, next));
            start = at = next;
        }

        while (end - start > LongestSentence)
        {
            var blank = start + LongestSentence;
            while (blank > start + (LongestSentence / 2) && !char.IsWhiteSpace(text[blank])) blank--;
            if (blank == start + (LongestSentence / 2)) break;
            blank = AfterBlanks(text.AsSpan(0, end), blank);
            sentences.Add((start, blank));
            start = blank;
        }

        if (start < end) sentences.Add((start, end));
    }

    private static bool EndsInWord(ReadOnlySpan<char> text)
    {
        var letters = 0;
        while (letters < text.Length && letters < LeastLetters && char.IsLetter(text[text.Length - 1 - letters])) letters++;
        return letters == LeastLetters;
    }

    private static int AfterBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    private static (List<ulong> Words, List<int> SentenceOf) Words(string text, List<(int Start, int End)> sentences)
    {
        List<ulong> words = [], own = [];
        List<int> sentenceOf = [];
        for (var s = 0; s < sentences.Count; s++)
        {
            NormalizedWords.HashesOf(text[sentences[s].Start..sentences[s].End], own);
            words.AddRange(own);
            for (var i = 0; i < own.Count; i++) sentenceOf.Add(s);
        }

        return (words, sentenceOf);
    }

    private static string Without(string text, List<(int Start, int End)> sentences, bool[] marked)
    {
        var rest = new StringBuilder(text.Length);
        for (var s = 0; s < sentences.Count; s++)
            if (!marked[s]) rest.Append(text, sentences[s].Start, sentences[s].End - sentences[s].Start);
        return rest.ToString().Trim();
    }
}
