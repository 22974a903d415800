using Pipeline.Data.Documents;
using Pipeline.Data.Partitioning;
using Pipeline.Data.Tests.Documents;

namespace Pipeline.Data.Tests.Partitioning;

/// <summary>How near parts come to their shares: drawn, as near as chance; balanced, as near as clusters allow.</summary>
public sealed class BalanceTests
{
    [Fact]
    public void Draws_are_uniform_and_independent_over_seeds()
    {
        const int Groups = 10_000, Cells = 10, Seeds = 50;
        double total = 0, pairs = 0, worst = 0;
        int[] before = [];
        List<Document> documents = [.. Enumerable.Range(0, Groups).Select(g => new Document { Id = "x", Text = "", Source = "s", Metadata = new Dictionary<string, string> { ["g"] = $"group-{g}" } })];
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var rules = new PartitionRules { GroupBy = "g", Seed = (ulong)seed };
            var cells = documents.Select(d => (int)(PartitionKey.Of(d, rules).Draw / (ulong.MaxValue + 1.0) * Cells)).ToArray();
            var one = ChiSquare(cells, Cells);
            (total, worst) = (total + one, Math.Max(worst, one));
            // What one seed draws says nothing of what the next does.
            if (before.Length > 0) pairs += ChiSquare([.. cells.Zip(before, (a, b) => (a * Cells) + b)], Cells * Cells);
            before = cells;
        }

        Within(total, Seeds * (Cells - 1));
        Within(pairs, (Seeds - 1) * ((Cells * Cells) - 1));
        // P(chi-square of 9 degrees > 39) = 1e-5.
        Assert.True(worst < 39, $"{worst}");

        static double ChiSquare(int[] drawn, int cells)
        {
            var counts = new int[cells];
            foreach (var cell in drawn) counts[cell]++;
            return counts.Sum(c => Math.Pow(c - ((double)Groups / cells), 2) * cells / Groups);
        }

