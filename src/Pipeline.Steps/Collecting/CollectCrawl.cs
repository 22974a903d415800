using System.ComponentModel;
using Pipeline.Data.Crawling;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from the pages of web sites.</summary>
public sealed class CollectCrawl : Step<CollectCrawl.With, CollectCrawl.Given, CollectCrawl.Made>
{
    public sealed record With : FetchParams
    {
        [Description("Addresses of pages to begin with.")]
        [WholeOnly]
        public IReadOnlyList<string> Seeds { get; init; } = [];

        [Description("Addresses of sitemaps, or indexes of them, whose pages to begin with. Gzipped ones are unpacked.")]
        [WholeOnly]
        public IReadOnlyList<string> Sitemaps { get; init; } = [];

        [Description("Begins with the pages of those sitemaps too that the robots.txt of the seeds' hosts names.")]
        [WholeOnly]
        public bool SitemapsOfRobots { get; init; }

        [Description("What belongs to the crawl: hosts of the seeds; those and the hosts below them (`domain`); what begins as a seed does, up to its last slash (`prefix`); any page.")]
        [WholeOnly]
        public CrawlReach Scope { get; init; } = CrawlReach.Host;

        [Description("Patterns of addresses, with `*` for any characters. Where there are any, a page has to match one.")]
        [WholeOnly]
        public IReadOnlyList<string> Include { get; init; } = [];

        [Description("Patterns of addresses that are left out: `*/print/*`.")]
        [WholeOnly]
        public IReadOnlyList<string> Exclude { get; init; } = [];

        [Description("Links that a page may be away from where the crawl begins.")]
        [WholeOnly]
        [Engine.Authoring.Range(0, 1000)]
        public int Depth { get; init; } = 3;

        [Description("Parameters of addresses that say nothing of the page, such as a session; they are left out.")]
        [WholeOnly]
        public IReadOnlyList<string> DropParameters { get; init; } = [.. WebAddress.Tracking];

        [Description("Where a site that is made without end is left.")]
        [WholeOnly]
        public TrapParams Traps { get; init; } = new();
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("One document a page, or more where a file holds many, in the order of addresses. Metadata: status, robots_rule, and where they are known requested_url, canonical_url, last_modified; kept_from_before, with what failed, where a page is as an earlier crawl found it.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("Sources, licences, counts and damage, and what was not taken, by reason.")]
        public required Output<Artifacts.Datasheet> Datasheet { get; init; }
    }

    public override string Name => "collect.crawl";
    public override int Version => 11;
    public override string Description => "Crawls web sites: by robots.txt (RFC 9309), slowly, without being led to private networks or in circles, and where it was interrupted.";
    public override int DefaultCpus => 2;
    public override string Incremental => "per page: with a higher `refresh` servers are asked what has changed, and only that is read again";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Seeds.Count + with.Sitemaps.Count == 0) yield return ("seeds", "there is nowhere to begin; name a page under seeds or a sitemap under sitemaps");
        foreach (var problem in with.Check().Concat(with.CheckAddresses("seeds", with.Seeds)).Concat(with.CheckAddresses("sitemaps", with.Sitemaps))) yield return problem;
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context) => CrawlSession.RunAsync(
        with,
        with.ToOptions() with
        {
            Seeds = with.Seeds,
            Sitemaps = with.Sitemaps,
            SitemapsOfRobots = with.SitemapsOfRobots,
            Reach = with.Scope,
            Include = with.Include,
            Exclude = with.Exclude,
            Depth = with.Depth,
            DropParameters = [.. with.DropParameters.Select(p => p.ToLowerInvariant())],
            Traps = with.Traps.ToLimits(),
        },
        outputs.Documents, outputs.Datasheet, context);
}
