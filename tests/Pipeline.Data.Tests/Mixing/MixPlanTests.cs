using Pipeline.Data.Documents;
using Pipeline.Data.Mixing;

namespace Pipeline.Data.Tests.Mixing;

public sealed class MixPlanTests
{
    [Fact]
    public void Shares_follow_weights_and_temperature()
    {
        Assert.Equal([0.75, 0.25], MixPlan.Of([("a", 300, null), ("b", 100, null)], 1, 100, 4).Select(d => d.Asked));
        // Square roots of 9 and 1.
        Assert.Equal([0.75, 0.25], MixPlan.Of([("a", 900, null), ("b", 100, null)], 2, 100, 4).Select(d => Math.Round(d.Asked, 9)));
        Assert.Equal([0.2, 0.8, 0], MixPlan.Of([("a", 10, 1.0), ("b", 10, 4.0), ("c", 10, 0.0)], 1, 10, 4).Select(d => d.Asked));
    }

    [Fact]
    public void A_domain_at_its_limit_leaves_the_rest_to_the_others_in_proportion()
    {
        // b may be 2 x 100; of the 800 that are left a and c take 2 to 1.
        var plan = MixPlan.Of([("a", 1000, 2.0), ("b", 100, 6.0), ("c", 1000, 1.0)], 1, 1000, 2);
        Assert.Equal([533.333, 200, 266.667], plan.Select(d => Math.Round(d.Target, 3)));
        Assert.Equal([false, true, false], plan.Select(d => d.Limited));
        Assert.Equal(2, plan[1].Epochs);
        // More than all limits allow is what they allow.
        Assert.Equal([200, 100], MixPlan.Of([("a", 100, 1.0), ("b", 50, 1.0)], 1, 10_000, 2).Select(d => d.Target));
        Assert.Equal([true, true], MixPlan.Of([("a", 100, 1.0), ("b", 50, 1.0)], 1, 10_000, 2).Select(d => d.Limited));
        // a has what b leaves just so; nobody asked for c.
        Assert.Equal([(200.0, true), (100, true), (0, false)], MixPlan.Of([("a", 100, 1.0), ("b", 50, 1.0), ("c", 9, 0.0)], 1, 300, 2).Select(d => (Math.Round(d.Target, 6), d.Limited)));
        // All of it once is what was asked for.
        Assert.All(MixPlan.Of([("a", 100, null), ("b", 50, null)], 1, null, 1), d => Assert.Equal((1.0, false), (Math.Round(d.Epochs, 6), d.Limited)));
        Assert.Equal([0.0, 0.0], MixPlan.Of([("a", 0, null), ("b", 0, null)], 1, null, 4).Select(d => d.Target));
    }

    [Fact]
    public async Task The_order_takes_what_each_share_says_and_keeps_the_shares_all_along()
    {
        List<DomainShare> shares = [new(0, ulong.MaxValue / 2, 1000), new(2, ulong.MaxValue / 2, 1000)];
        int[] documents = [2000, 400];
        var places = await Interleaving.PlanAsync(shares, d => Documents(documents[d]).Select((x, row) => (d, row, x)).ToAsyncEnumerable()).ToListAsync();
        Assert.InRange(places.Count, 1900, 2100);
        for (var start = 0; start + 200 <= places.Count; start += 200) Assert.InRange(places.Skip(start).Take(200).Count(d => d.Domain == 0), 85, 115);
        // The second is there twice and a half: every document twice, about half of them a third time.
        Assert.Equal([400, 400], places.Where(p => p.Domain == 1).CountBy(p => p.Epoch).OrderBy(c => c.Key).Take(2).Select(c => c.Value));
        Assert.InRange(places.Count(p => p.Epoch == 3), 170, 230);
        Assert.Equal(places.Count, places.Distinct().Count());

        static IEnumerable<MixedDocument> Documents(int count) => Some("x", count).Select(d => new MixedDocument(0, DocumentMark.Of(d), 1, DrawHistogram.DrawOf(d.Id, 5)));
    }

    [Fact]
    public void A_copy_after_the_first_has_an_id_of_its_own_and_says_which_it_is()
    {
        var document = Some("x", 1)[0];
        var copies = Enumerable.Range(1, 3).Select(epoch => Interleaving.Copy(document, "web", epoch)).ToList();
        Assert.Equal(document.Id, copies[0].Id);
        Assert.Equal(3, copies.DistinctBy(c => c.Id).Count());
        Assert.Equal([null, "2", "3"], copies.Select(c => c.Metadata.GetValueOrDefault(Interleaving.EpochKey)));
        Assert.All(copies, c => Assert.Equal("web", c.Metadata[Interleaving.DomainKey]));
    }

    [Fact]
    public void A_share_comes_within_half_a_document_and_a_larger_one_has_all_of_a_smaller_one()
    {
        var documents = Enumerable.Range(0, 50_000).Select(i => (Draw: DrawHistogram.DrawOf($"{i}", 1), Size: 50L + (i % 100))).ToList();
        var draws = new DrawHistogram();
        foreach (var (draw, size) in documents) draws.Add(draw, size);
        var before = 0UL;
        foreach (var target in (double[])[1, 1000, 4321, 9876, 123_456.7, 2_500_000, draws.Total - 1, draws.Total])
        {
            var (from, to, below) = draws.Around(target);
            var (draw, size) = DrawHistogram.Cut(target, below, to, documents.Where(d => d.Draw >= from && d.Draw < to));
            Assert.Equal(documents.Where(d => d.Draw < draw).Sum(d => d.Size), size);
            Assert.InRange(size, target - 75, target + 75);
            Assert.True(draw >= before);
            before = draw;
        }
    }

    private static List<Document> Some(string source, int count) => [.. Enumerable.Range(0, count).Select(i => Document.Create(source, $"text {i}"))];
}
