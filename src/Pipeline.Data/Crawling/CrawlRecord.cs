namespace Pipeline.Data.Crawling;

/// <summary>What was asked for.</summary>
public enum CrawlKind
{
    Page,
    Feed,
    Sitemap,
    Robots,
}

/// <summary>Bytes in the file of bodies.</summary>
/// <param name="Sha256">Of what they unpack to, lower-case hex.</param>
public sealed record BodyPlace(long Offset, int Length, string Sha256);

/// <param name="Reason">A word of <see cref="Refusals"/>.</param>
public sealed record CrawlFailure(string Reason, string Detail);

/// <summary>One address and what came of it: a line of the journal.</summary>
/// <param name="Address">Normalised.</param>
public sealed record CrawlRecord(CrawlKind Kind, string Address)
{
    public int Status { get; init; }

    /// <summary>Where it is redirected to, normalised.</summary>
    public string? Location { get; init; }

    public string? ContentType { get; init; }
    public string? ETag { get; init; }
    public string? LastModified { get; init; }
    public string? Canonical { get; init; }
    public bool NoIndex { get; init; }

    /// <summary>Verdict of robots.txt and the rule that decided; null where none was asked.</summary>
    public string? Rule { get; init; }

    /// <summary>A word of <see cref="Refusals"/>, and what is known of it.</summary>
    public string? Refusal { get; init; }
    public string? Detail { get; init; }

    /// <summary>Bytes of the body.</summary>
    public long Size { get; init; }

    public BodyPlace? Body { get; init; }

    /// <summary>Addresses of its links, a line each.</summary>
    public BodyPlace? Links { get; init; }

    public DateTimeOffset FetchedAt { get; init; }

    /// <summary>The server said that it is as an earlier crawl found it.</summary>
    public bool Unchanged { get; init; }

    /// <summary>What failed for a moment, so that this is still what an earlier crawl found.</summary>
    public CrawlFailure? Kept { get; init; }

    internal bool IsSuccess => Refusal is null && Status is >= 200 and < 300;
}
