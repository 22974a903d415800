using Pipeline.Data.Deduplication;

namespace Pipeline.Data.Tests.Deduplication;

public class MinHashTests
{
    [Theory]
    [InlineData(0.5, 0.053)]
    [InlineData(0.7, 0.565)]
    [InlineData(0.8, 0.924)]
    [InlineData(0.85, 0.988)]
    public void Sets_share_a_band_as_often_as_the_formula_says(double similarity, double expected)
    {
        var random = new Random(1);
        var hits = 0;
        const int Pairs = 1500, Union = 200;
        for (var pair = 0; pair < Pairs; pair++)
        {
            var all = Enumerable.Range(0, Union).Select(_ => (ulong)random.NextInt64()).ToArray();
            var common = (int)Math.Round(similarity * Union);
            var half = (Union - common) / 2;
            if (Bands(all[..(common + half)]).Zip(Bands([.. all[..common], .. all[(common + half)..]])).Any(b => b.First == b.Second)) hits++;
        }

        Assert.InRange((double)hits / Pairs, expected - 0.045, expected + 0.045);
    }

    [Fact]
    public void Order_and_repeats_of_shingles_do_not_matter()
    {
        ulong[] shingles = [5, 9, 1UL << 60, 77];
        Assert.Equal(Bands(shingles), Bands([77, 5, 5, 1UL << 60, 9]));
    }

    [Fact]
    public void Bands_are_the_same_on_every_machine() =>
        Assert.Equal([0x8A16BC1A4F2F406E, 0x22A5CF1CE8928A84, 0x37F82DCE5056FB8C], Bands([1, 2, 3]).Take(3));

    private static ulong[] Bands(ulong[] shingles)
    {
        var bands = new ulong[MinHash.Bands];
        MinHash.BandsOf(shingles, bands);
        return bands;
    }
}
