using System.Buffers.Binary;
using CsCheck;
using Pipeline.Data.Shards;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Shards;

public class TokenShardTests
{
    private static readonly byte[] Tokenizer = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void What_is_written_comes_back() =>
        Gen.Select(Gen.OneOf(Gen.Int[10, 300], Gen.Int[65_530, 65_540], Gen.Const(200_000)), Gen.Bool, Gen.Int[0, 9].Array[1, 8].List[0, 12]).Sample(
            (vocabulary, masked, sequences) =>
            {
                using var folder = new TemporaryFolder();
                var last = vocabulary - 1;
                using (var writer = new TokenShardWriter(folder["t.bin"], vocabulary, masked ? null : last, Tokenizer, masked))
                {
                    foreach (var ids in sequences)
                    {
                        if (masked) writer.Add(ids, Array.ConvertAll(ids, id => id > 4));
                        else writer.Add(ids);
                    }

                    writer.Complete();
                }

                using var shard = TokenShard.Open(folder["t.bin"]);
                Assert.Equal(vocabulary <= 65_536 ? 2 : 4, shard.Header.BytesPerToken);
                Assert.Equal(sequences.Count, shard.Header.SequenceCount);
                Assert.Equal(sequences.Sum(s => s.Length + (masked ? 0 : 1)), shard.Header.TokenCount);
                Assert.Equal(Tokenizer, shard.Header.TokenizerSha256);
                for (var i = 0; i < sequences.Count; i++)
                {
                    Assert.Equal(masked ? sequences[i] : [.. sequences[i], last], shard.ReadSequence(i));
                    if (masked) Assert.Equal(sequences[i].Select(id => id > 4), shard.ReadSequenceMask(i));
                }

                Assert.Equal(["t.bin"], Directory.GetFiles(folder.Path).Select(p => Path.GetFileName(p)!));
            },
            iter: 60);

    [Fact]
    public void The_ids_lie_where_the_header_says_for_who_maps_the_file_alone()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, 1000, [[1, 2, 999], [7]]);
        using var shard = TokenShard.Open(path);
        var bytes = File.ReadAllBytes(path).AsSpan((int)TokenShardHeader.TokensOffset);
        var ids = Enumerable.Range(0, (int)shard.Header.TokenCount).Select(i => (int)BinaryPrimitives.ReadUInt16LittleEndian(File.ReadAllBytes(path).AsSpan((int)TokenShardHeader.TokensOffset + (i * 2)))).ToList();
        Assert.Equal([1, 2, 999, 0, 7, 0], ids);
        Assert.Equal((4, 6), shard.Sequence(1));
        Assert.Equal(0, bytes.Length % 8);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(-1)]
    [InlineData(70_000)]
    public void An_id_that_does_not_fit_is_refused_and_no_file_is_left(int id)
    {
        using var folder = new TemporaryFolder();
        Assert.Contains($"The id {id} does not fit", Assert.Throws<InvalidDataException>(() => Write(folder, 1000, [[id]])).Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void An_example_without_tokens_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var writer = new TokenShardWriter(folder["t.bin"], 10, null, Tokenizer, masked: true);
        Assert.Throws<InvalidDataException>(() => writer.Add([], []));
    }

    [Fact]
    public void The_same_tokens_give_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        var first = File.ReadAllBytes(Write(folder, 1000, [[1, 2], [3]]));
        Assert.Equal(first, File.ReadAllBytes(Write(folder, 1000, [[1, 2], [3]])));
    }

    [Fact]
    public void Any_changed_byte_is_found()
    {
        using var folder = new TemporaryFolder();
        var good = File.ReadAllBytes(Write(folder, 1000, [[1, 2, 3], [4, 5]]));
        for (var at = 0; at < good.Length; at++)
        {
            var bad = good.ToArray();
            bad[at] ^= 0x41;
            var path = folder["bad.bin"];
            File.WriteAllBytes(path, bad);
            Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => TokenShard.Open(path).Dispose()).Message);
        }
    }

    [Fact]
    public void A_file_cut_anywhere_or_made_longer_is_refused()
    {
        using var folder = new TemporaryFolder();
        var good = File.ReadAllBytes(Write(folder, 1000, [[1, 2, 3], [4, 5]]));
        for (var length = 0; length < good.Length; length++) Refused(good[..length]);
        Refused([.. good, 0]);

        void Refused(byte[] bytes)
        {
            File.WriteAllBytes(folder["bad.bin"], bytes);
            Assert.Throws<InvalidDataException>(() => TokenShard.Open(folder["bad.bin"]).Dispose());
        }
    }

    [Theory]
    [InlineData(32, long.MaxValue)]
    [InlineData(32, -1)]
    [InlineData(40, long.MaxValue / 8)]
    [InlineData(40, long.MinValue)]
    public void Counts_that_would_overflow_are_refused(int at, long value)
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(Write(folder, 1000, [[1]]));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
        File.WriteAllBytes(folder["bad.bin"], bytes);
        Assert.Contains("claims", Assert.Throws<InvalidDataException>(() => TokenShard.Open(folder["bad.bin"]).Dispose()).Message);
    }

    [Fact]
    public void Reading_outside_the_tokens_is_refused()
    {
        using var folder = new TemporaryFolder();
        using var shard = TokenShard.Open(Write(folder, 1000, [[1, 2]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Token(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Token(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Read(2, new int[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => shard.Sequence(1));
        Assert.Throws<InvalidOperationException>(() => shard.ReadMask(0, new bool[1]));
    }

    private static string Write(TemporaryFolder folder, int vocabulary, int[][] sequences)
    {
        using var writer = new TokenShardWriter(folder["t.bin"], vocabulary, 0, Tokenizer);
        foreach (var ids in sequences) writer.Add(ids);
        writer.Complete();
        return folder["t.bin"];
    }
}
