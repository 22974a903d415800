using System.ComponentModel;
using Pipeline.Data.Crawling;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Collecting;

/// <summary>Documents from the pages of a list.</summary>
public sealed class CollectUrls : Step<CollectUrls.With, CollectUrls.Given, CollectUrls.Made>
{
    /// <summary>Whoever writes a list knows what is on it.</summary>
    internal static readonly TrapLimits NoTraps = new() { Segments = int.MaxValue, Repeats = int.MaxValue, Queries = int.MaxValue, Dates = int.MaxValue };

    public sealed record With : FetchParams
    {
        [Description("Addresses of pages.")]
        [WholeOnly]
        public IReadOnlyList<string> Urls { get; init; } = [];

        [Description("Files of addresses, one a line; empty lines and those that begin with # are passed over.")]
        [SourceFiles]
        [WholeOnly]
        public IReadOnlyList<string> Paths { get; init; } = [];
    }

    public sealed record Given;

    public sealed record Made
    {
        [Description("One document a page, or more where a file holds many, in the order of addresses. Metadata as of collect.crawl.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("Sources, licences, counts and damage, and what was not taken, by reason.")]
        public required Output<Artifacts.Datasheet> Datasheet { get; init; }
    }

    public override string Name => "collect.urls";
    public override int Version => 11;
    public override string Description => "Fetches the pages of a list, as collect.crawl does, and follows no link.";
    public override int DefaultCpus => 2;
    public override string Incremental => "per page: with a higher `refresh` servers are asked what has changed, and only that is read again";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.Urls.Count + with.Paths.Count == 0) yield return ("urls", "there is nothing to fetch; name pages under urls or files of addresses under paths");
        foreach (var problem in with.Check().Concat(with.CheckAddresses("urls", with.Urls))) yield return problem;
    }

    protected override async Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var urls = with.Urls.ToList();
        foreach (var source in context.Sources)
        {
            var number = 0;
            await foreach (var line in File.ReadLinesAsync(source.Path, context.Cancellation))
            {
                number++;
                if (line.Trim() is not { Length: > 0 } url || url.StartsWith('#')) continue;
                if (WebAddress.Normalize(url, null, []) is null) throw new StepFailedException($"{source.Name}:{number}: '{url}' is no address of http or https without name and password; mend or remove the line.");
                urls.Add(url);
            }
        }

        var options = with.ToOptions() with { Seeds = urls, Reach = CrawlReach.Any, Depth = 0, FollowsLinks = false, Traps = NoTraps };
        await CrawlSession.RunAsync(with, options, outputs.Documents, outputs.Datasheet, context);
    }
}
