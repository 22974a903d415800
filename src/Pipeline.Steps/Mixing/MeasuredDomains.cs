using System.Text.Json.Nodes;
using Pipeline.Data.Documents;
using Pipeline.Data.Mixing;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Mixing;

/// <summary>The domains of a mixture with the sizes of their documents by draw.</summary>
internal sealed class MeasuredDomains
{
    private const int MostDomains = 1000;

    private readonly Mix.Given inputs;
    private readonly Mix.With with;

    private MeasuredDomains(Mix.Given inputs, Mix.With with) => (this.inputs, this.with) = (inputs, with);

    /// <summary>By name, ordinally.</summary>
    public SortedDictionary<string, DrawHistogram> Domains { get; } = new(StringComparer.Ordinal);

    /// <summary>Sizes of all documents as <see cref="ShardCuts"/> counts them.</summary>
    public long Marks { get; private set; }

    public static async Task<MeasuredDomains> OfAsync(Mix.Given inputs, Mix.With with, UnitSizes sizes, StepContext context)
    {
        var measured = new MeasuredDomains(inputs, with);
        foreach (var (name, _, artifact) in inputs.Domains.Entries)
        {
            await foreach (var piece in artifact.Files.SelectInOrderAsync(context.Cpus, shard => MeasureAsync(name, (Artifact<Documents>)artifact, shard, inputs.Tokenizer?.Digest ?? "", with, sizes, context), context.Cancellation))
                measured.Add(piece.Facts);
        }

        return measured;
    }

    /// <summary>A domain as much of it as a plan says.</summary>
    public MixedDomain Take(DomainPlan plan, CancellationToken cancellation)
    {
        var whole = (int)Math.Floor(plan.Epochs + 1e-9);
        return new(plan.Domain, () => Read(plan.Domain, cancellation), whole, Domains[plan.Domain].Below(plan.Target - ((double)whole * plan.Size)), plan.Target);
    }

    private async IAsyncEnumerable<Document> Read(string domain, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (name, _, artifact) in inputs.Domains.Entries.Where(e => with.By is not null || e.Name == domain))
        {
            await foreach (var document in DocumentReader.ReadAsync(artifact.LocateAll(), cancellation))
                if (DomainOf(document, name, with.By) == domain) yield return document;
        }
    }

    private static string DomainOf(Document document, string input, string? by) => by switch
    {
        null => input,
        "language" => document.Language ?? "none",
        "license" => document.License,
        "source" => document.Source,
        _ => document.Metadata.GetValueOrDefault(by) ?? "none",
    };

    private static Task<Piece<Measured>> MeasureAsync(string name, Artifact<Documents> documents, ArtifactFile shard, string tokenizer, Mix.With with, UnitSizes sizes, StepContext context) =>
        context.Pieces.GetAsync("shard", new JsonObject { ["input"] = name, ["documents"] = shard.Sha256, ["tokenizer"] = tokenizer }, async () =>
        {
            var domains = new SortedDictionary<string, SortedDictionary<int, long>>(StringComparer.Ordinal);
            var marks = 0L;
            await foreach (var document in DocumentReader.ReadAsync([(shard.Path, documents.Locate(shard.Path))], context.Cancellation))
            {
                var domain = DomainOf(document, name, with.By);
                if (!domains.TryGetValue(domain, out var draws)) domains[domain] = draws = [];
                var draw = DrawHistogram.DrawOf(document.Id, (ulong)with.Seed);
                draws[draw] = draws.GetValueOrDefault(draw) + sizes.Of(document);
                marks += DocumentMark.Of(document).Size;
            }

            return new MadePiece<Measured>(new(marks, domains));
        });

    private void Add(Measured shard)
    {
        Marks += shard.Marks;
        foreach (var (domain, draws) in shard.Domains)
        {
            if (!Domains.TryGetValue(domain, out var histogram))
            {
                if (Domains.Count == MostDomains) throw new InvalidDataException($"More than {MostDomains} domains, such as '{domain}': {with.By} tells documents apart and not domains. Name another key.");
                Domains[domain] = histogram = new();
            }

            foreach (var (draw, size) in draws) histogram.Add(draw, size);
        }
    }

    /// <summary>What is known of a shard: the sizes of its documents by domain and draw.</summary>
    private sealed record Measured(long Marks, SortedDictionary<string, SortedDictionary<int, long>> Domains);
}
