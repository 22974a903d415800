using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>A document of a later part, by its number, and one of an earlier part that it must not be related to.</summary>
internal readonly record struct CrossOverlap(Relation Relation, Part Before, Part After, int Earlier, int Later);

/// <summary>Finds what the parts of a corpus share. It knows nothing of how they were told apart, so that it can prove it.</summary>
internal sealed class CrossOverlaps
{
    private const int Batch = 8192;
    private static readonly int Parts = Enum.GetValues<Part>().Length;

    private readonly List<CrossOverlap> found = [];
    private readonly Func<int, Part?> partOf;
    private readonly ShardWork work;

    private CrossOverlaps(Func<int, Part?> partOf, ShardWork work) => (this.partOf, this.work) = (partOf, work);

    /// <summary>For each relation and each two parts one overlap per document of the later part that has any, by relation, parts and document.</summary>
    /// <param name="partOf">By number; null for documents of no part.</param>
    /// <param name="relations">Any but <see cref="Relation.Group"/>.</param>
    public static async Task<List<CrossOverlap>> FindAsync(Comparison corpus, Func<int, Part?> partOf, IReadOnlyCollection<Relation> relations, PartitionRules rules, ShardWork work)
    {
        var overlaps = new CrossOverlaps(partOf, work);
        if (relations.Contains(Relation.Exact)) overlaps.AddGroups(Relation.Exact, KeyedDocument.Groups(corpus.Texts.Sorted()).Select(overlaps.InParts), corpus.Corpus.Count);
        if (relations.Contains(Relation.Near)) await overlaps.AddNearAsync(corpus, rules.Threshold);
        if (relations.Contains(Relation.Ngram)) overlaps.AddGroups(Relation.Ngram, corpus.Ngrams.Shared(overlaps.IsInPart), corpus.Corpus.Count);
        return [.. overlaps.found.OrderBy(o => o.Relation).ThenBy(o => o.Before).ThenBy(o => o.After).ThenBy(o => o.Later)];
    }

    private bool IsInPart(int document) => partOf(document) is not null;

    private List<int> InParts(List<int> group) => group.FindAll(IsInPart);

    /// <summary>All documents of a group are related.</summary>
    private void AddGroups(Relation relation, IEnumerable<List<int>> groups, int count)
    {
        var known = new byte[count];
        foreach (var group in groups) AddGroup(relation, group, known);
    }

    private void AddGroup(Relation relation, List<int> group, byte[] known)
    {
        Span<int> firsts = stackalloc int[Parts];
        FirstOfParts(group, firsts);
        foreach (var document in group)
        {
            var part = (int)partOf(document)!;
            for (var before = 0; before < part; before++)
                if (firsts[before] >= 0) Add(relation, firsts[before], document, known);
        }
    }

    private void FirstOfParts(List<int> group, Span<int> firsts)
    {
        firsts.Fill(-1);
        foreach (var document in group)
            if (partOf(document) is { } part && firsts[(int)part] < 0) firsts[(int)part] = document;
    }

    private bool IsAcross(List<int> group)
    {
        var first = partOf(group[0]);
        return group.Exists(d => partOf(d) != first);
    }

    private void Add(Relation relation, int earlier, int later, byte[] known)
    {
        var bit = (byte)(1 << (int)partOf(earlier)!);
        if ((known[later] & bit) != 0) return;
        known[later] |= bit;
        found.Add(new(relation, partOf(earlier)!.Value, partOf(later)!.Value, earlier, later));
    }

    private async Task AddNearAsync(Comparison corpus, double threshold)
    {
        var wanted = new bool[corpus.Corpus.Count];
        foreach (var bucket in corpus.Bands.Buckets(IsInPart).Where(b => b.Count <= NearDuplicates.Crowd && IsAcross(b))) bucket.ForEach(d => wanted[d] = true);
        using var sets = await CandidateSets.OfAsync(corpus.Corpus, wanted, work);
        var known = new byte[corpus.Corpus.Count];
        foreach (var pairs in Pairs().Chunk(Batch))
        {
            var alike = new bool[pairs.Length];
            Parallel.For(0, pairs.Length, work.Parallel, i => alike[i] = sets.AreAlike(pairs[i].Earlier, pairs[i].Later, threshold));
            for (var i = 0; i < pairs.Length; i++)
                if (alike[i]) Add(Relation.Near, pairs[i].Earlier, pairs[i].Later, known);
        }

        IEnumerable<(int Earlier, int Later)> Pairs()
        {
            foreach (var bucket in corpus.Bands.Buckets(IsInPart).Where(IsAcross))
            {
                // A crowd is taken for near duplicates unseen: that errs on the safe side, and comparing it would be quadratic.
                if (bucket.Count > NearDuplicates.Crowd)
                {
                    AddGroup(Relation.Near, bucket, known);
                    continue;
                }

                foreach (var later in bucket)
                {
                    foreach (var earlier in bucket)
                        if (partOf(earlier) < partOf(later) && (known[later] & (1 << (int)partOf(earlier)!)) == 0) yield return (earlier, later);
                }
            }
        }
    }
}
