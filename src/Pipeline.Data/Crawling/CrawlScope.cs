namespace Pipeline.Data.Crawling;

/// <summary>Which addresses belong to a crawl.</summary>
internal sealed class CrawlScope
{
    private readonly CrawlOptions options;
    private readonly HashSet<string> hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> prefixes = [];

    public CrawlScope(CrawlOptions options, IEnumerable<Uri> seeds)
    {
        this.options = options;
        foreach (var seed in seeds)
        {
            hosts.Add(options.Reach != CrawlReach.Domain ? seed.Authority : seed.Host.StartsWith("www.", StringComparison.Ordinal) ? seed.Host[4..] : seed.Host);
            var start = seed.GetLeftPart(UriPartial.Path);
            prefixes.Add(start[(start.IndexOf("//", StringComparison.Ordinal) + 2)..(start.LastIndexOf('/') + 1)]);
        }
    }

    public bool Holds(Uri address)
    {
        var written = address.AbsoluteUri;
        if (options.Exclude.Any(p => Wildcards.Matches(p, written, toEnd: true))) return false;
        if (options.Include.Count > 0 && !options.Include.Any(p => Wildcards.Matches(p, written, toEnd: true))) return false;
        return options.Reach switch
        {
            CrawlReach.Any => true,
            CrawlReach.Host => hosts.Contains(address.Authority),
            // A page is the same with and without TLS.
            CrawlReach.Prefix => prefixes.Exists(p => written.AsSpan(address.Scheme.Length + 3).StartsWith(p, StringComparison.Ordinal)),
            _ => Domains(address.Host).Any(hosts.Contains),
        };
    }

    private static IEnumerable<string> Domains(string host)
    {
        for (var at = 0; at >= 0 && at < host.Length; at = host.IndexOf('.', at) is >= 0 and var dot ? dot + 1 : -1) yield return host[at..];
    }
}
