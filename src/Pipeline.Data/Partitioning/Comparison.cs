using Pipeline.Data.Deduplication;
using Pipeline.Data.Documents;

namespace Pipeline.Data.Partitioning;

/// <summary>The documents of a corpus in the orders in which equal ones and alike ones stand together.</summary>
internal sealed record Comparison(ShardRecords<DocumentSignature> Signed, ShardRuns<KeyedDocument> Texts, BandBuckets Bands, NgramRuns Ngrams)
{
    public Corpus Corpus => Signed.Corpus;

    public static async Task<Comparison> OfAsync(ShardRecords<DocumentSignature> signed, PartitionRules rules, ShardWork work) => new(
        signed,
        await signed.SortAsync<KeyedDocument>("texts", (signatures, texts) => texts.AddRange(signatures.Select((s, i) => new KeyedDocument(s.Text, i)))),
        await BandBuckets.OfAsync(signed, work),
        await NgramRuns.OfAsync(signed.Corpus, rules.Ngram, work));

    public void Delete()
    {
        Texts.Delete();
        Bands.Delete();
        Ngrams.Delete();
    }
}
