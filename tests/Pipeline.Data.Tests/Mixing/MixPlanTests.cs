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
        Assert.Equal([0.0, 0.0], MixPlan.Of([("a", 0, null), ("b", 0, null)], 1, null, 4).Select(d => d.Target));
    }

    [Fact]
    public async Task The_stream_takes_what_the_plan_says_and_keeps_the_shares_all_along()
    {
        var documents = new Dictionary<string, List<Document>> { ["a"] = Some("a", 2000), ["b"] = Some("b", 400) };
        var plan = MixPlan.Of([.. documents.Select(d => (d.Key, (long)d.Value.Count, (double?)1))], 1, 2000, 3);
        var domains = plan.Select(p =>
        {
            var draws = new DrawHistogram();
            foreach (var document in documents[p.Domain]) draws.Add(DrawHistogram.DrawOf(document.Id, 5), 1);
            var whole = (int)p.Epochs;
            return new MixedDomain(p.Domain, () => documents[p.Domain].ToAsyncEnumerable(), whole, draws.Below(p.Target - (whole * p.Size)), p.Target);
        }).ToList();
        var stream = await Interleaving.StreamAsync(domains, _ => 1, 5).ToListAsync();
        Assert.InRange(stream.Count, 1980, 2020);
        for (var start = 0; start + 200 <= stream.Count; start += 200) Assert.InRange(stream.Skip(start).Take(200).Count(d => d.Domain == 0), 95, 105);

        // b is there twice and a half: every document twice, about half of them a third time, each copy with an id of its own.
        var b = stream.Where(d => d.Domain == 1).ToList();
        Assert.Equal(stream.Count, stream.DistinctBy(d => d.Document.Id).Count());
        Assert.Equal(400, b.Count(d => !d.Document.Metadata.ContainsKey(Interleaving.EpochKey)));
        Assert.Equal(400, b.Count(d => d.Document.Metadata.GetValueOrDefault(Interleaving.EpochKey) == "2"));
        Assert.All(stream, d => Assert.Equal(d.Domain == 0 ? "a" : "b", d.Document.Metadata[Interleaving.DomainKey]));
        Assert.Equal(stream.Select(d => d.Document.Id), (await Interleaving.StreamAsync(domains, _ => 1, 5).ToListAsync()).Select(d => d.Document.Id));
    }

    [Fact]
    public void A_larger_share_has_all_of_a_smaller_one()
    {
        var draws = new DrawHistogram();
        foreach (var document in Some("x", 500)) draws.Add(DrawHistogram.DrawOf(document.Id, 1), 10);
        Assert.True(draws.Below(1000) < draws.Below(2000));
        Assert.Equal((0, DrawHistogram.Buckets), (draws.Below(0), draws.Below(5000)));
        Assert.InRange(Some("x", 500).Count(d => DrawHistogram.DrawOf(d.Id, 1) < draws.Below(2500)), 249, 251);
    }

    private static List<Document> Some(string source, int count) => [.. Enumerable.Range(0, count).Select(i => Document.Create(source, $"text {i}"))];
}
