using System.ComponentModel;
using Pipeline.Data.Crawling;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from feeds.</summary>
public sealed class CollectFeeds : Step<CollectFeeds.With, CollectFeeds.Given, CollectFeeds.Made>
{
    public sealed record With : FetchParams
    {
        [Description("Addresses of feeds: RSS, Atom or JSON Feed.")]
        [WholeOnly]
        public required IReadOnlyList<string> Feeds { get; init; }

        [Description("Fetches the articles that the entries link to; else their text is what the feed has of it.")]
        [WholeOnly]
        public bool Follow { get; init; }
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("One document an entry, or with `follow` an article. Metadata of entries: feed, title, author, published, entry_id; feed_status, feed_robots_rule and the like are of the feed. An entry whose url is not the feed's says `none` as its verdict of robots.txt, since nobody asked for it; `follow` asks.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("Sources, licences, counts and damage, and what was not taken, by reason.")]
        public required Output<Artifacts.Datasheet> Datasheet { get; init; }
    }

    public override string Name => "collect.feeds";
    public override int Version => 11;
    public override string Description => "Collects the entries of RSS, Atom and JSON feeds, or the articles that they link to.";
    public override int DefaultCpus => 2;
    public override string Incremental => "per feed or article: with a higher `refresh` servers are asked what has changed, and only that is read again";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Feeds.Count == 0) yield return ("feeds", "names no feed; give at least one address");
        foreach (var problem in with.Check().Concat(with.CheckAddresses("feeds", with.Feeds))) yield return problem;
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context) => CrawlSession.RunAsync(
        with,
        with.ToOptions() with { Feeds = with.Feeds, Reach = CrawlReach.Any, Depth = with.Follow ? 1 : 0, FollowsLinks = false, FeedsAreDocuments = !with.Follow, Traps = CollectUrls.NoTraps },
        outputs.Documents, outputs.Datasheet, context);
}
