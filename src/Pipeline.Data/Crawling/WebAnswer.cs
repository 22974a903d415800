namespace Pipeline.Data.Crawling;

/// <param name="ETag">Of what is there already: the server then says whether it is still so.</param>
/// <param name="Authorization">Sent to the address itself and not where that leads.</param>
public sealed record FetchRequest(Uri Address, string? ETag = null, string? LastModified = null, string? Authorization = null)
{
    /// <summary>Null takes any media type.</summary>
    public IReadOnlyList<string>? MediaTypes { get; init; }

    /// <summary>Bytes of the body, where it may not have as many as others.</summary>
    public long? MostBytes { get; init; }

    /// <summary>Give what came of a longer body, instead of none.</summary>
    public bool CutBody { get; init; }
}

/// <summary>What a server answered, or why nothing of it can be taken.</summary>
public sealed record WebAnswer(int Status)
{
    public string? ContentType { get; init; }
    public string? ETag { get; init; }
    public string? LastModified { get; init; }
    public string? Location { get; init; }

    /// <summary>Values of Link and X-Robots-Tag.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];
    public IReadOnlyList<string> RobotsTags { get; init; } = [];

    public byte[] Body { get; init; } = [];

    /// <summary>A <see cref="Refusals"/> word; null where the answer can be taken.</summary>
    public string? Refusal { get; init; }

    public string Detail { get; init; } = "";

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Perhaps better in a while.</summary>
    public bool IsTransient { get; init; }

    /// <summary>It says nothing of what is there: the server or the way to it failed.</summary>
    public bool IsOutage => IsTransient || Status >= 500 || Refusal == Refusals.Timeout;

    public bool IsSuccess => Refusal is null && Status is >= 200 and < 300;

    public bool IsRedirect => Status is 301 or 302 or 303 or 307 or 308 && Location is not null;

    public static WebAnswer Refused(string reason, string detail, bool transient = false) => new(0) { Refusal = reason, Detail = detail, IsTransient = transient };
}
