namespace Pipeline.Data.Crawling;

public enum CrawlReach
{
    /// <summary>Hosts of the seeds.</summary>
    Host,

    /// <summary>Hosts of the seeds and those below them; <c>www.</c> of a seed counts for nothing.</summary>
    Domain,

    /// <summary>What begins as a seed does, up to its last slash.</summary>
    Prefix,

    /// <summary>Everywhere.</summary>
    Any,
}

/// <summary>Where a crawl begins, how far it goes and how it behaves.</summary>
public sealed record CrawlOptions
{
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Addresses of sitemaps and indexes of them.</summary>
    public IReadOnlyList<string> Sitemaps { get; init; } = [];

    /// <summary>Sitemaps that the robots.txt of the seeds' hosts name are seeds too.</summary>
    public bool SitemapsOfRobots { get; init; }

    /// <summary>Addresses of feeds, whose entries are the links of the first pages.</summary>
    public IReadOnlyList<string> Feeds { get; init; } = [];

    /// <summary>The entries of feeds become documents, as the feed has them.</summary>
    public bool FeedsAreDocuments { get; init; } = true;

    /// <summary>Links of pages lead somewhere; those of feeds always do.</summary>
    public bool FollowsLinks { get; init; } = true;

    public CrawlReach Reach { get; init; } = CrawlReach.Host;

    /// <summary>Patterns with <c>*</c> of whole addresses: what is taken, where there are any, and what is not.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Links away from a seed.</summary>
    public int Depth { get; init; } = 3;

    public int MostPages { get; init; } = 10_000;
    public long MostBytes { get; init; } = 10L << 30;
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Product token first, with an address where whoever runs the servers can complain.</summary>
    public required string UserAgent { get; init; }

    /// <summary>Media types taken; <c>text/*</c> stands for all of its kind.</summary>
    public IReadOnlyList<string> MediaTypes { get; init; } = ["text/*", "application/xhtml+xml", "application/xml", "application/pdf", "application/epub+zip", "application/json", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"];

    /// <summary>Names of parameters of addresses that say nothing of the page.</summary>
    public IReadOnlyCollection<string> DropParameters { get; init; } = WebAddress.Tracking;

    public WebLimits Web { get; init; } = new();
    public TrapLimits Traps { get; init; } = new();
}

/// <summary>How servers are asked.</summary>
public sealed record WebLimits
{
    /// <summary>Bytes of one body, packed and unpacked.</summary>
    public long BodyBytes { get; init; } = 16 << 20;

    /// <summary>For one answer, from the request to the last byte.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(60);

    public int Redirects { get; init; } = 5;

    public int Retries { get; init; } = 3;

    /// <summary>Before the first retry; twice as long before each one more.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A server that wants to be left alone for longer is.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Between the beginnings of two requests to a host; a longer crawl delay of its robots.txt counts instead.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests at once to a host, and to all.</summary>
    public int PerHost { get; init; } = 1;
    public int Together { get; init; } = 16;

    /// <summary>Addresses of private networks and of this machine may be asked.</summary>
    public bool AllowPrivate { get; init; }
}

/// <summary>What makes sites endless, as long as nobody counts.</summary>
public sealed record TrapLimits
{
    public int Segments { get; init; } = 20;

    /// <summary>Times that a segment may be in a path.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>Addresses that differ in their query alone.</summary>
    public int Queries { get; init; } = 1000;

    /// <summary>Addresses with a date that differ in their digits alone.</summary>
    public int Dates { get; init; } = 366;

    /// <summary>Links of one page that are looked at.</summary>
    public int Links { get; init; } = 5000;

    /// <summary>Addresses that wait or were seen.</summary>
    public int Addresses { get; init; } = 5_000_000;
}
