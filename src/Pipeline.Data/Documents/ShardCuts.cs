namespace Pipeline.Data.Documents;

/// <summary>
/// Where shards end: after a document whose hash falls below the share of its size in a target size. One more document thus changes the shard it falls into and seldom
/// another. The target is the smallest that makes at most some dozens of shards of the whole: few files for little text, and a small share of the work where one of them changes.
/// </summary>
public sealed class ShardCuts
{
    public const long SmallestTarget = 4 << 10;
    public const long LargestTarget = 16 << 20;
    private const int TargetFactor = 4;
    private const int MostShards = 64;
    private const int LeastPart = 4;
    private const int MostTimes = 4;

    private long size;

    /// <param name="total">The sizes of all documents together.</param>
    public ShardCuts(long total)
    {
        Target = SmallestTarget;
        while (Target < LargestTarget && Target * MostShards < total) Target *= TargetFactor;
    }

    /// <summary>About the size of a shard.</summary>
    public long Target { get; }

    /// <summary>Whether the shard that this document is in ends with it. Asked for each document in order.</summary>
    public bool EndsAfter(DocumentMark document)
    {
        size += document.Size;
        var drawn = document.Hash * (ulong)Target < (ulong)document.Size << 32;
        if (!(drawn && size >= Target / LeastPart) && size < Target * MostTimes) return false;
        size = 0;
        return true;
    }

    /// <summary>The first document and the one after the last of each shard. No documents are one empty shard.</summary>
    public static List<(int Start, int End)> Of(IReadOnlyList<DocumentMark> documents)
    {
        var cuts = new ShardCuts(documents.Sum(d => (long)d.Size));
        var shards = new List<(int Start, int End)>();
        var start = 0;
        for (var i = 0; i < documents.Count; i++)
        {
            if (!cuts.EndsAfter(documents[i])) continue;
            shards.Add((start, i + 1));
            start = i + 1;
        }

        if (start < documents.Count || shards.Count == 0) shards.Add((start, documents.Count));
        return shards;
    }
}
