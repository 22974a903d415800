using System.Buffers.Binary;

namespace Pipeline.Data.Shards;

/// <summary>Token shards as other trainers read them. All numbers are little-endian; memory does not grow with the shard.</summary>
public static class TokenLayouts
{
    private const int Chunk = 1 << 16;
    private const int Llmc16Magic = 20240520;
    private const int Llmc32Magic = 20240801;
    private const int LlmcHeader = 256;

    /// <summary>nanoGPT's: u16 ids and nothing else.</summary>
    /// <exception cref="InvalidDataException">The ids do not fit.</exception>
    public static void WriteNanoGpt(TokenShard shard, string path)
    {
        if (shard.Header.BytesPerToken != 2) throw new InvalidDataException($"{shard.Path} has a vocabulary of {shard.Header.VocabularySize:N0} tokens, and nanoGPT reads ids of 16 bits, of 65,536 at most: choose the layout megatron or llmc, or a smaller vocabulary.");
        using var file = File.Create(path);
        WriteIds(shard, 0, shard.Header.TokenCount, 2, file);
    }

    /// <summary>
    /// llm.c's: 256 numbers of 32 bits (a magic number, a version, how many ids), then ids. Of 16 bits (magic 20240520, version 1) as its GPT-2 reads them, or of 32 (20240801, version 7) as its Llama 3 does.
    /// Files hold <paramref name="tokensPerFile"/> ids, the last one what is left.
    /// </summary>
    /// <returns>How many files were written.</returns>
    public static int WriteLlmc(TokenShard shard, Func<int, string> path, int tokensPerFile)
    {
        var (wide, files) = (shard.Header.BytesPerToken == 4, 0);
        for (var from = 0L; from < shard.Header.TokenCount; from += tokensPerFile)
        {
            var count = (int)Math.Min(tokensPerFile, shard.Header.TokenCount - from);
            using var file = File.Create(path(files++));
            var header = new byte[LlmcHeader * 4];
            BinaryPrimitives.WriteInt32LittleEndian(header, wide ? Llmc32Magic : Llmc16Magic);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), wide ? 7 : 1);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), count);
            file.Write(header);
            WriteIds(shard, from, from + count, shard.Header.BytesPerToken, file);
        }

        return files;
    }

    /// <summary>Megatron's indexed data set: <c>.bin</c> with the ids of all documents and <c>.idx</c> with where each begins (MMIDIDX, version 1). Ids have 16 bits, or 32 with a sign.</summary>
    public static void WriteMegatron(TokenShard shard, string binPath, string idxPath)
    {
        var (width, count) = (shard.Header.BytesPerToken, shard.Header.SequenceCount);
        using (var file = File.Create(binPath)) WriteIds(shard, 0, shard.Header.TokenCount, width, file);
        using var index = new BinaryWriter(File.Create(idxPath));
        index.Write("MMIDIDX\0\0"u8);
        index.Write(1L);
        // NumPy's uint16 and int32, as Megatron numbers them.
        index.Write((byte)(width == 2 ? 8 : 4));
        index.Write(count);
        index.Write(count + 1);
        for (var i = 0L; i < count; i++) index.Write(checked((int)(shard.Sequence(i).End - shard.Sequence(i).Start)));
        for (var i = 0L; i < count; i++) index.Write(shard.Sequence(i).Start * width);
        for (var i = 0L; i <= count; i++) index.Write(i);
    }

    private static void WriteIds(TokenShard shard, long from, long to, int width, FileStream file)
    {
        var ids = new int[Chunk];
        var bytes = new byte[Chunk * width];
        for (; from < to; from += Chunk)
        {
            var count = (int)Math.Min(Chunk, to - from);
            shard.Read(from, ids.AsSpan(0, count));
            for (var i = 0; i < count; i++)
            {
                if (width == 2) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * 2), (ushort)ids[i]);
                else BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * 4), ids[i]);
            }

            file.Write(bytes, 0, count * width);
        }
    }
}
