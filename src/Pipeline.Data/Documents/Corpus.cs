using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Data.Documents;

/// <summary>Shards whose documents are numbered through.</summary>
internal sealed class Corpus(IReadOnlyList<DocumentShard> shards)
{
    private readonly List<int> first = [];

    public IReadOnlyList<DocumentShard> Shards => shards;

    /// <summary>Documents.</summary>
    public int Count { get; private set; }

    /// <summary>UTF-16 units of all texts.</summary>
    public long Characters { get; private set; }

    /// <summary>Stands for all shards in their order.</summary>
    public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', shards.Select(s => s.Digest)))));

    /// <summary>The number of a shard's first document.</summary>
    public int FirstOf(int shard) => first[shard];

    public int CountOf(int shard) => (shard + 1 < first.Count ? first[shard + 1] : Count) - first[shard];

    public int ShardOf(int document)
    {
        var (low, high) = (0, first.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (first[middle] <= document) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    /// <summary>Some documents by their numbers.</summary>
    public async Task<Dictionary<int, Document>> FetchAsync(IEnumerable<int> numbers, CancellationToken cancellation)
    {
        var wanted = numbers.ToHashSet();
        var found = new Dictionary<int, Document>();
        foreach (var shard in wanted.Select(ShardOf).Distinct().Order())
        {
            var number = first[shard];
            await foreach (var document in shards[shard].ReadAsync(cancellation))
                if (wanted.Contains(number++)) found.Add(number - 1, document);
        }

        return found;
    }

    /// <summary>What is sorted by document, shard by shard with the shard's number; shards without any come with an empty list.</summary>
    public IEnumerable<(int Shard, List<T> Items)> ByShard<T>(IEnumerable<T> sorted, Func<T, int> document)
    {
        using var items = sorted.GetEnumerator();
        var more = items.MoveNext();
        for (var shard = 0; shard < shards.Count; shard++)
        {
            var own = new List<T>();
            for (; more && document(items.Current) < first[shard] + CountOf(shard); more = items.MoveNext()) own.Add(items.Current);
            yield return (shard, own);
        }
    }

    public void Add(int documents, long characters)
    {
        first.Add(Count);
        Count = checked(Count + documents);
        Characters += characters;
    }
}
