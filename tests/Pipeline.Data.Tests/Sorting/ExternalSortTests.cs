using CsCheck;
using Pipeline.Data.Sorting;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Sorting;

public class ExternalSortTests
{
    [Fact]
    public void Records_come_out_sorted_whatever_the_memory_and_the_workers() =>
        Gen.Select(Gen.ULong[0, 50_000].Array[0, 20_000], Gen.Int[1, 5], Gen.Long[1, 400_000]).Sample(
            (records, workers, memory) =>
            {
                using var folder = new TemporaryFolder();
                using var sort = new ExternalSort<ulong>(new(folder.Path, memory, workers), "numbers");
                foreach (var some in records.Chunk(700)) sort.Add(some);
                Assert.Equal(records.Order(), sort.Sorted());
                Assert.Equal(records.Order(), sort.Sorted());
                Assert.Equal(records.Length, sort.Count);
            },
            iter: 40);

    [Fact]
    public void More_runs_than_may_be_open_are_merged_in_rounds_and_removed_at_the_end()
    {
        using var folder = new TemporaryFolder();
        var most = 0;
        using (var sort = new ExternalSort<ulong>(new(folder.Path, 1, 1, _ => most = Math.Max(most, Directory.GetFiles(folder.Path).Length)), "numbers"))
        {
            for (var i = 0UL; i < 10_000; i++) sort.Add(i * 7919 % 10_007);
            Assert.Equal(10_000, sort.Sorted().Zip(sort.Sorted().Skip(1)).Count(p => p.First <= p.Second) + 1);
        }

        Assert.True(most > 30, $"{most} runs");
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("cut at a block")]
    [InlineData("flipped")]
    [InlineData("gone")]
    [InlineData("claims too much")]
    public void A_run_that_is_not_what_was_written_is_an_error_and_never_a_shorter_answer(string damage)
    {
        using var folder = new TemporaryFolder();
        var runs = new List<string>();
        using var sort = new ExternalSort<ulong>(new(folder.Path, 600_000, 1, runs.Add), "numbers");
        for (var i = 0UL; i < 60_000; i++) sort.Add(i * 7919 % 60_013);
        var bytes = File.ReadAllBytes(runs[0]);
        switch (damage)
        {
            case "cut": File.WriteAllBytes(runs[0], bytes[..^40]); break;
            case "cut at a block": File.WriteAllBytes(runs[0], bytes[..^12]); break;
            case "flipped": bytes[bytes.Length / 2] ^= 4; File.WriteAllBytes(runs[0], bytes); break;
            case "claims too much": bytes[3] = 0x7F; File.WriteAllBytes(runs[0], bytes); break;
            default: File.Delete(runs[0]); break;
        }

        Assert.Contains(Path.GetFileName(runs[0]), Assert.Throws<DamagedRunException>(() => sort.Sorted().Count()).Message);
    }
}
