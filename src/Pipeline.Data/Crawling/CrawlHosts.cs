using System.Collections.Concurrent;
using System.Globalization;

namespace Pipeline.Data.Crawling;

/// <summary>What is known of the hosts of a crawl: their rules, and when they may be asked next.</summary>
/// <param name="log">Told once of each host that wants to be asked more slowly than it is.</param>
internal sealed class CrawlHosts(CrawlOptions options, WebFetcher client, HostGates shared, CrawlJournal journal, CrawlJournal? previous, TimeProvider clock, Action<string>? log)
{
    private static readonly TimeSpan RulesLast = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, Lazy<Task<(DateTimeOffset Until, RobotsRules Rules)>>> rules = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HostGate> gates = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, bool> hurried = new(StringComparer.Ordinal);

    public HostGate Gate(Uri address) => gates.GetOrAdd(address.Authority, host => new(shared, host, options.Web.Delay));

    public async Task<RobotsRules> RulesAsync(Uri address, CancellationToken cancellation)
    {
        var origin = address.GetLeftPart(UriPartial.Authority);
        while (true)
        {
            var lazy = rules.GetOrAdd(origin, o => new(() => LoadAsync(o, cancellation)));
            var (until, found) = await lazy.Value;
            if (until > clock.GetUtcNow()) return found;
            rules.TryRemove(new(origin, lazy));
        }
    }

    private async Task<(DateTimeOffset, RobotsRules)> LoadAsync(string origin, CancellationToken cancellation)
    {
        var address = origin + "/robots.txt";
        var record = Fresh(journal, address);
        if (record is null)
        {
            // What failed in an earlier crawl may be better in this one.
            var kept = Fresh(previous, address) is { } fresh && !IsUnreachable(fresh) ? fresh : null;
            record = kept is null ? await FetchAsync(new(address), cancellation) : journal.Add(kept, kept.Body is null ? [] : previous!.Content(kept.Body) ?? [], []);
        }

        var read = Rules(record);
        if (read.CrawlDelay is { } asked && asked > options.Web.Delay) SlowDown(new(address), asked);
        return (record.FetchedAt + RulesLast, read);
    }

    private void SlowDown(Uri address, TimeSpan asked)
    {
        var most = options.Web.LongestWait > options.Web.Delay ? options.Web.LongestWait : options.Web.Delay;
        Gate(address).Delay = asked < most ? asked : most;
        if (asked > most && hurried.TryAdd(address.Authority, true))
            log?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{address.Authority} wants {asked.TotalSeconds:#,0.###} s between requests (Crawl-delay of its robots.txt) and is asked every {most.TotalSeconds:#,0.###} s: web.longest_wait allows no more. Raise it, or leave the host out."));
    }

    private CrawlRecord? Fresh(CrawlJournal? from, string address) => from?.Find(CrawlKind.Robots, address) is { } record && record.FetchedAt + RulesLast > clock.GetUtcNow() ? record : null;

    /// <summary>The file, wherever on the way of five redirects it is (RFC 9309, 2.3.1.2).</summary>
    private async Task<CrawlRecord> FetchAsync(Uri address, CancellationToken cancellation)
    {
        var at = address;
        WebAnswer answer;
        for (var hops = 0; ; hops++)
        {
            answer = await client.GetAsync(new(at) { MostBytes = RobotsRules.MostBytes + 1, CutBody = true }, Gate(at), cancellation);
            if (!answer.IsRedirect || hops == 5) break;
            if (WebAddress.Normalize(answer.Location!, at, []) is not { } next) break;
            at = next;
        }

        var record = new CrawlRecord(CrawlKind.Robots, address.AbsoluteUri) { Status = answer.Status, Refusal = answer.Refusal, Detail = answer.Detail, FetchedAt = clock.GetUtcNow() };
        // What it said last says nothing of what is allowed now; its sitemaps are still where pages are found that were there.
        return journal.Add(record, answer.IsSuccess ? answer.Body : IsUnreachable(record) ? BeforeOf(address) : [], []);
    }

    private byte[] BeforeOf(Uri address) => previous?.Find(CrawlKind.Robots, address.AbsoluteUri)?.Body is { } place ? previous.Content(place) ?? [] : [];

    /// <summary>A server that is asked too often has not said that it has no rules.</summary>
    private static bool IsUnreachable(CrawlRecord record) => !record.IsSuccess && record.Refusal != Refusals.PrivateAddress && record.Status is not (>= 300 and < 500 and not 429);

    private RobotsRules Rules(CrawlRecord record)
    {
        var read = RobotsRules.Parse(record.Body is null ? [] : journal.Content(record.Body) ?? [], RobotsRules.Token(options.UserAgent));
        if (record.IsSuccess) return read;
        // Nobody was asked for rules: that is no word of theirs.
        if (record.Refusal == Refusals.PrivateAddress) return RobotsRules.DisallowAll(record.Detail ?? "", Refusals.PrivateAddress);
        var status = record.Status.ToString(CultureInfo.InvariantCulture);
        return IsUnreachable(record) ? RobotsRules.Unreachable($"robots.txt cannot be had ({(record.Status > 0 ? status : record.Detail)})", read.Sitemaps) : RobotsRules.AllowAll($"no robots.txt ({status})");
    }
}
