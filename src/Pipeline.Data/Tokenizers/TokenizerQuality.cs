using System.Text;

namespace Pipeline.Data.Tokenizers;

/// <summary>Counts of one tokenizer over some texts.</summary>
public sealed record TokenizerFigures
{
    public long Documents { get; set; }

    /// <summary>Of the texts as UTF-8.</summary>
    public long Bytes { get; set; }

    public long Characters { get; set; }

    /// <summary>What white space separates. Scripts that are written without it have few.</summary>
    public long Words { get; set; }

    public long Tokens { get; set; }

    public long Unknown { get; set; }

    /// <summary>Of <see cref="Bytes"/>, those that unknown tokens stand for.</summary>
    public long UnknownBytes { get; set; }

    /// <summary>Texts that come back exactly.</summary>
    public long Restored { get; set; }

    /// <summary>How well the tokens compress.</summary>
    public double BytesPerToken => Ratio(Bytes, Tokens);

    /// <summary>Of what the tokens spell, without unknown ones and what they stand for.</summary>
    public double KnownBytesPerToken => Ratio(Bytes - UnknownBytes, Tokens - Unknown);

    /// <summary>As if what is unknown were spelled in bytes: what tokenizers are compared by, for the less a tokenizer knows, the fewer tokens it makes.</summary>
    public double ComparableBytesPerToken => Ratio(Bytes, Tokens - Unknown + UnknownBytes);

    /// <summary>The share of the bytes that unknown tokens stand for.</summary>
    public double UnknownByteRate => Ratio(UnknownBytes, Bytes);

    public double CharactersPerToken => Ratio(Characters, Tokens);

    /// <summary>Tokens per word.</summary>
    public double Fertility => Ratio(Tokens, Words);

    public double UnknownRate => Ratio(Unknown, Tokens);

    public double RestoredRate => Ratio(Restored, Documents);

    internal void Add(TokenizerFigures other)
    {
        Documents += other.Documents;
        Bytes += other.Bytes;
        Characters += other.Characters;
        Words += other.Words;
        Tokens += other.Tokens;
        Unknown += other.Unknown;
        UnknownBytes += other.UnknownBytes;
        Restored += other.Restored;
    }

    private static double Ratio(long part, long of) => of == 0 ? 0 : (double)part / of;
}

/// <summary>Measures a tokenizer on texts, in all and by language. One instance serves one thread; sums do not depend on which counted what.</summary>
public sealed class TokenizerQuality(TextTokenizer tokenizer)
{
    private readonly SortedDictionary<string, TokenizerFigures> languages = new(StringComparer.Ordinal);
    private readonly long[] uses = new long[tokenizer.Model.VocabularySize];

    public TokenizerFigures All { get; } = new();

    /// <summary>By BCP 47 tag; texts of no known language are <c>und</c>.</summary>
    public IReadOnlyDictionary<string, TokenizerFigures> Languages => languages;

    /// <summary>The share of the ordinary tokens that occur.</summary>
    public double VocabularyUse => uses.Where((_, id) => tokenizer.Model.IsOrdinary(id)).DefaultIfEmpty().Average(count => count > 0 ? 1.0 : 0);

    public void Add(string text, string? language)
    {
        var ids = tokenizer.Encode(text);
        var bytes = Encoding.UTF8.GetByteCount(text);
        var unknown = tokenizer.Model.Unknown is { } id ? ids.Count(each => each == id) : 0;
        var figures = new TokenizerFigures
        {
            Documents = 1,
            Bytes = bytes,
            Characters = text.EnumerateRunes().Count(),
            Words = WordsIn(text),
            Tokens = ids.Count,
            Unknown = unknown,
            UnknownBytes = unknown == 0 ? 0 : Math.Min(bytes, tokenizer.UnknownBytes(text)),
            Restored = tokenizer.DecodeWhole(ids) == text ? 1 : 0,
        };
        foreach (var each in ids) uses[each]++;
        All.Add(figures);
        Of(language ?? "und").Add(figures);
    }

    public void Add(TokenizerQuality other)
    {
        All.Add(other.All);
        foreach (var (language, figures) in other.languages) Of(language).Add(figures);
        for (var id = 0; id < uses.Length; id++) uses[id] += other.uses[id];
    }

    /// <summary>The tokens with the most bytes among those that occur, each with how often.</summary>
    public IReadOnlyList<(string Text, long Uses)> Longest(int most) =>
        [.. Enumerable.Range(0, uses.Length).Where(id => uses[id] > 0).OrderByDescending(id => tokenizer.BytesOf(id).Length).ThenBy(id => id).Take(most).Select(id => (tokenizer.Decode([id]), uses[id]))];

    private TokenizerFigures Of(string language) => languages.TryGetValue(language, out var known) ? known : languages[language] = new();

    private static long WordsIn(string text)
    {
        var (words, within) = (0L, false);
        foreach (var symbol in text)
        {
            var space = char.IsWhiteSpace(symbol);
            if (!space && !within) words++;
            within = !space;
        }

        return words;
    }
}
