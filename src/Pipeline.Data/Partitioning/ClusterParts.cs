using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>
/// The part of each cluster. Drawn, its part follows from its own members alone: the member (its group, or its id) with the smallest hash has the draw, so a new document leaves every cluster
/// where it was, unless it joins one or ties several together. Balanced, stratified, and by time, clusters are put in an order and cut at shares of their documents, and a new document may move those at the cuts.
/// </summary>
internal sealed class ClusterParts
{
    private const double Rounding = 1e-6;

    private readonly DisjointSets sets;
    private readonly PartitionRules rules;
    private readonly (ulong Least, ulong Draw, UInt128 Stratum)[] draws;
    private readonly double[] times;
    private readonly int[] sizes;
    private readonly bool[] undated;
    private readonly int[] roots;

    /// <summary>By root; others do not count.</summary>
    private readonly Part[] parts;

    private ClusterParts(DisjointSets sets, PartitionRules rules)
    {
        (this.sets, this.rules) = (sets, rules);
        draws = new (ulong, ulong, UInt128)[sets.Count];
        Array.Fill(draws, (ulong.MaxValue, ulong.MaxValue, UInt128.MaxValue));
        times = new double[sets.Count];
        Array.Fill(times, double.NegativeInfinity);
        (sizes, undated, parts) = (new int[sets.Count], new bool[sets.Count], new Part[sets.Count]);
        roots = [.. Enumerable.Range(0, sets.Count).Where(i => sets.Root(i) == i)];
    }

    public int Clusters => roots.Length;

    public int Moved { get; private set; }

    /// <summary>Clusters of one size that would fall to the parts as unevenly as these do: n² / Σ s² (Kish, 1965).</summary>
    public double EffectiveClusters => roots.Sum(r => (double)sizes[r] * sizes[r]) is > 0 and var squares ? Math.Pow(roots.Sum(r => (double)sizes[r]), 2) / squares : 0;

    /// <summary>Documents without a date, where dates decide.</summary>
    public int Undated => undated.Count(u => u);

    /// <summary>Null for a document that belongs to none.</summary>
    public Part? Of(int document) => undated[document] ? null : parts[sets.Root(document)];

    /// <summary>Documents of the largest cluster in each part.</summary>
    public SortedDictionary<Part, int> Largest() => new(roots.Where(r => sizes[r] > 0).GroupBy(r => parts[r]).ToDictionary(g => g.Key, g => g.Max(r => sizes[r])));

    public static async Task<ClusterParts> OfAsync(DisjointSets sets, ShardRecords<PartitionKey> keys, PartitionRules rules)
    {
        var clusters = new ClusterParts(sets, rules);
        await foreach (var (first, records) in keys.ReadAsync())
        {
            for (var i = 0; i < records.Length; i++) clusters.Note(first + i, records[i]);
        }

        clusters.Assign();
        return clusters;
    }

    private void Note(int document, PartitionKey key)
    {
        undated[document] = rules.TimeBy is not null && double.IsNaN(key.Time);
        if (undated[document]) return;
        var root = sets.Root(document);
        sizes[root]++;
        // A cluster is as new as its newest document: nothing to train on is newer than what is held out.
        times[root] = Math.Max(times[root], key.Time);
        if (draws[root].CompareTo((key.Least, key.Draw, key.Stratum)) > 0) draws[root] = (key.Least, key.Draw, key.Stratum);
    }

    private void Assign()
    {
        var counted = roots.Where(r => sizes[r] > 0).ToArray();
        if (rules.TimeBy is not null) ByShare([.. counted.OrderBy(r => times[r]).ThenBy(r => r)], (a, b) => times[a] == times[b]);
        else if (rules.Balance || rules.StratifyBy is not null)
            foreach (var stratum in counted.GroupBy(r => rules.StratifyBy is null ? PartitionKey.None : draws[r].Stratum)) Balance([.. stratum]);
        else
            foreach (var root in counted) parts[root] = rules.PartAt(PlaceOf(root));
        FillEmpty(counted);
    }

    /// <summary>
    /// Large clusters first, since small ones can make up for them. Of those alike in size, in the order of the draw, each bin takes from its place on what it lacks; one that does not fit goes where most is lacking.
    /// </summary>
    private void Balance(int[] clusters)
    {
        var (bins, total) = (rules.Bins(), clusters.Sum(r => (double)sizes[r]));
        var lacks = bins.Select(b => b.Share * total).ToArray();
        foreach (var alike in clusters.GroupBy(r => int.Log2(sizes[r])).OrderByDescending(g => g.Key))
        {
            var open = lacks.Select(l => Math.Max(l, 0)).ToArray();
            var (scale, before, bin, end) = (open.Sum() / alike.Sum(r => (double)sizes[r]), 0.0, 0, open[0]);
            foreach (var root in alike.OrderBy(r => draws[r].Draw).ThenBy(r => r))
            {
                for (var place = (before + (sizes[root] / 2.0)) * scale; bin + 1 < open.Length && place >= end; end += open[bin]) bin++;
                var to = lacks[bin] + Rounding >= sizes[root] ? bin : Array.IndexOf(lacks, lacks.Max());
                lacks[to] -= sizes[root];
                parts[root] = bins[to].Part;
                before += sizes[root];
            }
        }
    }

    /// <param name="ordered">Each cluster goes where the middle of its documents falls.</param>
    /// <param name="together">Clusters that no cut may fall between.</param>
    private void ByShare(int[] ordered, Func<int, int, bool> together)
    {
        var (total, before) = (ordered.Sum(r => (long)sizes[r]), 0L);
        for (int start = 0, end; start < ordered.Length; start = end)
        {
            var size = 0L;
            for (end = start; end < ordered.Length && (end == start || together(ordered[start], ordered[end])); end++) size += sizes[ordered[end]];
            var part = rules.PartAt((before + (size / 2.0)) / total);
            for (var i = start; i < end; i++) parts[ordered[i]] = part;
            before += size;
        }
    }

    private void FillEmpty(int[] counted)
    {
        foreach (var part in Enum.GetValues<Part>().Where(p => rules.RatioOf(p) > 0))
        {
            var having = counted.CountBy(r => parts[r]).ToDictionary();
            if (having.ContainsKey(part)) continue;
            // Only a corpus of few clusters comes here: the part takes the cluster that was drawn nearest to it, from a part that has another.
            var spare = rules.TimeBy is not null ? [] : counted.Where(r => having[parts[r]] > 1).OrderBy(r => rules.DistanceTo(part, PlaceOf(r))).ThenBy(PlaceOf).Take(1).ToList();
            if (spare.Count == 0)
                throw new InvalidDataException(
                    $"{part.ToString().ToLowerInvariant()} gets no document: the {counted.Sum(r => sizes[r])} documents form {counted.Length} clusters of which none may be torn apart{(rules.TimeBy is null ? "" : ", nor may those of one time")}. Give more documents, group them by another key, or set the ratio to 0.");
            parts[spare[0]] = part;
            Moved++;
        }
    }

    private double PlaceOf(int root) => draws[root].Draw / (ulong.MaxValue + 1.0);
}
