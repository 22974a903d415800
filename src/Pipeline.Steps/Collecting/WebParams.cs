using System.ComponentModel;
using Pipeline.Data.Crawling;

namespace Pipeline.Steps.Collecting;

/// <summary>How servers are asked.</summary>
public sealed record WebParams
{
    [Description("Seconds between the beginnings of two requests to a host, of all steps that one process runs; of steps with different delays the longer counts. Other processes, on this machine or another, are not known of. A longer Crawl-delay in its robots.txt counts instead, up to `longest_wait`, and the log names hosts that want more.")]
    [Engine.Authoring.Range(0, 3600)]
    public double Delay { get; init; } = 1;

    [Description("Requests at once to one host.")]
    [Engine.Authoring.Range(1, 64)]
    public int PerHost { get; init; } = 1;

    [Description("Requests at once to all hosts.")]
    [Engine.Authoring.Range(1, 1024)]
    public int Together { get; init; } = 16;

    [Description("Megabytes (2^20 bytes) of one answer, packed or unpacked; a longer one is not taken.")]
    [Engine.Authoring.Range(0.001, 1024)]
    public double BodyMegabytes { get; init; } = 16;

    [Description("Seconds that one answer may take to its last byte.")]
    [Engine.Authoring.Range(0.1, 86_400)]
    public double Timeout { get; init; } = 60;

    [Description("Redirects in a row.")]
    [Engine.Authoring.Range(0, 20)]
    public int Redirects { get; init; } = 5;

    [Description("Times that a request is made again which failed for a moment: no connection, 408, 425, 429, 500, 502, 503, 504.")]
    [Engine.Authoring.Range(0, 20)]
    public int Retries { get; init; } = 3;

    [Description("Seconds before the first of them, twice as many before each one more. What a server says in Retry-After counts instead.")]
    [Engine.Authoring.Range(0, 3600)]
    public double RetryDelay { get; init; } = 1;

    [Description("Seconds that a server may want to be left alone; a page of one that wants longer is not taken.")]
    [Engine.Authoring.Range(0, 86_400)]
    public double LongestWait { get; init; } = 120;

    [Description("Allows addresses of private networks and of this machine, which pages on the public network must not lead to.")]
    public bool AllowPrivate { get; init; }

    internal WebLimits ToLimits() => new()
    {
        Delay = TimeSpan.FromSeconds(Delay),
        PerHost = PerHost,
        Together = Together,
        BodyBytes = (long)(BodyMegabytes * (1 << 20)),
        Longest = TimeSpan.FromSeconds(Timeout),
        Redirects = Redirects,
        Retries = Retries,
        RetryAfter = TimeSpan.FromSeconds(RetryDelay),
        LongestWait = TimeSpan.FromSeconds(LongestWait),
        AllowPrivate = AllowPrivate,
    };
}
