using System.IO.Hashing;
using System.Text;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <param name="Dropped">Documents of validation and test that overlap an earlier part through a relation too wide to link; in no part.</param>
public sealed record Partitioned(IReadOnlyList<Document> Train, IReadOnlyList<Document> Validation, IReadOnlyList<Document> Test, IReadOnlyList<Overlap> Dropped, Certificate Certificate)
{
    public IReadOnlyList<Document> this[Part part] => part switch { Part.Train => Train, Part.Validation => Validation, _ => Test };
}

/// <summary>
/// Splits a corpus so that no document of a later part has a relation to an earlier one, and proves it.
/// Documents related in any way form a cluster; the cluster's key draws its part. The key is that of the member (its group, or its id) with the smallest hash,
/// so a cluster's part follows from its own members alone: a new document leaves every cluster where it was, unless it joins one or ties several together.
/// Such a cluster goes where the member with the smallest hash among all of them draws.
/// </summary>
public static class Partitioner
{
    public static Partitioned Run(IReadOnlyList<Document> documents, PartitionRules rules, int workers = -1, CancellationToken cancellation = default)
    {
        if (rules.Problems().FirstOrDefault() is { Property: { } property, Problem: var problem }) throw new ArgumentException($"{property} {problem}.", nameof(rules));
        var clusters = Clusters.Of(documents, rules, workers, cancellation);
        var draws = Draws(documents, clusters, rules);
        var (partOf, moved) = PartsOf(draws, rules, documents.Count);

        var parts = Enum.GetValues<Part>().Select(p => documents.Where((_, i) => partOf[clusters.Sets.Root(i)] == p).ToList()).ToArray();
        var dropped = DropOverlaps(parts, clusters, rules, workers, cancellation);
        var certificate = Certificate.Of(parts[0], parts[1], parts[2], rules, workers, cancellation) with
        {
            Clusters = draws.Count,
            LargestCluster = clusters.Largest,
            LinkedBy = clusters.Linked,
            Dropped = dropped.GroupBy(o => o.Relation).ToDictionary(g => g.Key, g => g.Count()),
            MovedToFill = moved,
        };
        return new(parts[0], parts[1], parts[2], dropped, certificate);
    }

    /// <summary>A number from 0 to 1 for each cluster, by its root.</summary>
    private static SortedDictionary<int, double> Draws(IReadOnlyList<Document> documents, Clusters clusters, PartitionRules rules)
    {
        var keys = new SortedDictionary<int, (ulong Hash, string Key)>();
        for (var i = 0; i < documents.Count; i++)
        {
            var group = rules.GroupBy is { } by ? documents[i].Metadata.GetValueOrDefault(by) : null;
            var key = group is null ? "id:" + documents[i].Id : "group:" + group;
            var candidate = (Hash(key, 1), key);
            var root = clusters.Sets.Root(i);
            if (!keys.TryGetValue(root, out var best) || candidate.CompareTo(best) < 0) keys[root] = candidate;
        }

        return new(keys.ToDictionary(k => k.Key, k => Hash(k.Value.Key, 2) / (ulong.MaxValue + 1.0)));

        // Two independent hashes, for the smallest of many is no fair draw.
        ulong Hash(string key, byte purpose) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{rules.Seed}/{purpose}/{key}"));
    }

    private static (Dictionary<int, Part> PartOf, int Moved) PartsOf(SortedDictionary<int, double> draws, PartitionRules rules, int documents)
    {
        var partOf = draws.ToDictionary(d => d.Key, d => PartAt(d.Value, rules));
        var moved = 0;
        foreach (var part in Enum.GetValues<Part>().Where(p => rules.RatioOf(p) > 0))
        {
            if (partOf.ContainsValue(part)) continue;
            // Only a corpus of few clusters comes here: the part takes the cluster that was drawn nearest to it, from a part that has another.
            var sizes = partOf.Values.CountBy(p => p).ToDictionary();
            var spare = draws.Where(d => sizes[partOf[d.Key]] > 1).OrderBy(d => DistanceTo(part, d.Value, rules)).ThenBy(d => d.Value).ToList();
            if (spare.Count == 0)
                throw new InvalidDataException(
                    $"{part.ToString().ToLowerInvariant()} gets no document: the {documents} documents form {draws.Count} clusters of which none may be torn apart. Give more documents, group them by another key, or set the ratio to 0.");
            partOf[spare[0].Key] = part;
            moved++;
        }

        return (partOf, moved);
    }

    private static Part PartAt(double draw, PartitionRules rules) =>
        draw < rules.Train ? Part.Train : draw < rules.Train + rules.Validation || rules.Test == 0 ? Part.Validation : Part.Test;

    private static double DistanceTo(Part part, double draw, PartitionRules rules)
    {
        var (low, high) = part switch
        {
            Part.Train => (0, rules.Train),
            Part.Validation => (rules.Train, rules.Train + rules.Validation),
            _ => (rules.Train + rules.Validation, 1),
        };
        return Math.Max(Math.Max(low - draw, draw - high), 0);
    }

    private static List<Overlap> DropOverlaps(List<Document>[] parts, Clusters clusters, PartitionRules rules, int workers, CancellationToken cancellation)
    {
        var dropped = new List<Overlap>();
        if (clusters.Linked.Contains(Relation.Near) && clusters.Linked.Contains(Relation.Ngram)) return dropped;
        for (var later = 1; later < parts.Length; later++)
        {
            var overlaps = Overlaps.Find([.. parts.Take(later).SelectMany(p => p)], parts[later], rules, workers, cancellation).DistinctBy(o => o.Later).ToList();
            var gone = overlaps.Select(o => o.Later).ToHashSet(ReferenceEqualityComparer.Instance);
            parts[later].RemoveAll(gone.Contains);
            dropped.AddRange(overlaps);
            if (overlaps.Count > 0 && parts[later].Count == 0)
                throw new InvalidDataException(
                    $"Every document of {((Part)later).ToString().ToLowerInvariant()} overlaps an earlier part, such as {overlaps[0].Later.Id} with {overlaps[0].Earlier.Id} ({overlaps[0].Relation.ToString().ToLowerInvariant()}). Remove near duplicates before the split.");
        }

        return dropped;
    }
}
