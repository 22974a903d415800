using System.Buffers;
using System.Globalization;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Quality;

/// <summary>Drops documents by their address. Those without one pass, and are counted.</summary>
public sealed class UrlFilter : DocumentFilter
{
    private readonly BlockList blocked;
    private readonly SearchValues<string>? subwords;
    private readonly int softWords;

    /// <param name="softWords">How many soft words are enough.</param>
    public UrlFilter(BlockList blocked, int softWords)
    {
        (this.blocked, this.softWords) = (blocked, softWords);
        if (blocked.Subwords.Count > 0) subwords = SearchValues.Create([.. blocked.Subwords], StringComparison.OrdinalIgnoreCase);
        Rules = [("domain", Text(blocked.Domains.Count)), ("url", Text(blocked.Urls.Count)), ("word", Text(blocked.Words.Count)), ("soft_words", Text(softWords)), ("subword", Text(blocked.Subwords.Count))];
    }

    public override IReadOnlyList<(string Rule, string? Threshold)> Rules { get; }

    public override Document? Apply(Document document, FunnelTally tally)
    {
        tally.Begin(document.Text.Length);
        if (string.IsNullOrEmpty(document.Url)) tally.Found("without_url");
        else if (Blocked(document.Url) is { } found)
        {
            tally.Dropped(found.Rule, document.Id, document.Text, document.Text.Length, found.Value);
            return null;
        }

        return document;
    }

    /// <summary>An address without its scheme and the last slash.</summary>
    internal static string Bare(string url)
    {
        var at = url.IndexOf("://", StringComparison.Ordinal);
        return (at < 0 ? url : url[(at + 3)..]).TrimEnd('/');
    }

    private (int Rule, string Value)? Blocked(string url)
    {
        var bare = Bare(url);
        var host = bare.AsSpan(0, bare.AsSpan().IndexOfAny("/?#") is >= 0 and var end ? end : bare.Length);
        host = host[(host.LastIndexOf('@') + 1)..];
        if (host.LastIndexOf(':') is >= 0 and var port && !host[(port + 1)..].ContainsAnyExceptInRange('0', '9')) host = host[..port];
        var domains = blocked.Domains.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var domain = host.TrimEnd('.'); !domain.IsEmpty; domain = domain.IndexOf('.') is >= 0 and var dot ? domain[(dot + 1)..] : [])
            if (domains.Contains(domain)) return (0, domain.ToString());
        if (blocked.Urls.Contains(bare)) return (1, "this address");

        var (words, soft) = (blocked.Words.GetAlternateLookup<ReadOnlySpan<char>>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        Span<char> letters = url.Length <= 1024 ? stackalloc char[url.Length] : new char[url.Length];
        var length = 0;
        for (var at = 0; at < url.Length;)
        {
            var start = at;
            while (at < url.Length && char.IsLetterOrDigit(url[at])) letters[length++] = url[at++];
            var word = url.AsSpan(start, at - start);
            if (!word.IsEmpty && words.Contains(word)) return (2, word.ToString());
            if (!word.IsEmpty && blocked.SoftWords.Count > 0 && blocked.SoftWords.TryGetValue(word.ToString(), out var known) && soft.Add(known) && soft.Count >= softWords) return (3, string.Join(' ', soft.Order(StringComparer.Ordinal)));
            at++;
        }

        return subwords is not null && letters[..length].ContainsAny(subwords) ? (4, "subword") : null;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