        // Mean and variance of a chi-square are its degrees and twice them; four standard deviations.
        static void Within(double sum, int degrees) => Assert.InRange(sum, degrees - (4 * Math.Sqrt(2.0 * degrees)), degrees + (4 * Math.Sqrt(2.0 * degrees)));
    }

    [Theory]
    [InlineData(40, 3)]
    [InlineData(31, 4)]
    public async Task Balanced_folds_of_single_documents_differ_by_one_at_most(int documents, int folds)
    {
        var sizes = new List<int>();
        var seen = new HashSet<string>();
        for (var fold = 1; fold <= folds; fold++)
        {
            var parts = await Split(PartitionerTests.Unrelated(documents), new() { Folds = folds, Fold = fold, Balance = true });
            sizes.Add(parts.Validation.Count);
            Assert.All(parts.Validation, d => Assert.True(seen.Add(d.Id)));
            Assert.InRange(parts.Test.Count, (documents / 10.0) - 1, (documents / 10.0) + 1);
        }

        Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
    }

    [Fact]
    public async Task Balanced_parts_are_as_asked_however_uneven_the_groups_and_no_group_is_torn_apart()
    {
        // 22 groups of 1 to 10 documents, one of 20, and 20 of one.
        var sizes = Enumerable.Range(0, 22).Select(i => (i % 10) + 1).Append(20).Concat(Enumerable.Repeat(1, 20)).ToList();
        var documents = Grouped(sizes);
        foreach (var seed in (ulong[])[1, 2])
        {
            var parts = await Split(documents, new() { GroupBy = "g", Seed = seed, Balance = true });
            Assert.True(parts.Certificate.Holds);
            foreach (var part in Enum.GetValues<Part>()) Assert.InRange(parts[part].Count, (documents.Count * parts.Certificate.Sizes[part].Ratio!.Value) - 1, (documents.Count * parts.Certificate.Sizes[part].Ratio!.Value) + 1);
            Assert.Null(parts.Certificate.Sizes[Part.Test].StandardError);
        }
    }

    [Fact]
    public async Task Balanced_parts_depend_on_the_seed_and_not_on_order_and_few_old_documents_move()
    {
        var all = PartitionerTests.Unrelated(110);
        var rules = new PartitionRules { Balance = true };
        var before = PartOf(await Split(all[..100], rules));
        Assert.Equal(before, PartOf(await Split(all[..100].AsEnumerable().Reverse(), rules)));
        Assert.NotEqual(before, PartOf(await Split(all[..100], rules with { Seed = 2 })));
        var after = PartOf(await Split(all, rules));
        Assert.InRange(before.Count(d => after[d.Key] != d.Value), 0, 10);
    }

    [Fact]
    public async Task Documents_left_to_chance_say_what_it_may_do_and_large_clusters_widen_it()
    {
        var parts = await Split(PartitionerTests.Unrelated(100), new() { Folds = 3 });
        Assert.Equal(100, parts.Certificate.Partition!.EffectiveClusters);
        Assert.Equal(Math.Sqrt(0.3 * 0.7 / 100), parts.Certificate.Sizes[Part.Validation].StandardError!.Value, 6);
        // 20 of one and one of 20: 40² / (20 + 400).
        var uneven = await Split(Grouped([.. Enumerable.Repeat(1, 20), 20]), new() { GroupBy = "g" });
        Assert.Equal(1600.0 / 420, uneven.Certificate.Partition!.EffectiveClusters, 3);
    }

    [Fact]
    public void A_share_that_is_off_is_told_with_its_cause()
    {
        var folds = new PartitionRules { Folds = 3 };
        // The standard error of 0.3 is 0.0265 of 300: 71 is 2.4 of them away, which chance does to one fold of three in 20 splits.
        Assert.Equal(
            ["validation has 23.7% of the documents, and 30% were asked for: that is chance, for 300 clusters are drawn each by itself, which misses by about 2.6%; balance: true cuts the shares as asked for, but lets documents move as the corpus grows."],
            Warnings(folds, (199, 71, 30), Facts(300)).Where(w => w.StartsWith("validation", StringComparison.Ordinal)));
        Assert.Empty(Warnings(folds, (177, 93, 30), Facts(300)));
        Assert.StartsWith("validation has 12%", Assert.Single(Warnings(new(), (7900, 1200, 900), Facts(10_000)), w => w.StartsWith("validation", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Empty(Warnings(new() { Balance = true }, (81, 10, 9), Facts(100) with { Balance = true }));
        Assert.Contains("the largest of 100 clusters has 1 documents", Warnings(new() { Balance = true }, (84, 10, 6), Facts(100) with { Balance = true })[0]);
        Assert.Contains("5 of validation and test were dropped", Warnings(new(), (90, 5, 5), Facts(100) with { Dropped = new Dictionary<Relation, int> { [Relation.Ngram] = 5 } })[0]);
        Assert.Contains("train has 60% of the documents, and 80% were asked for: documents of one time are not told apart", Warnings(new() { TimeBy = "year" }, (60, 30, 10), Facts(100) with { TimeBy = "year" })[0]);
        Assert.Contains("each value of a is rounded to whole clusters", Warnings(new() { StratifyBy = "a" }, (100, 0, 0), Facts(100) with { StratifyBy = "a" })[0]);
    }

    [Fact]
    public void A_cluster_that_is_much_of_a_part_or_more_than_the_part_is_told()
    {
        var facts = Facts(61) with { LargestCluster = 40, EffectiveClusters = 6 };
        var told = Warnings(new(), (48, 46, 6), facts, largest: 40);
        Assert.StartsWith("one cluster of 40 documents, alike or of one group, is in validation, which has 46", told[0], StringComparison.Ordinal);
        Assert.Contains("draw with another seed, or give balance: true", told[0]);
        Assert.Contains("validation has 46% of the documents, and 10% were asked for: one cluster of 40 documents, which is not torn apart, is larger than the 10 that were asked for", told[2]);
        Assert.DoesNotContain(Warnings(new(), (48, 46, 6), facts, largest: 40, dominant: 0.9), w => w.Contains("alike or of one group"));
        Assert.DoesNotContain("balance", Warnings(new() { Balance = true }, (48, 46, 6), facts with { Balance = true }, largest: 40)[0]);
    }

    private static List<string> Warnings(PartitionRules rules, (int Train, int Validation, int Test) sizes, PartitionFacts facts, int largest = 1, double dominant = 0.2)
    {
        var documents = new Dictionary<Part, int> { [Part.Train] = sizes.Train, [Part.Validation] = sizes.Validation, [Part.Test] = sizes.Test };
        var certificate = new Certificate
        {
            Sizes = new SortedDictionary<Part, PartSize>(documents.ToDictionary(d => d.Key, d => new PartSize(d.Value, 0, 0))),
            Overlaps = [],
            GroupLeaks = 0,
            Partition = facts,
            GroupBy = null,
            Threshold = 0.8,
            Ngram = 13,
            Violations = [],
        };
        return [.. PartWarnings.Of(new(new Dictionary<Part, IReadOnlyList<DocumentShard>>(), 0, new Dictionary<Part, int> { [Part.Validation] = largest }, certificate), rules, dominant)];
    }

    private static PartitionFacts Facts(int clusters) => new(1, clusters, 1, [], new Dictionary<Relation, int>(), 0) { EffectiveClusters = clusters };

    private static List<Document> Grouped(IReadOnlyList<int> sizes)
    {
        var documents = PartitionerTests.Unrelated(sizes.Sum());
        var groups = sizes.SelectMany((size, g) => Enumerable.Repeat($"g{g}", size)).ToList();
        return [.. documents.Select((d, i) => d with { Metadata = new Dictionary<string, string> { ["g"] = groups[i] } })];
    }

    private static Task<SplitDocuments> Split(IEnumerable<Document> documents, PartitionRules rules) => ShardedDocuments.SplitAsync(documents, rules, perShard: 64);

    private static Dictionary<string, Part> PartOf(SplitDocuments parts) => Enum.GetValues<Part>().SelectMany(p => parts[p].Select(d => (d.Id, p))).ToDictionary(x => x.Id, x => x.p);
}
