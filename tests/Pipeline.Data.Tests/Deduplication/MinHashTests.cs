using Pipeline.Data.Deduplication;

namespace Pipeline.Data.Tests.Deduplication;

public class MinHashTests
{
    [Theory]
    [InlineData(0.5, 0.053)]
    [InlineData(0.7, 0.565)]
    [InlineData(0.75, 0.772)]
    [InlineData(0.8, 0.924)]
    [InlineData(0.85, 0.988)]
    public void The_formula_gives_the_rates_it_is_known_for(double similarity, double rate) => Assert.Equal(rate, Rate(similarity), 0.001);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Texts_of_known_similarity_share_a_band_as_often_as_the_formula_says(int seed)
    {
        var random = new Random(seed);
        var (hits, expected, variance) = (new int[10], new double[10], new double[10]);
        for (var pair = 0; pair < 4000; pair++)
        {
            // Each word that is changed costs the five shingles around it.
            string[] words = [.. Enumerable.Range(0, 150).Select(_ => Word(random))];
            string[] other = [.. words];
            for (var edits = random.Next(1, 12); edits > 0; edits--) other[random.Next(other.Length)] = Word(random);
            var (a, b) = (Shingles.SetOf(string.Join(' ', words)), Shingles.SetOf(string.Join(' ', other)));
            var similarity = Shingles.Jaccard(a, b);
            var bin = Math.Min(9, (int)(similarity * 10));
            if (Bands(a).Zip(Bands(b)).Any(k => k.First == k.Second)) hits[bin]++;
            var rate = Rate(similarity);
            expected[bin] += rate;
            variance[bin] += rate * (1 - rate);
        }

        // Each bin is a sum of independent draws of known rates: four of its standard deviations and a half cover all but one in ten thousand.
        for (var bin = 3; bin < 10; bin++) Assert.InRange(hits[bin], expected[bin] - (4 * Math.Sqrt(variance[bin])) - 0.5, expected[bin] + (4 * Math.Sqrt(variance[bin])) + 0.5);
        Assert.True(expected.Max() > 100);
    }

    [Fact]
    public void Registers_of_any_width_give_the_same_minima()
    {
        var random = new Random(5);
        ulong[] shingles = [.. Enumerable.Range(0, 1000).Select(_ => (ulong)random.NextInt64())];
        var (fast, slow) = (new ulong[MinHash.Bands * MinHash.Rows], new ulong[MinHash.Bands * MinHash.Rows]);
        MinHash.Smallest(shingles, fast);
        MinHash.SmallestOneByOne(shingles, slow);
        Assert.Equal(slow, fast);
    }

    private static double Rate(double similarity) => 1 - Math.Pow(1 - Math.Pow(similarity, MinHash.Rows), MinHash.Bands);

    private static string Word(Random random) => string.Concat(Enumerable.Range(0, 4).Select(_ => (char)('a' + random.Next(26))));

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
