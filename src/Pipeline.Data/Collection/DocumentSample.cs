using System.IO.Hashing;
using System.Text;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Collection;

/// <summary>A bounded sample that follows from the seed and the documents alone.</summary>
public static class DocumentSample
{
    /// <summary>Whole groups in the order of a seeded hash until there are <paramref name="count"/> documents (the last group may be cut), then in the order they came.</summary>
    /// <param name="groupBy">Metadata key whose value keeps documents together, such as <c>declaring_type</c>; documents without it stand alone.</param>
    public static List<Document> Take(IReadOnlyList<Document> documents, int count, long seed, string groupBy = "declaring_type")
    {
        var groups = new Dictionary<string, List<int>>();
        for (var i = 0; i < documents.Count; i++)
        {
            var key = documents[i].Metadata.TryGetValue(groupBy, out var value) ? "g" + value : "d" + documents[i].Id;
            if (!groups.TryGetValue(key, out var members)) groups[key] = members = [];
            members.Add(i);
        }

        // The key itself breaks ties: the order must not come from the dictionary.
        return [.. groups
            .OrderBy(g => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(g.Key), seed)).ThenBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(g => g.Value).Take(count).Order()
            .Select(i => documents[i])];
    }
}
