namespace Pipeline.Data.Quality;

/// <summary>Addresses that nobody wants: whole domains, single pages, and words.</summary>
public sealed class BlockList
{
    private static readonly string[] HostsFileAddresses = ["0.0.0.0", "127.0.0.1", "::", "::1"];

    /// <summary>With everything below them: <c>bad.org</c> is <c>www.bad.org</c> too.</summary>
    public HashSet<string> Domains { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Exact, without their scheme and the last slash.</summary>
    public HashSet<string> Urls { get; } = new(StringComparer.Ordinal);

    /// <summary>One is enough, as a whole word.</summary>
    public HashSet<string> Words { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Some of them together are enough.</summary>
    public HashSet<string> SoftWords { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One is enough, anywhere in the letters and digits of the address.</summary>
    public HashSet<string> Subwords { get; } = new(StringComparer.OrdinalIgnoreCase);

    public int Count => Domains.Count + Urls.Count + Words.Count + SoftWords.Count + Subwords.Count;

    /// <summary>
    /// Reads lines of <c>domain NAME</c>, <c>url ADDRESS</c>, <c>word WORD</c>, <c>soft_word WORD</c> or <c>subword TEXT</c>. A line of one word is a domain, and so is one of a hosts file (<c>0.0.0.0 NAME</c>).
    /// Lines that begin with # are remarks.
    /// </summary>
    /// <exception cref="InvalidDataException">A line of another kind, or more entries than the limit.</exception>
    public void Read(string name, IEnumerable<string> lines, int mostEntries)
    {
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var parts = line.Split('#')[0].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith("url ", StringComparison.Ordinal)) parts = ["url", line[4..].Trim()];
            if (parts.Length == 0) continue;
            if (Count >= mostEntries) throw new InvalidDataException($"{name}:{number}: is beyond {mostEntries} entries. Raise maximum_entries or give a smaller list.");
            _ = parts switch
            {
                [var domain] => Domains.Add(domain),
                [var address, var domain] when HostsFileAddresses.Contains(address) => Domains.Add(domain),
                ["domain", var domain] => Domains.Add(domain),
                ["url", var url] => Urls.Add(UrlFilter.Bare(url)),
                ["word", var word] => Words.Add(word),
                ["soft_word", var word] => SoftWords.Add(word),
                ["subword", var word] => Subwords.Add(word),
                _ => throw new InvalidDataException($"{name}:{number}: is no entry of a block list; expected a domain, or one of domain, url, word, soft_word and subword with what it blocks."),
            };
        }
    }
}
