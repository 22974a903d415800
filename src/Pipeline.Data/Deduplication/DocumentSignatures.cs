using Pipeline.Data.Documents;

namespace Pipeline.Data.Deduplication;

/// <summary>A signature for each document of shards.</summary>
internal static class DocumentSignatures
{
    /// <param name="near">Whether bands are wanted.</param>
    /// <param name="field">Metadata to order by, or null.</param>
    public static Task<ShardRecords<DocumentSignature>> OfAsync(IReadOnlyList<DocumentShard> shards, bool near, string? field, ShardWork work) =>
        ShardRecords<DocumentSignature>.OfAsync(shards, "signature", $"near={near} field={field}", () =>
        {
            var room = new ShingleRoom();
            return (document, _, signatures) => signatures.Add(DocumentSignature.Of(document, near, field, room));
        }, work);
}
