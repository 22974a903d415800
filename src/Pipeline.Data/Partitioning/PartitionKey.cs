using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;
using Pipeline.Data.Sorting;

namespace Pipeline.Data.Partitioning;

/// <summary>What a document says about the part it belongs to.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct PartitionKey(UInt128 Group, UInt128 Stratum, ulong Least, ulong Draw, double Time)
{
    /// <summary>Of a document without the metadata.</summary>
    public const ulong None = 0;

    public static Task<ShardRecords<PartitionKey>> OfAsync(IReadOnlyList<DocumentShard> shards, PartitionRules rules, ShardWork work) =>
        ShardRecords<PartitionKey>.OfAsync(shards, "key", $"seed={rules.Seed} group={rules.GroupBy} stratum={rules.StratifyBy} time={rules.TimeBy}", () => (document, _, keys) => keys.Add(Of(document, rules)), work);

    /// <summary>The documents that have a group, by it.</summary>
    public static async Task<ExternalSort<KeyedDocument>> GroupsAsync(ShardRecords<PartitionKey> keys, ShardWork work)
    {
        var groups = new ExternalSort<KeyedDocument>(work.Space(), "groups");
        await foreach (var (first, records) in keys.ReadAsync())
        {
            for (var i = 0; i < records.Length; i++)
                if (records[i].Group != None) groups.Add(new KeyedDocument(records[i].Group, first + i));
        }

        return groups;
    }

    public static PartitionKey Of(Document document, PartitionRules rules)
    {
        var (group, stratum) = (Value(rules.GroupBy), Value(rules.StratifyBy));
        var key = group is null ? "id:" + document.Id : "group:" + group;
        // Two independent hashes, for the smallest of many is no fair draw.
        return new(
            group is null ? None : XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(group)) | 1,
            stratum is null ? None : XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(stratum)) | 1,
            Hash(key, 1),
            Hash(key, 2),
            Value(rules.TimeBy) is { } time ? MetadataValue.Time(time) ?? double.NaN : double.NaN);

        string? Value(string? name) => name is null ? null : document.Metadata.GetValueOrDefault(name);

        ulong Hash(string text, byte purpose) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{rules.Seed}/{purpose}/{text}"));
    }
}
