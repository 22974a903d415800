using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Deduplication;

/// <summary>The order in which documents are preferred, as a number each: of duplicates the one with the smallest stays.</summary>
internal static class DocumentRanks
{
    public static async Task<int[]> OfAsync(ShardRecords<DocumentSignature> signed, Keep keep, ShardWork work)
    {
        var ranks = new int[signed.Corpus.Count];
        if (keep == Keep.First)
        {
            for (var i = 0; i < ranks.Length; i++) ranks[i] = i;
            return ranks;
        }

        using var sort = new ExternalSort<Preferred>(work.Space(), "ranks");
        await foreach (var (first, signatures) in signed.ReadAsync())
        {
            for (var i = 0; i < signatures.Length; i++)
            {
                var value = keep == Keep.Longest ? -signatures[i].Length : keep == Keep.Highest ? -signatures[i].Order : signatures[i].Order;
                sort.Add(new Preferred(double.IsNaN(value) ? double.PositiveInfinity : value, signatures[i].Id, first + i));
            }
        }

        var rank = 0;
        foreach (var document in sort.Sorted()) ranks[document.Document] = rank++;
        return ranks;
    }

    private readonly record struct Preferred(double Value, IdStart Id, int Document) : IComparable<Preferred>
    {
        public int CompareTo(Preferred other)
        {
            var order = Value.CompareTo(other.Value);
            if (order == 0) order = Id.CompareTo(other.Id);
            return order == 0 ? Document.CompareTo(other.Document) : order;
        }
    }
}
