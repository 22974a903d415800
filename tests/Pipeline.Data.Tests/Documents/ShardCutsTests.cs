using CsCheck;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Tests.Documents;

public class ShardCutsTests
{
    private static readonly Gen<DocumentMark> AnyMark = Gen.Select(Gen.Int[64, 20_000], Gen.UInt, (size, hash) => new DocumentMark(size, hash));

    [Fact]
    public void Shards_follow_one_another_and_hold_all() =>
        AnyMark.List[0, 500].Sample(marks =>
        {
            var shards = ShardCuts.Of(marks);
            Assert.Equal(0, shards[0].Start);
            Assert.Equal(marks.Count, shards[^1].End);
            Assert.All(shards.Zip(shards.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        });

    [Theory]
    [InlineData(500, 300, 16, 110)]
    [InlineData(500, 5_000, 8, 110)]
    [InlineData(140_000, 500, 8, 110)]
    [InlineData(3, 200, 1, 1)]
    [InlineData(0, 0, 1, 1)]
    public void There_are_some_dozens_of_shards_whatever_the_collection(int documents, int size, int least, int most) =>
        Assert.InRange(ShardCuts.Of(Marks(documents, size)).Count, least, most);

    [Fact]
    public void Shards_keep_their_bounds_even_where_ids_are_made_to_cut_everywhere_or_nowhere()
    {
        foreach (var hash in (uint[])[0, uint.MaxValue])
        {
            List<DocumentMark> marks = [.. Enumerable.Range(0, 3000).Select(_ => new DocumentMark(700, hash))];
            var target = new ShardCuts(3000 * 700).Target;
            Assert.All(ShardCuts.Of(marks).SkipLast(1), s => Assert.InRange((s.End - s.Start) * 700, target / 4, (target * 4) + 700));
        }
    }

    /// <summary>Of 400 collections that get one more document, nearly all have no more than three shards that they did not have.</summary>
    [Fact]
    public void One_more_document_changes_few_shards()
    {
        var changed = new List<int>();
        for (var seed = 0; seed < 400; seed++)
        {
            var before = Marks(800, 900, seed);
            var after = before.ToList();
            after.Insert(seed * 2, new DocumentMark(900, (uint)seed * 2654435761u));
            Assert.Equal(new ShardCuts(before.Sum(m => (long)m.Size)).Target, new ShardCuts(after.Sum(m => (long)m.Size)).Target);
            changed.Add(Contents(after).Except(Contents(before)).Count());
        }

        Assert.True(changed.Average() < 2.5, $"{changed.Average()} on average");
        Assert.True(changed.Count(c => c > 3) < 40, $"{changed.Count(c => c > 3)} of 400 changed more than three");
    }

    private static IEnumerable<string> Contents(IReadOnlyList<DocumentMark> marks) =>
        ShardCuts.Of(marks).Select(s => string.Join(' ', marks.Skip(s.Start).Take(s.End - s.Start).Select(m => m.Hash)));

    private static List<DocumentMark> Marks(int count, int size, int seed = 7)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new DocumentMark(size, (uint)random.NextInt64(1L << 32)))];
    }
}
