using System.Collections.Concurrent;
using System.Globalization;

namespace Pipeline.Data.Crawling;

/// <summary>What is known of the hosts of a crawl: their rules, and when they may be asked next.</summary>
internal sealed class CrawlHosts(CrawlOptions options, WebFetcher client, CrawlJournal journal, CrawlJournal? previous, TimeProvider clock)
{
    private static readonly TimeSpan RulesLast = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, Lazy<Task<(DateTimeOffset Until, RobotsRules Rules)>>> rules = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HostGate> gates = new(StringComparer.Ordinal);

    public HostGate Gate(Uri address) => gates.GetOrAdd(address.Authority, _ => new(clock, options.Web.Delay));

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
            var kept = Fresh(previous, address);
            record = kept is null ? await FetchAsync(new(address), cancellation) : journal.Add(kept, kept.Body is null ? [] : previous!.Content(kept.Body) ?? [], []);
        }

        var read = Rules(record);
        if (read.CrawlDelay is { } delay && delay > options.Web.Delay) Gate(new(address)).Delay = delay < options.Web.LongestWait ? delay : options.Web.LongestWait;
        return (record.FetchedAt + RulesLast, read);
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
        return journal.Add(record, answer.IsSuccess ? answer.Body : [], []);
    }

    private RobotsRules Rules(CrawlRecord record)
    {
        if (record.IsSuccess) return RobotsRules.Parse(record.Body is null ? [] : journal.Content(record.Body) ?? [], RobotsRules.Token(options.UserAgent));
        // Nobody was asked for rules: that is no word of theirs.
        if (record.Refusal == Refusals.PrivateAddress) return RobotsRules.DisallowAll(record.Detail ?? "", Refusals.PrivateAddress);
        var status = record.Status.ToString(CultureInfo.InvariantCulture);
        // A server that is asked too often has not said that it has no rules.
        return record.Status is >= 300 and < 500 and not 429 ? RobotsRules.AllowAll($"no robots.txt ({status})") : RobotsRules.DisallowAll($"robots.txt cannot be had ({(record.Status > 0 ? status : record.Detail)})");
    }
}
