using System.Security.Cryptography;
using Pipeline.Data.Shards;
using Pipeline.Data.Tokenizers;

namespace Pipeline.Steps.Tests.Train;

/// <summary>Token shards without a sense.</summary>
internal static class RandomTokens
{
    /// <summary>Returns the folder.</summary>
    public static string Write(string folder, BpeModel tokenizer, int seed, int documents = 20)
    {
        var target = Directory.CreateDirectory(folder).FullName;
        var random = new Random(seed);
        TokenizerFile.Write(Path.Combine(target, "tokenizer.json"), tokenizer);
        var made = SHA256.HashData(File.ReadAllBytes(Path.Combine(target, "tokenizer.json")));
        using var shard = new TokenShardWriter(Path.Combine(target, "tokens.bin"), tokenizer.VocabularySize, tokenizer.SpecialId("<|endoftext|>"), made);
        for (var i = 0; i < documents; i++) shard.Add([.. Enumerable.Range(0, 30).Select(_ => random.Next(4, 200))]);
        shard.Complete();
        return target;
    }
}
