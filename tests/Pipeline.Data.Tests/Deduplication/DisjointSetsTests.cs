using CsCheck;
using Pipeline.Data.Deduplication;

namespace Pipeline.Data.Tests.Deduplication;

public class DisjointSetsTests
{
    [Fact]
    public void The_root_is_the_smallest_member_in_whatever_order_sets_are_joined() =>
        Gen.Select(Gen.Int[0, 29], Gen.Int[0, 29]).Array[0, 40].Sample(pairs =>
        {
            var (forward, backward) = (new DisjointSets(30), new DisjointSets(30));
            foreach (var (a, b) in pairs) forward.Union(a, b);
            foreach (var (a, b) in pairs.Reverse()) backward.Union(b, a);
            for (var i = 0; i < 30; i++)
            {
                Assert.Equal(forward.Root(i), backward.Root(i));
                Assert.True(forward.Root(i) <= i);
            }

            Assert.All(pairs, p => Assert.Equal(forward.Root(p.Item1), forward.Root(p.Item2)));
        });
}
