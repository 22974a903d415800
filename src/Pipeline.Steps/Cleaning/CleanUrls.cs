using System.ComponentModel;
using System.Text.Json.Nodes;
using Pipeline.Data.Quality;
using Pipeline.Engine.Authoring;

namespace Pipeline.Steps.Cleaning;

/// <summary>Drops documents by their address.</summary>
public sealed class CleanUrls : Step<CleanUrls.With, CleanUrls.Given, CleanUrls.Made>
{
    public sealed record With
    {
        [Description("Files of entries, one a line: a domain (or a hosts file's `0.0.0.0 domain`), or one of `domain`, `url`, `word`, `soft_word`, `subword` and what it blocks.")]
        [SourceFiles]
        public IReadOnlyList<string> BlockLists { get; init; } = [];

        [Description("Domains to drop, with everything below them.")]
        public IReadOnlyList<string> Domains { get; init; } = [];

        [Description("Single addresses to drop.")]
        public IReadOnlyList<string> Urls { get; init; } = [];

        [Description("Words of which one in the address is enough.")]
        public IReadOnlyList<string> Words { get; init; } = [];

        [Description("Words of which several in the address are enough.")]
        public IReadOnlyList<string> SoftWords { get; init; } = [];

        [Description("Texts of which one anywhere in the letters and digits of the address is enough.")]
        public IReadOnlyList<string> Subwords { get; init; } = [];

        [Description("How many different soft words are enough.")]
        [Engine.Authoring.Range(1, 1000)]
        public int SoftWordThreshold { get; init; } = 2;

        [Description("Entries that the lists may have together; they are held in memory.")]
        [Engine.Authoring.Range(1, int.MaxValue)]
        public int MaximumEntries { get; init; } = 10_000_000;
    }

    public sealed record Given
    {
        [Description("Documents with addresses; those without one pass and are counted.")]
        public required Artifact<Artifacts.Documents> Documents { get; init; }
    }

    public sealed record Made
    {
        [Description("The documents whose address nothing blocks.")]
        public required Output<Artifacts.Documents> Documents { get; init; }

        [Description("What each list dropped, with samples.")]
        public required Output<Artifacts.Funnel> Funnel { get; init; }
    }

    public override string Name => "clean.urls";
    public override int Version => 4;
    public override string Description => "Drops documents whose address is on a list: of domains, of addresses, of words. No list ships: which addresses are unwanted is yours to say.";
    public override int DefaultCpus => 2;
    public override bool SharesPieces => true;
    public override string Incremental => "per shard of its documents, as long as the lists are the same";

    protected override IEnumerable<(string Option, string Message)> Check(With with)
    {
        if (with.BlockLists.Count + with.Domains.Count + with.Urls.Count + with.Words.Count + with.SoftWords.Count + with.Subwords.Count == 0)
            yield return ("block_lists", "names no file, and no option blocks anything; give a list or leave the step out");
    }

    protected override Task RunAsync(With with, Given inputs, Made outputs, StepContext context)
    {
        var blocked = new BlockList();
        blocked.Domains.UnionWith(with.Domains);
        foreach (var url in with.Urls) blocked.Read("urls", [$"url {url}"], int.MaxValue);
        blocked.Words.UnionWith(with.Words);
        blocked.SoftWords.UnionWith(with.SoftWords);
        blocked.Subwords.UnionWith(with.Subwords.Where(s => s.Length > 0));
        foreach (var source in context.Sources) blocked.Read(source.Name, File.ReadLines(source.Path), with.MaximumEntries);

        context.Metric("entries", blocked.Count);
        return FilteredShards.RunAsync(new UrlFilter(blocked, with.SoftWordThreshold), inputs.Documents, outputs.Documents, outputs.Funnel, context, new JsonArray([.. context.Sources.Select(s => JsonValue.Create(s.Sha256))]));
    }
}
