using System.Buffers.Binary;
using System.Security.Cryptography;
using Pipeline.Data.Shards;
using Pipeline.TestKit;

namespace Pipeline.Data.Tests.Shards;

/// <summary>Layouts of other trainers, read back by readers that know only the formats.</summary>
public sealed class TokenLayoutsTests : IDisposable
{
    private static readonly int[][] Documents = [[5, 6, 7], [8], [1, 2, 3, 4, 5, 6, 300]];

    private readonly TemporaryFolder folder = new();

    [Fact]
    public void NanoGpt_maps_16_bit_ids()
    {
        using var shard = Shard(1000);
        TokenLayouts.WriteNanoGpt(shard, folder["train.bin"]);
        Assert.Equal(Stream(), Ids16(File.ReadAllBytes(folder["train.bin"])));
        using var wide = Shard(70_000);
        Assert.Contains("nanoGPT reads ids of 16 bits", Assert.Throws<InvalidDataException>(() => TokenLayouts.WriteNanoGpt(wide, folder["wide.bin"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000, 20240520, 1, 2)]
    [InlineData(70_000, 20240801, 7, 4)]
    public void Llmc_reads_its_header_and_as_many_ids_as_it_says(int vocabulary, int magic, int version, int width)
    {
        using var shard = Shard(vocabulary);
        Assert.Equal(4, TokenLayouts.WriteLlmc(shard, number => folder[$"{number}.bin"], tokensPerFile: 4));
        var ids = new List<int>();
        for (var file = 0; file < 4; file++)
        {
            var bytes = File.ReadAllBytes(folder[$"{file}.bin"]);
            int[] header = [.. Enumerable.Range(0, 256).Select(i => BitConverter.ToInt32(bytes, i * 4))];
            Assert.Equal([magic, version, file < 3 ? 4 : 2], header[..3]);
            Assert.All(header[3..], value => Assert.Equal(0, value));
            Assert.Equal(1024 + (header[2] * width), bytes.Length);
            ids.AddRange(width == 2 ? Ids16(bytes[1024..]) : Ids32(bytes[1024..]));
        }

        Assert.Equal(Stream(), ids);
    }

    [Theory]
    [InlineData(1000, 8, 2)]
    [InlineData(70_000, 4, 4)]
    public void Megatron_finds_each_document_by_its_index(int vocabulary, int type, int width)
    {
        using var shard = Shard(vocabulary);
        TokenLayouts.WriteMegatron(shard, folder["train.bin"], folder["train.idx"]);
        using var index = new BinaryReader(File.OpenRead(folder["train.idx"]));
        Assert.Equal("MMIDIDX\0\0"u8, index.ReadBytes(9));
        Assert.Equal((1UL, (byte)type, 3UL, 4UL), (index.ReadUInt64(), index.ReadByte(), index.ReadUInt64(), index.ReadUInt64()));
        int[] lengths = [.. Enumerable.Range(0, 3).Select(_ => index.ReadInt32())];
        long[] pointers = [.. Enumerable.Range(0, 3).Select(_ => index.ReadInt64())];
        Assert.Equal([0L, 1, 2, 3], Enumerable.Range(0, 4).Select(_ => index.ReadInt64()));
        Assert.Equal(index.BaseStream.Length, index.BaseStream.Position);
        var bytes = File.ReadAllBytes(folder["train.bin"]);
        for (var i = 0; i < 3; i++)
        {
            var part = bytes.AsSpan((int)pointers[i], lengths[i] * width).ToArray();
            Assert.Equal([.. Documents[i], 0], width == 2 ? Ids16(part) : Ids32(part));
        }
    }

    public void Dispose() => folder.Dispose();

    private static IEnumerable<int> Stream() => Documents.SelectMany(document => document.Append(0));

    private static IEnumerable<int> Ids16(byte[] bytes) => Enumerable.Range(0, bytes.Length / 2).Select(i => (int)BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * 2)));

    private static IEnumerable<int> Ids32(byte[] bytes) => Enumerable.Range(0, bytes.Length / 4).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(i * 4)));

    private TokenShard Shard(int vocabulary)
    {
        var path = folder[$"tokens-{vocabulary}.bin"];
        using (var writer = new TokenShardWriter(path, vocabulary, 0, SHA256.HashData("tokenizer"u8)))
        {
            foreach (var document in Documents) writer.Add(document);
            writer.Complete();
        }

        return TokenShard.Open(path);
    }
}
