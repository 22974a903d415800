using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Pipeline.Data.Collection;

namespace Pipeline.Data.Crawling;

/// <summary>A page of a crawl that documents can be made of.</summary>
/// <param name="Requested">Where the way to it began, if it was redirected to.</param>
public sealed record CrawledPage(CrawlRecord Record, string? Requested);

/// <param name="Pages">In the order of their addresses.</param>
public sealed record CrawlResult(IReadOnlyList<CrawledPage> Pages, RefusalTally Refused, long Unchanged)
{
    /// <summary>Addresses that failed for a moment and are as an earlier crawl found them, by what failed.</summary>
    public RefusalTally Kept { get; init; } = new();
}

/// <summary>
/// Crawls in waves: all addresses that are as many links and redirects away, in the order of the alphabet. What belongs to a wave follows from the answers to those before it and not from which came first, so the
/// same answers give the same pages. What the journal has is not asked for again.
/// </summary>
public sealed class Crawler(CrawlOptions options, CrawlJournal journal, CrawlJournal? previous, TimeProvider clock)
{
    private const int HostsLookedUpAtOnce = 64;

    private readonly HashSet<string> seen = new(StringComparer.Ordinal), tooDeep = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Hops, string From)> redirected = new(StringComparer.Ordinal);
    private readonly List<CrawlRecord> found = [];
    private readonly RefusalTally refused = new(), kept = new();
    private readonly RedirectCircles circles = new();
    private readonly TrapGuard traps = new(options.Traps);
    private readonly ConcurrentDictionary<string, string> spent = new(StringComparer.Ordinal);
    private readonly long started = clock.GetTimestamp();
    private int pages;
    private long bytes;

    /// <summary>Addresses of a host; null asks the system.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>>? Resolve { get; init; }

    /// <summary>Of other crawls too, where they ask the same hosts.</summary>
    public HostGates Gates { get; init; } = new(clock);

    public Action<string>? Log { get; init; }

    /// <summary>Told after each answer: how many pages there are and how many are waited for in this wave.</summary>
    public Action<int, int>? Progress { get; init; }

    public async Task<CrawlResult> RunAsync(CancellationToken cancellation)
    {
        using var client = new WebFetcher(options.UserAgent, options.Web, clock, Resolve);
        var hosts = new CrawlHosts(options, client, Gates, journal, previous, clock, Log);
        var fetcher = new PageFetcher(options, client, hosts, journal, previous, clock);
        var seeds = new SeedFinder(options, hosts, fetcher, journal, refused, kept);
        var (wave, scope) = await seeds.FindAsync(cancellation);
        wave.RemoveAll(w => !Discover(w.Address.AbsoluteUri, w.Address));
        for (var depth = 0; wave.Count > 0;)
        {
            var admitted = await AdmitAsync(wave, hosts, fetcher, cancellation);
            await FetchAsync(admitted, fetcher, cancellation);
            var (same, next) = Follow(admitted, scope, depth < options.Depth);
            // Redirects first: what they lead to is as far from the seeds as they are.
            waiting.AddRange(next);
            if (same.Count > 0) wave = same;
            else (wave, waiting, depth) = (waiting, [], depth + 1);
            wave.Sort((a, b) => string.CompareOrdinal(a.Address.AbsoluteUri, b.Address.AbsoluteUri));
        }

        journal.Flush();
        foreach (var address in tooDeep.Order(StringComparer.Ordinal)) refused.Add(Refusals.Depth, address);
        return Result();
    }

    private List<(CrawlKind Kind, Uri Address)> waiting = [];

    /// <summary>Those of a wave that robots.txt and the number of pages allow.</summary>
    private async Task<List<(CrawlKind Kind, Uri Address, RobotsVerdict Verdict)>> AdmitAsync(List<(CrawlKind Kind, Uri Address)> wave, CrawlHosts hosts, PageFetcher fetcher, CancellationToken cancellation)
    {
        var admitted = new List<(CrawlKind, Uri, RobotsVerdict)>();
        foreach (var some in wave.Chunk(HostsLookedUpAtOnce))
        {
            if (pages < options.MostPages)
                await Parallel.ForEachAsync(some.DistinctBy(s => s.Address.GetLeftPart(UriPartial.Authority)), new ParallelOptions { MaxDegreeOfParallelism = HostsLookedUpAtOnce, CancellationToken = cancellation }, async (s, stop) => await hosts.RulesAsync(s.Address, cancellation));
            foreach (var (kind, address) in some)
            {
                if (pages >= options.MostPages)
                {
                    refused.Add(Refusals.Pages, address.AbsoluteUri);
                    continue;
                }

                var verdict = (await hosts.RulesAsync(address, cancellation)).Judge(address);
                if (!fetcher.Takes(kind, address, verdict))
                {
                    refused.Add(verdict.Reason, address.AbsoluteUri, verdict.Rule);
                    continue;
                }

                pages++;
                admitted.Add((kind, address, verdict));
            }
        }

        return admitted;
    }

    private async Task FetchAsync(List<(CrawlKind Kind, Uri Address, RobotsVerdict Verdict)> admitted, PageFetcher fetcher, CancellationToken cancellation)
    {
        var done = 0;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAll(admitted.GroupBy(a => a.Address.Authority).Select(async host =>
        {
            try
            {
                await Parallel.ForEachAsync(host, new ParallelOptions { MaxDegreeOfParallelism = options.Web.PerHost, CancellationToken = failed.Token }, async (a, stop) =>
                {
                    if (journal.Find(a.Kind, a.Address.AbsoluteUri) is null && Spent() is { } why)
                    {
                        spent[a.Address.AbsoluteUri] = why;
                        return;
                    }

                    var record = await fetcher.FetchAsync(a.Kind, a.Address, a.Verdict, stop);
                    Interlocked.Add(ref bytes, record.Size);
                    Progress?.Invoke(found.Count + Interlocked.Increment(ref done), admitted.Count);
                });
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }));
    }

    private string? Spent() => clock.GetElapsedTime(started) > options.Longest ? Refusals.Time : Interlocked.Read(ref bytes) >= options.MostBytes ? Refusals.Bytes : null;

    /// <summary>Where the answers lead, in the order of those that gave them.</summary>
    private (List<(CrawlKind, Uri)> Same, List<(CrawlKind, Uri)> Next) Follow(List<(CrawlKind Kind, Uri Address, RobotsVerdict Verdict)> admitted, CrawlScope scope, bool deeper)
    {
        var (same, next) = (new List<(CrawlKind, Uri)>(), new List<(CrawlKind, Uri)>());
        var answered = new List<CrawlRecord>();
        foreach (var (kind, address, _) in admitted)
        {
            if (spent.TryGetValue(address.AbsoluteUri, out var why)) refused.Add(why, address.AbsoluteUri);
            else if (journal.Find(kind, address.AbsoluteUri) is { } record) answered.Add(record);
        }

        foreach (var record in answered)
        {
            if (record.Refusal is { } reason) refused.Add(reason, record.Address, record.Detail ?? "");
            if (record.Kept is { } failure) kept.Add(failure.Reason, record.Address, failure.Detail);
            if (record.Location is not { } target) continue;
            circles.Add(record.Address, target);
            var (hops, from) = redirected.TryGetValue(record.Address, out var before) ? (before.Hops + 1, before.From) : (1, record.Address);
            if (seen.Contains(target)) continue;
            if (hops > options.Web.Redirects) refused.Add(Refusals.Redirects, record.Address, string.Create(CultureInfo.InvariantCulture, $"the {hops}th in a row, from {from}"));
            else if (Takes(target, scope) is { } uri)
            {
                redirected[target] = (hops, from);
                same.Add((record.Kind, uri));
            }
        }

        foreach (var record in answered.Where(r => r.IsSuccess))
        {
            found.Add(record);
            if (record.Detail == Refusals.Links) refused.Add(Refusals.Links, record.Address);
            if (record.Kind == CrawlKind.Page && !options.FollowsLinks) continue;
            foreach (var link in journal.LinksOf(record))
            {
                if (seen.Contains(link)) continue;
                if (deeper)
                {
                    if (Takes(link, scope) is { } uri) next.Add((CrawlKind.Page, uri));
                }
                else if (record.Kind == CrawlKind.Page && tooDeep.Count < options.Traps.Addresses && scope.Holds(new(link))) tooDeep.Add(link);
            }
        }

        return (same, next);
    }

    private Uri? Takes(string address, CrawlScope scope)
    {
        var uri = new Uri(address);
        if (scope.Holds(uri)) return Discover(address, uri) ? uri : null;
        if (Remember(address)) refused.Add(Refusals.Scope, address);
        return null;
    }

    private bool Discover(string address, Uri uri)
    {
        if (!Remember(address)) return false;
        tooDeep.Remove(address);
        if (traps.Judge(uri) is not { } trap) return true;
        refused.Add(trap, address);
        return false;
    }

    /// <summary>False for what was seen, and where no more can be remembered.</summary>
    private bool Remember(string address)
    {
        if (seen.Count < options.Traps.Addresses) return seen.Add(address);
        if (!seen.Contains(address)) refused.Add(Refusals.Addresses, address);
        return false;
    }

    private CrawlResult Result()
    {
        var taken = found.Select(f => f.Address).ToHashSet(StringComparer.Ordinal);
        circles.Refuse(refused);
        var chosen = new List<CrawledPage>();
        foreach (var record in found.OrderBy(f => f.Address, StringComparer.Ordinal))
        {
            if (record.Kind == CrawlKind.Feed && !options.FeedsAreDocuments) continue;
            if (record.NoIndex) refused.Add(Refusals.NoIndex, record.Address);
            else if (record.Canonical is { } canonical && canonical != record.Address && taken.Contains(canonical)) refused.Add(Refusals.Canonical, record.Address, canonical);
            else chosen.Add(new(record, redirected.TryGetValue(record.Address, out var way) ? way.From : null));
        }

        return new(chosen, refused, found.LongCount(f => f.Unchanged)) { Kept = kept };
    }
}
