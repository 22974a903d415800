using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Pipeline.Data.Documents;
using Pipeline.Data.Mixing;
using Pipeline.Engine.Authoring;
using Pipeline.Steps.Artifacts;

namespace Pipeline.Steps.Mixing;

/// <summary>The domains of a mixture: how much there is of each, and where.</summary>
internal sealed class MeasuredDomains
{
    private const int MostDomains = 1000;

    private readonly List<(Measured Facts, Func<Task<byte[]>> Content)> measured = [];
    private readonly StepContext context;

    private MeasuredDomains(StepContext context) => this.context = context;

    /// <summary>All shards, in the order of their inputs by name.</summary>
    public List<DocumentShard> Shards { get; } = [];

    /// <summary>By name, ordinally.</summary>
    public SortedDictionary<string, DrawHistogram> Domains { get; } = new(StringComparer.Ordinal);

    /// <summary>Sizes of all documents as <see cref="ShardCuts"/> counts them.</summary>
    public long Marks { get; private set; }

    public static async Task<MeasuredDomains> OfAsync(Mix.Given inputs, Mix.With with, UnitSizes sizes, StepContext context)
    {
        var all = new MeasuredDomains(context);
        foreach (var (name, _, artifact) in inputs.Domains.Entries)
        {
            var shards = StepShards.Of((Artifact<Documents>)artifact);
            all.Shards.AddRange(shards);
            await foreach (var piece in shards.SelectInOrderAsync(context.Cpus, shard => MeasureAsync(name, shard, inputs.Tokenizer?.Digest ?? "", with, sizes, context), context.Cancellation))
                await all.AddAsync(piece, with.By);
        }

        all.RefuseUnknownKey(with.By);
        return all;
    }

    /// <summary>The documents of a domain in their order, epoch after epoch the same.</summary>
    /// <param name="domain">Its place among <see cref="Domains"/>.</param>
    public async IAsyncEnumerable<(int Shard, int Row, MixedDocument Document)> ReadAsync(string domain, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var shard = 0; shard < measured.Count; shard++)
        {
            var own = measured[shard].Facts.Domains.IndexOf(domain);
            if (own < 0) continue;
            cancellation.ThrowIfCancellationRequested();
            var documents = Unpack(await measured[shard].Content());
            for (var row = 0; row < documents.Length; row++)
                if (documents[row].Domain == own) yield return (shard, row, documents[row]);
        }
    }

    /// <summary>How much of each domain is taken so that the whole comes within a document of what was planned: what one misses the next makes good, the one with the smallest documents last.</summary>
    public async Task<IReadOnlyList<DomainShare>> ShareAsync(IReadOnlyList<DomainPlan> plan, double mostEpochs)
    {
        var shares = new DomainShare[plan.Count];
        var missing = 0.0;
        foreach (var i in Enumerable.Range(0, plan.Count).OrderByDescending(i => plan[i].Size / Math.Max(1.0, Domains[plan[i].Domain].Documents)).ThenBy(i => i))
        {
            if (plan[i].Size == 0 || plan[i].Target <= 0)
            {
                shares[i] = new(0, 0, 0);
                continue;
            }

            var target = Math.Clamp(plan[i].Target + missing, 0, plan[i].Size * mostEpochs);
            var whole = (int)Math.Floor((target / plan[i].Size) + 1e-9);
            var (below, size) = await CutAsync(plan[i].Domain, target - ((double)whole * plan[i].Size));
            shares[i] = new(whole, below, ((long)whole * plan[i].Size) + size);
            missing += plan[i].Target - shares[i].Size;
        }

        return shares;
    }

    private async Task<(ulong Below, long Size)> CutAsync(string domain, double target)
    {
        if (target < 1e-6) return (0, 0);
        var (from, to, below) = Domains[domain].Around(target);
        var bucket = new List<(ulong Draw, long Size)>();
        await foreach (var (_, _, document) in ReadAsync(domain, context.Cancellation))
            if (document.Draw >= from && document.Draw < to) bucket.Add((document.Draw, document.Size));
        return DrawHistogram.Cut(target, below, to, bucket);
    }

    private static MixedDocument[] Unpack(byte[] content) => MemoryMarshal.Cast<byte, MixedDocument>(content).ToArray();

    private static string? DomainOf(Document document, string input, string? by) => by switch
    {
        null => input,
        "language" => document.Language,
        "license" => document.License,
        "source" => document.Source,
        _ => document.Metadata.GetValueOrDefault(by),
    };

    private static Task<Piece<Measured>> MeasureAsync(string name, DocumentShard shard, string tokenizer, Mix.With with, UnitSizes sizes, StepContext context) =>
        context.Pieces.GetAsync("measure", new JsonObject { ["input"] = name, ["documents"] = shard.Digest, ["tokenizer"] = tokenizer }, async () =>
        {
            var (domains, keys, known, documents) = (new List<string>(), new SortedSet<string>(StringComparer.Ordinal), 0L, new List<MixedDocument>());
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            await foreach (var document in shard.ReadAsync(context.Cancellation))
            {
                var value = DomainOf(document, name, with.By);
                if (value is not null) known++;
                if (!numbers.TryGetValue(value ?? "none", out var domain))
                {
                    numbers[value ?? "none"] = domain = domains.Count;
                    domains.Add(value ?? "none");
                }

                foreach (var key in document.Metadata.Keys)
                    if (keys.Count < UnknownKey.MostKeys) keys.Add(key);
                documents.Add(new(domain, DocumentMark.Of(document), sizes.Of(document), DrawHistogram.DrawOf(document.Id, (ulong)with.Seed)));
            }

            return new MadePiece<Measured>(new(domains, known, [.. keys])) { Content = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(documents)).ToArray() };
        });

    private async Task AddAsync(Piece<Measured> shard, string? by)
    {
        measured.Add((shard.Facts, shard.ContentAsync));
        foreach (var domain in shard.Facts.Domains)
        {
            if (Domains.ContainsKey(domain)) continue;
            if (Domains.Count == MostDomains) throw new InvalidDataException($"More than {MostDomains} domains, such as '{domain}': {by} tells documents apart and not domains. Name another key.");
            Domains[domain] = new();
        }

        foreach (var document in Unpack(await shard.ContentAsync()))
        {
            Domains[shard.Facts.Domains[document.Domain]].Add(document.Draw, document.Size);
            Marks += document.Mark.Size;
        }
    }

    /// <summary>A key that no document has is a slip of the pen.</summary>
    private void RefuseUnknownKey(string? by)
    {
        if (by is null || measured.Exists(m => m.Facts.Known > 0) || Domains.Count == 0) return;
        if (by == "language") throw new InvalidDataException("by is language, but no document has one. Find it out before (clean.language).");
        throw UnknownKey.Problem("by", by, measured.SelectMany(m => m.Facts.Keys), others: "; and language, license and source");
    }

    /// <summary>What is known of a shard; its documents are the content.</summary>
    /// <param name="Known">Documents whose domain they name themselves.</param>
    /// <param name="Keys">Of metadata, some.</param>
    private sealed record Measured(List<string> Domains, long Known, IReadOnlyList<string> Keys);
}
